"""What an examination leaves behind: files for others, text for people, a document for programs."""

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Final

from connector_sdk.cli.answer import Answer, Document, describe
from connector_sdk.conformance.certificate import Report
from connector_sdk.conformance.evidence.keys import VendorKey
from connector_sdk.conformance.outcome import Status, Tier
from connector_sdk.conformance.report.signature import Signature
from connector_sdk.errors import ConfigurationError, DataStopError

if TYPE_CHECKING:
    from connector_sdk.cli.screen import Screen

_FAILED: Final = 65


@dataclass(frozen=True, slots=True)
class Files:
    """Where the page, the archive and the evidence go."""

    page: Path
    archive: Path
    evidence: Path

    @classmethod
    def beside(cls, wheel: Path, output: Path | None) -> "Files":
        """Return the places for a wheel's, in the folder `output` or beside it."""
        return cls._in(output or wheel.parent, "-".join(wheel.name.split("-")[:2]), wheel.name)

    @classmethod
    def named(cls, name: str, output: Path) -> "Files":
        """Return the places for what has no wheel."""
        return cls._in(output, name, name)

    @classmethod
    def _in(cls, folder: Path, name: str, whole: str) -> "Files":
        return cls(
            folder / f"{name}-conformance.html",
            folder / f"{name}-conformance.zip",
            folder / f"{whole}.conformance.intoto.jsonl",
        )


def writable(files: Files, *, make: bool) -> Files:
    """Return the places where something can be written there; with `make` their folder is made.

    Whoever waited for all rules must not lose what was found. Raises ConfigurationError (report-unwritable).
    """
    folder = files.page.parent
    try:
        if make:
            folder.mkdir(parents=True, exist_ok=True)
        if folder.is_dir():
            with TemporaryFile(dir=folder):
                pass
    except OSError as error:
        raise _unwritable(folder, error) from None
    return files


def signing(path: Path | None) -> VendorKey:
    """Return the key to sign with, known to this user's own trust list from now on.

    The user's own key is made where there is none; a named one must exist. Raises ConfigurationError.
    """
    from connector_sdk.clock import SYSTEM_CLOCK
    from connector_sdk.conformance.evidence.keys import open_key
    from connector_sdk.conformance.evidence.places import default_key, default_trust
    from connector_sdk.conformance.evidence.trust import trust_own

    key = open_key(path or default_key(), create=path is None)
    trust_own(default_trust(), key, SYSTEM_CLOCK.now())
    return key


def answer(
    report: Report,
    book: Path,
    files: Files | None,
    key: VendorKey | None,
    min_tier: Tier,
    only: tuple[str, ...],
) -> Answer:
    """Write the files, and tell what was found; `only` names the rules that alone were asked for."""
    signature, kept = _signed(report, files, key)
    if files is not None:
        _write(report, book, files, signature)
    document: Document = {
        **report.document,
        "assurance": signature.assurance.value,
        "objections": list(signature.objections),
        "counts": {status.value: report.counts[status] for status in Status},
        "min_tier": min_tier.value,
        "asked": list(only),
        "page": str(files.page) if files else None,
        "archive": str(files.archive) if files else None,
        "evidence": str(files.evidence) if files and key else None,
        "kept": str(kept) if kept else None,
    }
    error = _missed(report, min_tier, only)
    if error is not None:
        document["error"] = describe(error)

    def show(screen: "Screen") -> None:
        from connector_sdk.cli.certified_text import show_report

        show_report(screen, report, signature, files, only)

    return Answer(document, show, _FAILED if error else 0, error)


def _missed(report: Report, min_tier: Tier, only: tuple[str, ...]) -> DataStopError | None:
    """Return what ends the verb with 65, if anything."""
    if only:
        broken = [rule for rule in only if not report.results[rule].stands]
        if not broken:
            return None
        said, code = f"{', '.join(broken)} did not pass", "rule-broken"
    elif report.tier.rank >= min_tier.rank:
        return None
    else:
        said, code = f"tier {report.tier.value} was reached, {min_tier.value} is demanded", "tier-missed"
    return DataStopError(said, code=code, hint="put the rules right that did not pass, and certify again")


def _signed(report: Report, files: Files | None, key: VendorKey | None) -> tuple[Signature, Path | None]:
    """Sign the results where there is a key, and keep a copy on this machine."""
    if key is None or files is None:
        return Signature(), None
    from connector_sdk.clock import SYSTEM_CLOCK
    from connector_sdk.conformance.evidence.envelope import seal
    from connector_sdk.conformance.evidence.places import default_trust
    from connector_sdk.conformance.evidence.statement import payload
    from connector_sdk.conformance.evidence.store import keep
    from connector_sdk.conformance.evidence.trust import read_trust
    from connector_sdk.conformance.evidence.verify import verify

    evidence = seal(payload(report), key)
    _put(files.evidence, evidence)
    kept = keep(evidence, report)
    trust = read_trust(default_trust(), must_exist=False)
    verdict = verify(evidence, report.subject, trust, SYSTEM_CLOCK.now())
    objections = tuple(reason.message for reason in verdict.reasons)
    return Signature(verdict.assurance, key.id, files.evidence.name, objections), kept


def _write(report: Report, book: Path, files: Files, signature: Signature) -> None:
    from connector_sdk.conformance.book import read_book
    from connector_sdk.conformance.catalogue import rules
    from connector_sdk.conformance.report.archive import archive
    from connector_sdk.conformance.report.html import page

    text = page(report, rules(), signature)
    _put(files.page, text.encode())
    _put(files.archive, archive(report, text, read_book(book)))


def _put(path: Path, content: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        raise _unwritable(path, error) from None


def _unwritable(path: Path, error: OSError) -> ConfigurationError:
    return ConfigurationError(
        f"the report cannot be written: {error.strerror}",
        code="report-unwritable",
        hint="make the folder writable, or name another with --output",
        location=str(path),
    )
