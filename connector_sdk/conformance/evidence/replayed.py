"""Run the suite once more with what the evidence names, and compare rule by rule."""

import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

from connector_sdk.conformance.certificate import Report
from connector_sdk.conformance.evidence.archive import archive_beside, unpack_book
from connector_sdk.conformance.evidence.doubt import Doubt, Refused
from connector_sdk.conformance.evidence.verify import Verdict
from connector_sdk.conformance.outcome import Result
from connector_sdk.documents.wording import quote
from connector_sdk.errors import ConnectorError


class Replay(Protocol):
    """Runs the suite on a wheel with a book and a seed, in a fresh environment."""

    def __call__(self, wheel: Path, book: Path, seed: int) -> Report:
        """Return what it found."""
        ...


def replayed(
    verdict: Verdict,
    wheel: Path,
    evidence: Path,
    book: Path | None,
    replay: Replay,
    digest_of: Callable[[Path], str],
) -> Verdict:
    """Return the verdict after a replay: of higher assurance, or refused with every rule that differs.

    The book is the folder given, else the one in the archive beside the evidence; its digest must be the
    one that was signed. Where the evidence is refused already, nothing of the wheel is run.
    """
    report = verdict.report
    if verdict.reasons or report is None:
        return verdict
    with tempfile.TemporaryDirectory(prefix="replay-") as folder:
        try:
            used = book or _from_archive(evidence, report, Path(folder))
            _require_same(digest_of(used), report.book.digest)
            again = replay(wheel, used, report.seed)
        except Refused as refused:
            return verdict.refused(refused.doubt)
        except ConnectorError as error:
            return verdict.refused(Doubt("replay", f"it could not be replayed: {error}"))
    if differences := _differences(report, again):
        return verdict.refused(*differences)
    return replace(verdict, replayed=True)


def _require_same(found: str, signed: str) -> None:
    if found != signed:
        raise Refused("replay", "the book is not the one that the evidence was made with")


def _from_archive(evidence: Path, report: Report, folder: Path) -> Path:
    archive = archive_beside(evidence, report.subject.name)
    if not archive.exists():
        said = f"there is no book: {quote(archive.name)} is not beside the evidence, and --book names none"
        raise Refused("replay", said)
    return unpack_book(archive, folder)


def _differences(report: Report, again: Report) -> list[Doubt]:
    """Return what a replay found otherwise."""
    facts: list[tuple[str, Any, Any]] = [
        ("the wheel's SHA-256", _bare(report.subject.sha256), _bare(again.subject.sha256)),
        ("the digest of the package's files", report.subject.code, again.subject.code),
        ("the book's digest", report.book.digest, again.book.digest),
        ("the book's origin", report.book, replace(again.book, digest=report.book.digest)),
        ("the catalogue", report.catalogue, again.catalogue),
        ("the declared capabilities", report.capabilities, again.capabilities),
    ]
    found = [Doubt("replay", f"{what} is another one here") for what, said, seen in facts if said != seen]
    for rule in sorted({*report.results, *again.results}):
        said, seen = (results.get(rule) for results in (report.results, again.results))
        if said is None or seen is None or said.status is not seen.status:
            here = f"{_word(seen)}: {seen.reason}" if seen and seen.reason else _word(seen)
            found.append(Doubt("replay", f"{rule}: the evidence says {_word(said)}, here it is {here}"))
    return found


def _word(result: Result | None) -> str:
    return result.status.value if result else "not there"


def _bare(sha256: str) -> str:
    return sha256.removeprefix("sha256:")
