"""What every visit is watched for: values that leak, errors that are not ours, calls elsewhere."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

from connector_sdk.conformance.child import Reading, Writing
from connector_sdk.conformance.examination import Examination
from connector_sdk.conformance.player import Player
from connector_sdk.conformance.protocol import Failure, Told
from connector_sdk.testing.wire_listener import LOOPBACK

PERSONAL: Final = "PHI-01"
SECRET: Final = "PHI-02"  # noqa: S105 - the id of a rule
ELSEWHERE: Final = "PHI-06"
FOREIGN: Final = "ERR-02"


def watch(
    examination: Examination,
    rule: str,
    players: Sequence[Player],
    told: Told,
    failures: Sequence[Failure],
    files: Iterable[Path],
    given: Sequence[Reading | Writing] = (),
) -> None:
    """Keep for the rules that judge all visits what this one showed.

    `players` are its rule's so far, `files` those that the connector's process ever opened for writing,
    `given` is what it read and wrote.
    """
    findings = examination.findings
    secrets = {*examination.book.secrets, *(token for player in players for token in player.tokens)}
    ports = frozenset(port for player in players for port in player.ports)
    personal = {text.lower() for text in examination.book.personal}
    for place, text in (*_texts(told, failures), *_beside_records(given), *_files(files)):
        # Whoever reads on after a record needs to name it, even where its identifier is personal.
        named = examination.identifiers if place == _CURSOR else frozenset()
        if _holds(text.lower(), personal - named):
            findings.add(PERSONAL, f"{place} held a personal value (seen by {rule})")
        if _holds(text, secrets):
            findings.add(SECRET, f"{place} held a secret (seen by {rule})")
    for failure in failures:
        if not failure.from_sdk:
            findings.add(FOREIGN, f"{failure.kind} crossed the border, no ConnectorError (seen by {rule})")
    for way in _ways_out(told, ports):
        findings.add(ELSEWHERE, f"{way} (seen by {rule})")


def _ways_out(told: Told, ports: frozenset[int]) -> Iterator[str]:
    """Yield how somebody else than the played system, which listens on these ports, was or may be called."""
    for host, port in told.connects:
        if host != LOOPBACK or port not in ports:
            yield f"a connection to {host}:{port} was tried"
    # Where a name leads nowhere, as it does without a network, no connection is ever tried.
    if any(name != LOOPBACK for name in told.lookups):
        yield "the name of another host was looked up"
    if told.processes:
        yield "a process was started, whose calls nobody sees"


def _holds(text: str, values: Iterable[str]) -> bool:
    return any(value in text for value in values)


def _texts(told: Told, failures: Sequence[Failure]) -> Iterator[tuple[str, str]]:
    """Yield everything that others might read, with the name of where it stood."""
    for failure in failures:
        yield f"an error ({failure.kind})", _plain(failure)
    for name, place in _PLACES.items():
        for entry in getattr(told, name):
            yield place, _plain(entry)


def _beside_records(given: Sequence[Reading | Writing]) -> Iterator[tuple[str, str]]:
    """Yield what a ledger keeps of records beside them: positions, and why some became dead letters."""
    for each in given:
        if isinstance(each, Reading):
            yield from ((_CURSOR, page.position or "") for page in each.pages)
            yield from ((_REASON, _plain(fault)) for fault in each.faults)
        else:
            yield from ((_REASON, _plain(outcome)) for outcome in each.outcomes)


_CURSOR: Final = "a cursor"
_REASON: Final = "the reason of a dead letter"
_PLACES: Final = {
    "logs": "a log line",
    "spans": "a span",
    "metrics": "a metric",
    "calls": "the record of a call",
    "warnings": "a warning",
    "opened_files": "the name of a file",
    "variables": "an environment variable",
    "lookups": "the name of a host",
    "output": "the process's output",
}


def _files(files: Iterable[Path]) -> Iterator[tuple[str, str]]:
    """Yield what stands in files, as far as they are still there."""
    for path in files:
        if path.is_file():
            yield "a file", path.read_text(encoding="utf-8", errors="replace")


def _plain(entry: Any) -> str:
    return entry if isinstance(entry, str) else str(msgspec.to_builtins(entry))
