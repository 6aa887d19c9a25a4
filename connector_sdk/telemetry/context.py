"""The trace that is under way, for logs and events."""

import sys


def traceparent() -> str:
    """Return the current span as W3C Trace Context writes it, `00-<trace>-<span>-<flags>`; empty for none."""
    trace = sys.modules.get("opentelemetry.trace")
    if trace is None:  # nothing began a span yet
        return ""
    found = trace.get_current_span().get_span_context()
    return f"00-{found.trace_id:032x}-{found.span_id:016x}-{found.trace_flags:02x}" if found.is_valid else ""


def trace_id() -> str | None:
    """Return the current trace's id, 32 hexadecimal digits, or None."""
    return traceparent()[3:35] or None
