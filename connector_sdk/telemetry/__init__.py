"""OpenTelemetry: spans and metrics, sent where the standard `OTEL_*` variables say."""
