"""OpenTelemetry: spans and metrics, sent where the standard `OTEL_*` variables say.

The SDK speaks to OpenTelemetry's API, which does nothing where no provider is set. A program that uses the
SDK as a library sets its own; the command line sets one up where the variables ask for it (`exported`).
Everything here is loaded when it is first used, so that verbs which move nothing start fast.
"""

from connector_sdk.telemetry.context import traceparent
from connector_sdk.telemetry.exporting import exported
from connector_sdk.telemetry.metrics import (
    attempt_repeated,
    batch_committed,
    event_failed,
    request_finished,
)
from connector_sdk.telemetry.spans import SCOPE, error_type, failed, span

__all__ = [
    "SCOPE",
    "attempt_repeated",
    "batch_committed",
    "error_type",
    "event_failed",
    "exported",
    "failed",
    "request_finished",
    "span",
    "traceparent",
]
