"""The closed list of what monitoring is told, one frozen class each: names, codes, counts and times only.

Durations and waits are in seconds. `path` is always a template, never what filled it, and there is no query.
`connector` is the name a plugin registered, `side` is `source` or `destination`; both are empty where a call
has none.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar, Final


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStarted:
    """A run holds its partition; `retries` is the run that died holding it before."""

    type: ClassVar = "run.started"
    bundle: str
    environment_digest: str
    retries: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFinished:
    """A run has ended, and how; `code` names the error that ended it. `calls` counts requests on the wire."""

    type: ClassVar = "run.finished"
    status: str
    code: str | None
    read: int
    applied: int
    superseded: int
    filtered: int
    dead_lettered: int
    in_doubt: int
    batches: int
    calls: int
    duration: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchCommitted:
    """A batch is durable in the target and in the ledger, with a disposition for each of its records."""

    type: ClassVar = "batch.committed"
    partition: str
    batch: int
    records: int
    applied: int
    superseded: int
    filtered: int
    dead_lettered: int
    in_doubt: int
    duration: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLettersOpened:
    """Records of a batch were set aside; `codes` counts them by reason."""

    type: ClassVar = "dead_letters.opened"
    partition: str
    batch: int
    count: int
    codes: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFinished:
    """A call has ended, over all its attempts; `status` is None where no answer came."""

    type: ClassVar = "call.finished"
    connector: str = ""
    side: str = ""
    method: str
    host: str
    path: str
    status: int | None
    attempts: int
    duration: float
    code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptFailed:
    """One attempt of a call failed; `wait` is how long the next one waits, None where there is none."""

    type: ClassVar = "attempt.failed"
    connector: str = ""
    side: str = ""
    method: str
    host: str
    path: str
    attempt: int
    error: str
    """The error's class."""
    code: str
    status: int | None = None
    wait: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakerChanged:
    """A breaker went from one state (`closed`, `open`, `half_open`) to another."""

    type: ClassVar = "breaker.changed"
    connector: str = ""
    side: str = ""
    host: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ComplianceRefused:
    """Something was refused before it was sent; the names are empty where the refusal is about no call."""

    type: ClassVar = "compliance.refused"
    connector: str = ""
    side: str = ""
    code: str
    method: str = ""
    host: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotaObserved:
    """What the vendor says of its allowance: calls used up, of how many."""

    type: ClassVar = "quota.observed"
    connector: str = ""
    side: str = ""
    used: int
    limit: int


Happening = (
    RunStarted
    | RunFinished
    | BatchCommitted
    | DeadLettersOpened
    | CallFinished
    | AttemptFailed
    | BreakerChanged
    | ComplianceRefused
    | QuotaObserved
)

TYPES: Final[Mapping[str, type[Happening]]] = MappingProxyType(
    {
        kind.type: kind
        for kind in (
            RunStarted,
            RunFinished,
            BatchCommitted,
            DeadLettersOpened,
            CallFinished,
            AttemptFailed,
            BreakerChanged,
            ComplianceRefused,
            QuotaObserved,
        )
    }
)
"""Every class by the type its events carry."""
