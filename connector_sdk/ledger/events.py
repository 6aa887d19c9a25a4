"""The closed list of audit events, what each must state, and their one written form.

An event's body is canonical JSON (RFC 8785) of
`{"v":1,"seq":n,"id":UUIDv7,"type":…,"ts":…,"actor":{"kind":…,"name":…},"run":…,"reason":…,"facts":{…}}`,
absent parts left out. Integers beyond 2^53 are written as strings, since a reader's JSON may not hold them;
there are no floats. A fact repeats what a row of the ledger says, so that the log gives an altered row away.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, NoReturn
from uuid import UUID

from connector_sdk.digest import canonical
from connector_sdk.errors import LedgerError

VERSION: Final = 1
MAX_BODY: Final = 65_535
"""Bytes of a body: entries of C2SP tile logs carry a 16-bit length."""

SYSTEM: Final[Mapping[str, str]] = MappingProxyType({"kind": "system", "name": "connector-sdk"})
"""The actor of what happens by itself."""

_COUNTS: Final = "applied superseded filtered dead_lettered in_doubt"
_BATCH: Final = "partition seq epoch"

FACTS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        name: tuple(facts.split())
        for name, facts in {
            # The rows of `meta`.
            "ledger.created": "format ledger created keys",
            # `trigger` is the document in its column, `error` the digest of its column.
            "run.started": "environment pipeline trigger bundle environment_digest started retries?",
            "run.finished": f"status read {_COUNTS} batches calls ended code? error?",
            # `holder` is the document in its column.
            "lease.taken": "partition epoch holder",
            "lease.released": "partition epoch",
            "contract.checked": "partition stream digest pinned",
            # In hex: `payloads` (root over the records' commitments), `keys` (SHA-256 of `batch_keys.keys`).
            "batch.intended": f"{_BATCH} records arrival origin intended payloads keys bundle",
            "batch.resumed": _BATCH,
            # In hex: `root`, `dispositions` (SHA-256 of the packed bytes). Digests: `cursor`, `checkpoint`
            # (of the partition's columns), `dead_letters` (of the rows opened).
            "batch.committed": (
                f"{_BATCH} records {_COUNTS} committed root dispositions cursor checkpoint dead_letters"
            ),
            # `calls` is a list of `{method, host, path, status, attempts, code?}`: requests sent, by call;
            # `path` is a template, `status` null where no answer came.
            "http.called": "partition? side calls",
            # Refused before anything was sent.
            "compliance.refused": "code side? connector? method? host? path?",
            "dead_letter.closed": "partition id state closed",
            "dead_letter.revealed": "partition id",
            # The log up to and with this event is signed, with the key of this id.
            "checkpoint.signed": "key",
        }.items()
    }
)
"""The facts of each type; one that ends in `?` is left out where there is none."""

_NUMBERS: Final = frozenset(f"seq epoch records arrival origin read batches {_COUNTS}".split())
_TEXTS: Final = frozenset({"partition", "id", "ledger"})

_CALL: Final = frozenset({"method", "host", "path", "status", "attempts"})

_PARTS: Final = frozenset({"v", "seq", "id", "type", "ts", "actor", "facts"})
_OPTIONAL: Final = frozenset({"run", "reason"})
_EXACT: Final = 2**53


@dataclass(frozen=True, slots=True)
class Event:
    """An event as it stands in the log."""

    seq: int
    id: str
    type: str
    ts: str
    actor: Mapping[str, str]
    facts: Mapping[str, Any]
    run: str | None = None
    reason: str | None = None


def write(event: Event) -> bytes:
    """Return the event's body.

    An unknown type, missing or additional facts, a float, or an actor that is neither human nor system is a
    mistake in the code that appends: ValueError. Raises LedgerError for more than `MAX_BODY` bytes.
    """
    _require_facts(event)
    _require_actor(event.actor)
    document = {
        "v": VERSION,
        "seq": event.seq,
        "id": event.id,
        "type": event.type,
        "ts": event.ts,
        "actor": dict(event.actor),
        "facts": {name: _plain(value) for name, value in event.facts.items()},
    }
    if event.run is not None:
        document["run"] = event.run
    if event.reason is not None:
        document["reason"] = event.reason
    try:
        body = canonical(document)
    except UnicodeEncodeError:
        raise LedgerError(
            f"an audit event {event.type} holds text that is not Unicode",
            code="event-not-text",
            hint="give the reason and the name again, in UTF-8",
        ) from None
    if len(body) > MAX_BODY:
        raise LedgerError(
            f"an audit event {event.type} of {len(body)} bytes is longer than {MAX_BODY}",
            code="event-too-large",
            hint="shorten the reason given; payloads and values do not belong into the audit log",
        )
    return body


def read(body: bytes) -> Event:
    """Read a body back; raises ValueError saying what is wrong where it is not what `write` writes."""
    try:
        document = json.loads(body, parse_float=_no_float, parse_constant=_no_float)
        again = canonical(document)
    except (ValueError, RecursionError):
        raise ValueError("it is not JSON") from None
    if again != body:
        raise ValueError("it is not in canonical form")
    if not isinstance(document, dict) or not _PARTS <= document.keys() <= _PARTS | _OPTIONAL:
        raise ValueError("it lacks parts, or has parts that no event has")
    if document.pop("v") != VERSION:
        raise ValueError("it is of another version")
    if not all(isinstance(document[name], str) for name in document.keys() - {"seq", "actor", "facts"}):
        raise ValueError("a part of it is of the wrong type")
    if type(document["seq"]) is not int or not isinstance(document["facts"], dict):
        raise ValueError("a part of it is of the wrong type")
    event = Event(**document)
    _require_facts(event)
    _require_actor(event.actor)
    UUID(event.id)
    return event


def _require_facts(event: Event) -> None:
    declared = FACTS.get(event.type)
    if declared is None:
        raise ValueError(f"there is no event type {event.type}")
    required = {name for name in declared if not name.endswith("?")}
    optional = {name.removesuffix("?") for name in declared if name.endswith("?")}
    if missing := required - event.facts.keys():
        raise ValueError(f"{event.type} lacks facts: {', '.join(sorted(missing))}")
    if unknown := event.facts.keys() - required - optional:
        raise ValueError(f"{event.type} has unknown facts: {', '.join(sorted(unknown))}")
    for name, value in event.facts.items():
        if name in _NUMBERS and not _is_count(value):
            raise ValueError(f"{event.type}: {name} is not a count")
        if name in _TEXTS and not isinstance(value, str):
            raise ValueError(f"{event.type}: {name} is not a text")
    if event.type == "http.called":
        _require_calls(event.facts["calls"])
    elif "calls" in event.facts and not _is_count(event.facts["calls"]):
        raise ValueError(f"{event.type}: calls is not a count")


def _is_count(value: object) -> bool:
    return type(value) is int and 0 <= value <= _EXACT


def _require_calls(calls: object) -> None:
    match calls:
        case [*several] if several and all(_is_call(call) for call in several):
            return
        case _:
            raise ValueError("http.called: calls is not a list of calls")


def _is_call(call: object) -> bool:
    return (
        isinstance(call, Mapping) and _CALL <= call.keys() <= _CALL | {"code"} and _is_count(call["attempts"])
    )


def _require_actor(actor: object) -> None:
    match actor:
        case {"kind": "human" | "system", "name": str(name), **rest} if name and not rest:
            return
        case _:
            raise ValueError("the actor is not a human or system with a name")


def _plain(value: Any) -> Any:
    """Keep what any JSON reader holds exactly; write larger integers as text, refuse all else."""
    match value:
        case None | bool() | str():
            return value
        case int():
            return value if -_EXACT <= value <= _EXACT else str(value)
        case Mapping():
            return {str(name): _plain(item) for name, item in value.items()}
        case list() | tuple():
            return [_plain(item) for item in value]
        case _:
            raise ValueError(f"a fact cannot be a {type(value).__name__}")


def _no_float(text: str) -> NoReturn:
    raise ValueError(text)
