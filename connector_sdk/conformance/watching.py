"""What every visit is watched for: values that leak, errors that are not ours, calls elsewhere."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

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
) -> None:
    """Keep for the rules that judge all visits what this one showed.

    `players` are its rule's so far, `files` those that the connector's process ever opened for writing.
    """
    findings = examination.findings
    secrets = {*examination.book.secrets, *(token for player in players for token in player.tokens)}
    ports = {port for player in players for port in player.ports}
    for place, text in (*_texts(told, failures), *_files(files)):
        if _holds(text, examination.book.personal):
            findings.add(PERSONAL, f"{place} held a personal value (seen by {rule})")
        if _holds(text, secrets):
            findings.add(SECRET, f"{place} held a secret (seen by {rule})")
    for failure in failures:
        if not failure.from_sdk:
            findings.add(FOREIGN, f"{failure.kind} crossed the border, no ConnectorError (seen by {rule})")
    for host, port in told.connects:
        if host != LOOPBACK or port not in ports:
            findings.add(ELSEWHERE, f"a connection to {host}:{port} was tried (seen by {rule})")
    # Where a name leads nowhere, as it does without a network, no connection is ever tried.
    if any(name != LOOPBACK for name in told.lookups):
        findings.add(ELSEWHERE, f"the name of another host was looked up (seen by {rule})")
    if told.processes:
        findings.add(ELSEWHERE, f"a process was started, whose calls nobody sees (seen by {rule})")


def _holds(text: str, values: Iterable[str]) -> bool:
    return any(value in text for value in values)


def _texts(told: Told, failures: Sequence[Failure]) -> Iterator[tuple[str, str]]:
    """Yield everything that others might read, with the name of where it stood."""
    for failure in failures:
        yield f"an error ({failure.kind})", _plain(failure)
    for name, place in _PLACES.items():
        for entry in getattr(told, name):
            yield place, _plain(entry)


_PLACES: Final = {
    "logs": "a log line",
    "spans": "a span",
    "metrics": "a metric",
    "calls": "the record of a call",
    "warnings": "a warning",
    "opened_files": "the name of a file",
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
