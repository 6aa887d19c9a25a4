"""What a run came to: figures for people, one exit code for orchestrators, one document for programs."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from connector_sdk.http.exchange import Quota
from connector_sdk.pipeline.failure import exit_code_of


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
