"""Logs on standard error: one JSON object a line for programs, short lines on a terminal.

Every line holds the same closed set of fields and no more: `time` (RFC 3339, UTC), `level`, `event`, and
where they are known `run`, `flow`, `batch`, `trace_id` and `code`. Code says
`LOG.info("run started", extra={"run": …})` to a logger called `connector_sdk.…`.
"""

import json
import logging
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Final

from connector_sdk.clock import timestamp
from connector_sdk.redact import redact_text
from connector_sdk.telemetry.context import trace_id

FIELDS: Final = ("time", "level", "event", "run", "flow", "batch", "trace_id", "code")
"""The fields of a log line; the first three always, the others where they are known."""

OURS: Final = "connector_sdk"
"""The first part of every logger's name."""

_KNOWN: Final = FIELDS[3:]

# C0 and C1 controls, what separates lines or reorders text for a reader, byte order marks, half characters.
_UNSAFE: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)


def printable(text: str) -> str:
    """Return text that stays on its line and does nothing to a terminal: unsafe characters as `\\uXXXX`."""
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


class JsonFormatter(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": timestamp(datetime.fromtimestamp(record.created, UTC)),
            "level": record.levelname.lower(),
            "event": _event(record),
        }
        for name in _KNOWN:
            value = getattr(record, name, None)
            if value is None and name == "trace_id":
                value = trace_id()
            if value is not None:
                line[name] = value if isinstance(value, int) else redact_text(str(value))
        # The encoder escapes control characters; the rest is escaped in its output, inside strings only.
        return printable(json.dumps(line, ensure_ascii=False))


class TerminalFormatter(logging.Formatter):
    """Short lines for people: time of day, level, event."""

    def format(self, record: logging.LogRecord) -> str:
        time = datetime.fromtimestamp(record.created).astimezone()
        code = getattr(record, "code", None)
        suffix = f" [{code}]" if code else ""
        return printable(f"{time:%H:%M:%S} {record.levelname.lower():<7} {_event(record)}{suffix}")


class _StandardError(logging.Handler):
    """Write to standard error as it is now, not as it was: progress bars and tests put another one there."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            sys.stderr.write(self.format(record) + "\n")
            sys.stderr.flush()
        except Exception:  # noqa: BLE001 - a log line that cannot be written must not end a run
            self.handleError(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: ARG002, N802 - the library's own name
        return


@contextmanager
def configured(level: int = logging.INFO, *, terminal: bool) -> Iterator[None]:
    """Send logs, and warnings of other libraries, to standard error while the block runs."""
    handler = _StandardError()
    handler.setFormatter(TerminalFormatter() if terminal else JsonFormatter())
    handler.addFilter(_is_wanted)
    root, ours = logging.getLogger(), logging.getLogger(OURS)
    before = ours.level
    root.addHandler(handler)
    ours.setLevel(level)
    logging.captureWarnings(capture=True)
    try:
        yield
    finally:
        logging.captureWarnings(capture=False)
        ours.setLevel(before)
        root.removeHandler(handler)


def _is_wanted(record: logging.LogRecord) -> bool:
    """Keep other libraries to warnings, whatever level they gave themselves."""
    return record.name.split(".")[0] == OURS or record.levelno >= logging.WARNING


def _event(record: logging.LogRecord) -> str:
    text = record.getMessage()
    if record.exc_info and record.exc_info[0] is not None:
        # Of a foreign exception only the kind is told: its text may quote a record.
        text = f"{text} ({record.exc_info[0].__name__})"
    return redact_text(text)
