"""`runs`: what was executed, and one execution in detail."""

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from connector_sdk.cli.answer import Answer, Document
from connector_sdk.cli.options import EnvironmentName, JsonFlag, PipelinePath

if TYPE_CHECKING:
    from connector_sdk.cli.screen import Screen
    from connector_sdk.pipeline.definition import Pipeline

COUNTS = ("read", "applied", "superseded", "filtered", "dead_lettered", "in_doubt")
RUN = 18
"""Characters of a run's id that tables show: enough to name it, as the verb takes the beginning of an id."""


def runs(
    path: PipelinePath,
    run: Annotated[
        str | None,
        typer.Argument(metavar="RUN", help="Show this run; the first characters do.", show_default=False),
    ] = None,
    limit: Annotated[
        int, typer.Option("--limit", min=1, metavar="N", help="How many to list, newest first.")
    ] = 20,
    env: EnvironmentName = "dev",
    _json: JsonFlag = False,
) -> Answer:
    """List a pipeline's runs, or show one with its batches.

    \b
    Examples:
      connector-sdk runs pipeline.yaml
      connector-sdk runs pipeline.yaml 0193a5f2
    """
    from connector_sdk.cli.pipelines import each, one

    if run is not None:
        return _one(one(path, env), run)
    return each(path, env, lambda pipeline: _several(pipeline, limit))


def _several(pipeline: "Pipeline", limit: int) -> Answer:
    from connector_sdk.cli.pipelines import key_of
    from connector_sdk.ledger import runs as ledger_runs  # SQLAlchemy
    from connector_sdk.ledger.reading import is_there, look

    name = pipeline.definition.pipeline
    rows: list[Any] = []
    if is_there(pipeline.ledger):
        with look(pipeline.ledger) as connection:
            rows = list(ledger_runs.listed(connection, key_of(pipeline), limit))
    found = [document(row) for row in rows]

    def show(screen: "Screen") -> None:
        if found:
            columns = ("run", "started", "status", "seconds", "records")
            rows = [
                (
                    cell("run", run["run"]),
                    cell("started", run["started"]),
                    run["status"],
                    run["duration_s"],
                    equation(run),
                )
                for run in found
            ]
            screen.table(columns, rows, state="status", right=("seconds",))
        else:
            screen.line(f"{name} has not run yet. Try: connector-sdk run {pipeline.command_line}")

    return Answer({"pipeline": name, "runs": found}, show)


def _one(pipeline: "Pipeline", wanted: str) -> Answer:
    from connector_sdk.cli.pipelines import key_of
    from connector_sdk.ledger import runs as ledger_runs  # SQLAlchemy
    from connector_sdk.ledger.calls_made import calls_of, refusals_of
    from connector_sdk.ledger.lookup import run_named
    from connector_sdk.ledger.reading import look

    with look(pipeline.ledger) as connection:
        row = run_named(connection, key_of(pipeline), wanted)
        rows = ledger_runs.batches_of(connection, row.id)
        calls = [asdict(made) for made in calls_of(connection, row.id)]
        refusals = refusals_of(connection, row.id)
    batches = [
        {
            "seq": batch.seq,
            "state": "open" if batch.state == "intent" else batch.state,
            "records": batch.records,
            "first": batch.arrival,
            "intended": batch.intended,
            "committed": batch.committed,
            "root": batch.root.hex() if batch.root else None,
        }
        for batch in rows
    ]
    found = document(row)

    def show(screen: "Screen") -> None:
        screen.facts([(name, value if name == "run" else cell(name, value)) for name, value in _facts(found)])
        if found["error"]:
            screen.line()
            screen.line(f"{found['error']['code']}: {found['error']['message']}", "bad")
            screen.line(found["error"].get("hint", ""))
        if batches:
            screen.line()
            columns = ("seq", "state", "records", "first", "committed", "root")
            table = [[cell(column, batch[column]) for column in columns] for batch in batches]
            screen.table(columns, table, state="state", right=("seq", "records", "first"))
        if calls:
            screen.line()
            figures = ("calls", "attempts", "failed")
            kinds = ("side", "method", "host", "path", *figures)
            screen.table(kinds, [[made[kind] for kind in kinds] for made in calls], right=figures)
        for refusal in refusals:
            screen.line()
            screen.line(f"refused: {' '.join(refusal.values())}", "bad")

    return Answer({**found, "batches_of": batches, "calls_of": calls, "refusals": refusals}, show)


def document(row: Any) -> Document:
    """Describe a run of the ledger as JSON output has it."""
    return {
        "run": row.id,
        "environment": row.environment,
        "pipeline": row.pipeline,
        "status": row.status,
        "trigger": json.loads(row.trigger),
        "retries": row.retries,
        "started": row.started,
        "ended": row.ended,
        "duration_s": _seconds(row.started, row.ended),
        "bundle": row.bundle,
        "environment_digest": row.environment_digest,
        **{name: getattr(row, name) for name in COUNTS},
        "batches": row.batches,
        "calls": row.calls,
        "error": json.loads(row.error) if row.error else None,
    }


def cell(name: str, value: object) -> object:
    """Return how a table shows a value: moments without fractions, digests short."""
    if name in {"started", "ended", "committed", "intended", "opened", "closed"} and isinstance(value, str):
        return value[:19].replace("T", " ") + "Z"
    if name == "root" and isinstance(value, str):
        return value[:16]
    if name == "run" and isinstance(value, str):
        return value[:RUN]
    return value


def _facts(found: Document) -> list[tuple[str, object]]:
    trigger = found["trigger"]
    who = " ".join(str(trigger[part]) for part in ("kind", "actor", "id", "verb") if trigger.get(part))
    names = (
        "run",
        "pipeline",
        "environment",
        "status",
        "started",
        "ended",
        "duration_s",
        "retries",
        "bundle",
        "environment_digest",
        "calls",
    )
    return [*((name, found[name]) for name in names), ("trigger", who), ("records", equation(found))]


def equation(found: Document) -> str:
    """Return the conservation of records in one line, dispositions that did not occur left out."""
    parts = [f"{found[name]} {name}" for name in COUNTS[1:] if found[name]] or ["0 applied"]
    return f"{found['read']} read = {' + '.join(parts)}"


def _seconds(started: str, ended: str | None) -> float | None:
    from datetime import datetime

    if ended is None:
        return None
    return round((datetime.fromisoformat(ended) - datetime.fromisoformat(started)).total_seconds(), 3)
