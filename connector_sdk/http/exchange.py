"""What is known of one call: what spans, events, the audit log and the figures of a run are made of."""

from dataclasses import dataclass


@dataclass(slots=True)
class Exchange:
    """One call, over all its attempts. Names and figures only: `path` is a template, there is no query.

    `repeatable` says that sending it twice is the same as sending it once. `sent` and `received` are bytes
    of bodies, on the wire; `duration` is in seconds and counts the waits between attempts. `code` names the
    error that ended it. `unclear` is true from when the last attempt may have reached the system until an
    answer rejects it: what was asked for may have been done.
    """

    method: str
    scheme: str
    host: str
    port: int
    path: str
    repeatable: bool
    attempts: int = 0
    status: int | None = None
    sent: int = 0
    received: int = 0
    request_id: str | None = None
    duration: float = 0.0
    code: str | None = None
    unclear: bool = False


@dataclass(frozen=True, slots=True)
class Quota:
    """How much of a vendor's allowance is used up, as its last answer said."""

    used: int
    limit: int


@dataclass(frozen=True, slots=True)
class Figures:
    """What a connection's calls came to so far: requests on the wire, and the vendor's own count of them."""

    attempts: int = 0
    quota: Quota | None = None
