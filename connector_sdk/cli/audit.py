"""`audit`: is the ledger what was once written, and what proves it to others?"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from connector_sdk.cli.answer import Answer, Document
from connector_sdk.cli.grouping import Verb, Verbs
from connector_sdk.cli.options import EnvironmentName, JsonFlag, PipelinePath
from connector_sdk.errors import ConfigurationError

if TYPE_CHECKING:
    from connector_sdk.cli.screen import Screen
    from connector_sdk.ledger.verify import Report
    from connector_sdk.pipeline.definition import Pipeline
    from connector_sdk.signing import Verifier

audit = typer.Typer(
    cls=Verbs,
    rich_markup_mode=None,
    help="Prove that the ledger is what was once written.",
    subcommand_metavar="VERB [ARGUMENTS]",
)

OWN_KEY = (
    "trusted: the key beside the ledger. Whoever owns that folder could have signed anything with it: give "
    "a copy of signing.pub from elsewhere as --trust, and a checkpoint kept elsewhere as --checkpoint."
)


@audit.callback()
def start() -> None:
    """Prove that the ledger is what was once written."""


@audit.command(cls=Verb)
def verify(
    path: PipelinePath,
    checkpoint: Annotated[
        Path | None,
        typer.Option(
            "--checkpoint",
            metavar="FILE",
            help="A signed checkpoint that was kept elsewhere.",
            show_default=False,
        ),
    ] = None,
    trust: Annotated[
        Path | None,
        typer.Option(
            "--trust",
            metavar="FILE",
            help="Public keys to trust, one a line; by default the one beside the ledger.",
            show_default=False,
        ),
    ] = None,
    env: EnvironmentName = "dev",
    _json: JsonFlag = False,
) -> Answer:
    """Compare the ledger with its audit log, and the log with its signatures.

    Changes nothing, and needs no secret key. Exit codes: 0 as it was written, 80 something was altered, 81
    a run has not ended, 82 signed by a key that is not trusted.

    \b
    Example:
      connector-sdk audit verify pipeline.yaml --trust signing.pub --checkpoint last.txt
    """
    from connector_sdk.cli.pipelines import each
    from connector_sdk.signing import trusted  # cryptography

    verifiers = None if trust is None else trusted(trust)
    retained = None if checkpoint is None else _read(checkpoint)
    return each(path, env, lambda pipeline: _verify(pipeline, verifiers, retained))


@audit.command(cls=Verb)
def checkpoint(path: PipelinePath, env: EnvironmentName = "dev", _json: JsonFlag = False) -> Answer:
    """Print the newest signed checkpoint, to be kept where the ledger's owner cannot change it.

    Whoever keeps it can show with `audit verify --checkpoint` that nothing it covers was altered since.

    \b
    Example:
      connector-sdk audit checkpoint pipeline.yaml > last.txt
    """
    from connector_sdk.cli.pipelines import each

    return each(path, env, _checkpoint)


def _checkpoint(pipeline: "Pipeline") -> Answer:
    from connector_sdk.ledger.audit_log import latest_checkpoint  # SQLAlchemy
    from connector_sdk.ledger.reading import look

    with look(pipeline.ledger) as connection:
        note = latest_checkpoint(connection)
    if note is None:
        raise ConfigurationError(
            "nothing is signed yet",
            code="checkpoint-missing",
            hint="a run signs a checkpoint when it ends: run the pipeline first",
            location=str(pipeline.ledger),
        )
    document: Document = {"pipeline": pipeline.definition.pipeline, "checkpoint": note}

    def show(screen: "Screen") -> None:
        for line in note.splitlines():
            screen.line(line)

    return Answer(document, show)


def _verify(pipeline: "Pipeline", verifiers: "tuple[Verifier, ...] | None", retained: str | None) -> Answer:
    from connector_sdk.errors import LedgerError
    from connector_sdk.ledger.reading import look  # SQLAlchemy
    from connector_sdk.ledger.verify import verify as verify_ledger

    keys = verifiers if verifiers is not None else _beside(pipeline.ledger)
    try:
        with look(pipeline.ledger) as connection:
            report = verify_ledger(connection, verifiers=keys, retained=retained)
    except LedgerError as error:
        if error.code not in {"ledger-foreign", "ledger-damaged"}:
            raise
        report = _unreadable(str(error))
    document: Document = {
        "pipeline": pipeline.definition.pipeline,
        "ledger": str(pipeline.ledger),
        "verdict": str(report.verdict),
        "events": report.events,
        "batches": report.batches,
        "records": report.leaves,
        "covered": report.covered,
        "audit": {"size": report.size, "root": report.root},
        "trusted": [key.vkey for key in keys],
        "note": OWN_KEY if verifiers is None else "",
        "findings": [
            {"kind": str(found.kind), "where": found.where, "message": found.message}
            for found in report.findings
        ],
    }
    if report.exit_code:
        document["error"] = _error(report)
    return Answer(document, lambda screen: _show(screen, document), report.exit_code)


def _unreadable(message: str) -> "Report":
    """Take a file that is no ledger any more for what it is: not what was once written."""
    from connector_sdk.ledger.findings import Finding, Verdict
    from connector_sdk.ledger.verify import Report

    found = Finding(Verdict.TAMPERING, "ledger", message)
    return Report(Verdict.TAMPERING, (found,), events=0, batches=0, leaves=0, size=0, root="", covered=0)


def _error(report: "Report") -> Document:
    first = report.findings[0]
    more = len(report.findings) - 1
    title, hint = {
        "tampering": (
            "Tampering",
            "keep the file as it is; compare with a backup, and tell who answers for this ledger",
        ),
        "trust": ("Untrusted", "if you know the key, give its public line in a file as --trust"),
        "incomplete": ("Incomplete", "run the pipeline: it finishes what is open; then verify again"),
    }[str(report.verdict)]
    return {
        "code": f"audit-{report.verdict}",
        "title": title,
        "message": f"{first.message} (and {more} more)" if more else first.message,
        "location": first.where,
        "hint": hint,
    }


def _show(screen: "Screen", document: Document) -> None:
    screen.facts(
        [
            ("ledger", document["ledger"]),
            ("verdict", document["verdict"]),
            (
                "looked at",
                f"{document['events']} events, {document['batches']} batches, {document['records']} records",
            ),
            ("signed", f"{document['covered']} of {document['audit']['size']} events"),
            ("root", document["audit"]["root"]),
        ]
    )
    findings: list[Any] = document["findings"]
    if findings:
        screen.line()
        screen.table(
            ("kind", "where", "message"), [tuple(found.values()) for found in findings], state="kind"
        )
    if "error" in document:
        screen.line()
        error = document["error"]
        screen.facts([("next", error["hint"]), ("more", f"connector-sdk explain {error['code']}")])
    if document["note"]:
        screen.line()
        screen.line(document["note"], "quiet")


def _beside(ledger: Path) -> "tuple[Verifier, ...]":
    """Return the key beside the ledger; none where it is missing or damaged, which is then the verdict."""
    from connector_sdk.ledger.store import keys_folder  # SQLAlchemy
    from connector_sdk.signing import trusted

    try:
        return trusted(keys_folder(ledger) / "signing.pub")
    except ConfigurationError:
        return ()


def _read(checkpoint: Path) -> str:
    from connector_sdk.errors import LedgerError
    from connector_sdk.signing import open_note  # cryptography

    try:
        note = checkpoint.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise _not_a_checkpoint(checkpoint, "cannot be read") from None
    try:
        open_note(note, ())
    except LedgerError as error:
        if error.code == "note-malformed":
            raise _not_a_checkpoint(checkpoint, "is not a signed note") from None
    return note


def _not_a_checkpoint(path: Path, what: str) -> ConfigurationError:
    return ConfigurationError(
        f"the checkpoint {what}",
        code="checkpoint-unreadable",
        hint="name the file that `connector-sdk audit checkpoint` wrote",
        location=str(path),
    )
