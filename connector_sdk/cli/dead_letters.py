"""`dead-letters`: look at the records that were set aside, move them again, or close them for good."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from connector_sdk.cli.answer import Answer, Document
from connector_sdk.cli.grouping import Verb, Verbs
from connector_sdk.cli.options import Actor, EnvironmentName, JsonFlag, PipelinePath, Reason, said

if TYPE_CHECKING:
    from connector_sdk.cli.screen import Screen
    from connector_sdk.pipeline.definition import Pipeline

dead_letters = typer.Typer(
    cls=Verbs,
    rich_markup_mode=None,
    no_args_is_help=False,
    help="See, redrive or discard the records that a run set aside.\n\n"
    "A record that cannot be moved exactly is set aside with its reason, and by default the pipeline stops "
    "until somebody has dealt with it.",
    subcommand_metavar="VERB [ARGUMENTS]",
)

Ids = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="ID",
        help="As `list` shows them. Without any: all that are open.",
        show_default=False,
    ),
]
_FACTS = (
    "id",
    "state",
    "stage",
    "code",
    "message",
    "origin",
    "seq",
    "attempts",
    "opened",
    "closed",
    "actor",
    "reason",
)


@dead_letters.command("list", cls=Verb)
def list_them(
    path: PipelinePath,
    everything: Annotated[bool, typer.Option("--all", help="Closed ones, too.")] = False,
    env: EnvironmentName = "dev",
    _json: JsonFlag = False,
) -> Answer:
    """List the records set aside and not yet dealt with, and why.

    \b
    Example:
      connector-sdk dead-letters list pipeline.yaml
    """
    from connector_sdk.cli.pipelines import each

    return each(path, env, lambda pipeline: _list(pipeline, None if everything else "open"))


def _list(pipeline: "Pipeline", state: str | None) -> Answer:
    from connector_sdk.cli.pipelines import key_of
    from connector_sdk.ledger import dead_letters as letters  # SQLAlchemy
    from connector_sdk.ledger.reading import is_there, look

    rows: list[Any] = []
    if is_there(pipeline.ledger):
        with look(pipeline.ledger) as connection:
            rows = list(letters.listed(connection, key_of(pipeline), state=state))
    found = [_document(row) for row in rows]
    name = pipeline.definition.pipeline

    def show(screen: "Screen") -> None:
        if not found:
            screen.line(f"{name} has no {'' if state is None else 'open '}dead letters.")
            return
        columns = ("id", "state", "record", "stage", "code", "message")
        screen.table(
            columns,
            [[row["origin" if name == "record" else name] for name in columns] for row in found],
            state="state",
            right=("record",),
        )

    return Answer({"pipeline": name, "dead_letters": found}, show)


@dead_letters.command(cls=Verb)
def show(
    path: PipelinePath,
    ids: Ids = None,
    reveal: Annotated[
        bool,
        typer.Option("--reveal", help="Print the record itself, too; needs --actor and --reason, recorded."),
    ] = False,
    actor: Annotated[
        str | None, typer.Option("--actor", metavar="NAME", help="Who looks.", callback=said)
    ] = None,
    reason: Annotated[
        str | None, typer.Option("--reason", metavar="TEXT", help="Why.", callback=said)
    ] = None,
    env: EnvironmentName = "dev",
    _json: JsonFlag = False,
) -> Answer:
    """Show all that is known of records set aside.

    The record itself is shown only with --reveal, and who looked at it is recorded.

    \b
    Example:
      connector-sdk dead-letters show pipeline.yaml
    """
    from connector_sdk.cli.pipelines import one

    if reveal and not (actor and reason):
        raise typer.BadParameter("--reveal needs --actor and --reason: who looks at a record is recorded")
    return _show(one(path, env), ids or [], (actor or "", reason or "") if reveal else None)


def _show(pipeline: "Pipeline", ids: list[str], revealed_to: tuple[str, str] | None) -> Answer:
    from connector_sdk.cli.pipelines import key_of
    from connector_sdk.ledger import dead_letters as letters  # SQLAlchemy
    from connector_sdk.ledger import runs
    from connector_sdk.ledger.reading import look
    from connector_sdk.ledger.store import open_store

    key = key_of(pipeline)
    with look(pipeline.ledger) as connection:
        rows = letters.chosen(connection, key, ids, state=None)
    found = [_document(row) for row in rows]
    if revealed_to is not None:
        actor, reason = revealed_to
        store = open_store(pipeline.ledger)
        try:
            payloads = [letters.payload(store, row) for row in rows]
            with store.transaction() as connection:
                letters.reveal(store, connection, key, [row.id for row in rows], actor=actor, reason=reason)
                runs.sign(store, connection)
        finally:
            store.close()
        found = [{**row, **_payload(payload)} for row, payload in zip(found, payloads, strict=True)]

    def show(screen: "Screen") -> None:
        from connector_sdk.cli.runs import cell

        if not found:
            screen.line(f"{key.pipeline} has no open dead letters.")
        for index, row in enumerate(found):
            if index:
                screen.line()
            screen.facts([("record" if name == "origin" else name, cell(name, row[name])) for name in _FACTS])
            if "payload" in row:
                screen.line(row["payload"])
            elif "payload_base64" in row:
                screen.line(f"base64: {row['payload_base64']}")

    return Answer({"pipeline": key.pipeline, "dead_letters": found}, show)


@dead_letters.command(cls=Verb)
def redrive(
    path: PipelinePath,
    ids: Ids = None,
    *,
    actor: Actor,
    reason: Reason,
    env: EnvironmentName = "dev",
    _json: JsonFlag = False,
) -> Answer:
    """Move records set aside once more, as the pipeline is today.

    What fails again is set aside again.

    \b
    Example:
      connector-sdk dead-letters redrive pipeline.yaml --actor jdoe --reason "column widened"
    """
    from connector_sdk.cli.pipelines import one
    from connector_sdk.cli.run import executed
    from connector_sdk.cli.stopping import stopped_by_signals
    from connector_sdk.pipeline.redrive import redrive as again  # SQLAlchemy
    from connector_sdk.telemetry import exported

    with exported(), stopped_by_signals() as stopping:
        return executed(
            one(path, env),
            lambda assembly, store, options: again(
                assembly, store, ids or [], options, actor=actor, reason=reason
            ),
            stopping,
            create=False,
        )


@dead_letters.command(cls=Verb)
def discard(
    path: PipelinePath,
    ids: Ids = None,
    *,
    actor: Actor,
    reason: Reason,
    env: EnvironmentName = "dev",
    _json: JsonFlag = False,
) -> Answer:
    """Close records set aside for good, without moving them.

    They stay in the ledger, with who decided it and why.

    \b
    Example:
      connector-sdk dead-letters discard pipeline.yaml ID --actor jdoe --reason "test subject"
    """
    from connector_sdk.cli.pipelines import key_of, one
    from connector_sdk.ledger import dead_letters as letters  # SQLAlchemy
    from connector_sdk.ledger import runs
    from connector_sdk.ledger.store import open_store

    pipeline = one(path, env)
    key = key_of(pipeline)
    store = open_store(pipeline.ledger)
    try:
        with store.transaction() as connection:
            chosen = [row.id for row in letters.chosen(connection, key, ids or [])]
            letters.discard(store, connection, key, chosen, actor=actor, reason=reason)
            if chosen:
                runs.sign(store, connection)
    finally:
        store.close()
    return Answer(
        {"pipeline": key.pipeline, "discarded": chosen, "actor": actor, "reason": reason},
        lambda screen: screen.line(f"{len(chosen)} discarded. The next run of {key.pipeline} goes on."),
    )


def _document(row: Any) -> Document:
    document: Document = {name: getattr(row, name) for name in (*_FACTS, "position", "arrival")}
    return {**document, "deleted": bool(row.deleted)}


def _payload(payload: bytes) -> Document:
    """Return a record as text, exactly; what is no text as base64."""
    from base64 import b64encode

    try:
        return {"payload": payload.decode()}
    except UnicodeDecodeError:
        return {"payload_base64": b64encode(payload).decode()}
