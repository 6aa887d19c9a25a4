"""How a run ended: one word for people, one exit code for orchestrators, one document for programs."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from connector_sdk.errors import ConnectorError
from connector_sdk.http.exchange import Quota

STATUS = {0: "succeeded", 65: "data_stop", 70: "aborted", 75: "parked", 76: "fenced", 77: "refused"}
"""Status by exit code; any other one is `failed`."""


@dataclass(frozen=True, slots=True)
class CallFigures:
    """Requests that a run sent to each side, and what the vendors say of their allowances, by connector."""

    source: int = 0
    destination: int = 0
    per_1000_records: float | None = None
    """Of both sides together; None where nothing was read."""
    quota: Mapping[str, Quota] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        """Return the parts `calls`, and `quota` where any is known, of what `run --json` prints."""
        parts: dict[str, Any] = {
            "calls": {
                "source": self.source,
                "destination": self.destination,
                "per_1000_records": self.per_1000_records,
            }
        }
        if self.quota:
            parts["quota"] = {name: asdict(quota) for name, quota in self.quota.items()}
        return parts


@dataclass(frozen=True, slots=True)
class RunReport:
    """The figures of one run; `error` is what ended it, None where it succeeded."""

    run: str
    environment: str
    pipeline: str
    status: str
    read: int
    applied: int
    superseded: int
    filtered: int
    dead_lettered: int
    in_doubt: int
    batches: int
    cursor: Any
    duration_s: float
    audit_size: int
    audit_root: str
    retries: str | None = None
    error: BaseException | None = None
    bundle: str = ""
    environment_digest: str = ""
    calls: CallFigures = CallFigures()

    @property
    def exit_code(self) -> int:
        """What the process should end with."""
        return exit_code_of(self.error)

    def document(self) -> dict[str, Any]:
        """Return the document that `run --json` prints, without the error."""
        return {
            "run": self.run,
            "environment": self.environment,
            "pipeline": self.pipeline,
            "status": self.status,
            "read": self.read,
            "applied": self.applied,
            "superseded": self.superseded,
            "filtered": self.filtered,
            "dead_lettered": self.dead_lettered,
            "in_doubt": self.in_doubt,
            "batches": self.batches,
            "cursor": self.cursor,
            "duration_s": round(self.duration_s, 3),
            "retries": self.retries,
            "bundle": self.bundle,
            "environment_digest": self.environment_digest,
            **self.calls.document(),
            "audit": {"size": self.audit_size, "root": self.audit_root},
        }


def exit_code_of(error: BaseException | None) -> int:
    """Return the exit code of an error: its class says it, 1 where it is none of ours, 0 for none."""
    if error is None:
        return 0
    return error.exit_code if isinstance(error, ConnectorError) else 1


def status_of(error: BaseException | None) -> str:
    """Return the status of a run that ended with this error."""
    return STATUS.get(exit_code_of(error), "failed")


def error_document(error: BaseException) -> dict[str, str]:
    """Describe an error as `--json` and the ledger hold it; one that is not ours is named, never quoted."""
    if isinstance(error, ConnectorError):
        return {
            "code": error.code,
            "title": type(error).__name__,
            "message": _unicode(str(error)),
            "location": _unicode(error.location),
            "hint": _unicode(error.hint),
        }
    return {
        "code": "internal",
        "title": type(error).__name__,
        "message": "an internal error of connector-sdk or of a plugin",
        "location": _where(error),
        "hint": "nothing is lost: run again; if it stays, please report this line",
    }


def _unicode(text: str) -> str:
    """Escape what stands for a byte of a file's name that is not UTF-8: no JSON holds it."""
    return text.encode("utf-8", "backslashreplace").decode()


def _where(error: BaseException) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return ""
    code = trace.tb_frame.f_code
    return f"{trace.tb_frame.f_globals.get('__name__', '?')}.{code.co_name}:{trace.tb_lineno}"
