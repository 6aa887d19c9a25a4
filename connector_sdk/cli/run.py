"""`run`: move what the source has beyond the cursor."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from connector_sdk.cli.answer import Answer, Document, describe, failure
from connector_sdk.cli.options import EnvironmentName, JsonFlag, PipelinePath

if TYPE_CHECKING:
    from connector_sdk.cli.screen import Screen
    from connector_sdk.ledger.store import Store
    from connector_sdk.pipeline.assembly import Assembly
    from connector_sdk.pipeline.definition import Pipeline
    from connector_sdk.pipeline.execution import Options
    from connector_sdk.pipeline.outcome import RunReport

Execution = Callable[["Assembly", "Store", "Options"], "RunReport"]


def run(
    path: PipelinePath,
    full_refresh: Annotated[
        bool,
        typer.Option("--full-refresh", help="Read everything again and upsert it; deletes nothing."),
    ] = False,
    env: EnvironmentName = "dev",
    _json: JsonFlag = False,
) -> Answer:
    """Move the records that are new since the last run.

    A run that was killed is finished first, from what it had spooled. Ctrl-C stops after the current page;
    the next run goes on from there. Exit codes: 0 done, 65 the data forbids going on, 70 aborted, 75 try
    again later, 2 a setting is wrong.

    \b
    Examples:
      connector-sdk run pipeline.yaml
      connector-sdk run pipelines/ --json
    """
    from connector_sdk.cli.pipelines import each
    from connector_sdk.cli.stopping import stopped_by_signals
    from connector_sdk.pipeline.run import run as execution  # SQLAlchemy
    from connector_sdk.telemetry import exported

    with exported(), stopped_by_signals() as stopping:
        return each(
            path,
            env,
            lambda pipeline: executed(pipeline, execution, stopping, full_refresh=full_refresh),
            not_started,
        )


def not_started(error: Exception) -> Answer:
    """Return the answer of a run that did not begin."""
    from connector_sdk.pipeline.failure import status_of

    return failure(error, status=status_of(error))


def executed(
    pipeline: "Pipeline",
    execution: Execution,
    stopping: Callable[[], bool],
    *,
    full_refresh: bool = False,
    create: bool = True,
) -> Answer:
    """Execute one pipeline, watched and recorded, and return what came of it."""
    from connector_sdk.cli.progress import shown
    from connector_sdk.cli.trigger import trigger
    from connector_sdk.ledger.store import open_store
    from connector_sdk.pipeline.assembly import assemble
    from connector_sdk.pipeline.execution import Options

    if stopping():
        raise _stopped_before()
    assembly = assemble(pipeline)
    try:
        store = open_store(pipeline.ledger, create=create)
        try:
            with shown(pipeline.definition.pipeline) as progress:
                options = Options(
                    trigger=trigger(), full_refresh=full_refresh, progress=progress, stopping=stopping
                )
                return answer(execution(assembly, store, options))
        finally:
            store.close()
    except BaseException:
        # An execution that ends with a report has closed its connectors by itself.
        assembly.close()
        raise


def answer(report: "RunReport") -> Answer:
    """Tell what came of a run."""
    document: Document = report.document()
    if report.error is not None:
        document["error"] = describe(report.error)
    return Answer(document, lambda screen: _show(screen, document), report.exit_code, report.error)


def _show(screen: "Screen", document: Document) -> None:
    from connector_sdk.cli.runs import equation

    seconds = document["duration_s"]
    pace = f", {document['read'] / seconds:,.0f} records/s" if seconds and document["read"] else ""
    audit = document["audit"]
    screen.facts(
        [
            ("pipeline", document["pipeline"]),
            ("status", document["status"]),
            ("records", equation(document)),
            ("batches", document["batches"]),
            ("time", f"{seconds:.2f} s{pace}"),
            ("calls", calls(document)),
            ("quota", quotas(document)),
            ("run", document["run"]),
            ("resumes", document["retries"]),
            ("audit", f"{audit['size']} events, root {audit['root'][:16]}"),
        ]
    )
    error = document.get("error")
    if error:
        screen.line()
        screen.line(f"error[{error['code']}]: {error['message']}", "bad")
        more = f"connector-sdk explain {error['code']}"
        screen.facts([("at", error["location"]), ("next", error["hint"]), ("more", more)])


def calls(document: Document) -> str | None:
    """Return the requests sent in one line; None where there were none."""
    figures = document["calls"]
    if not (figures["source"] or figures["destination"]):
        return None
    sides = " + ".join(f"{figures[side]} {side}" for side in ("source", "destination") if figures[side])
    share = figures["per_1000_records"]
    return sides if share is None else f"{sides}, {share:g} per 1000 records"


def quotas(document: Document) -> str | None:
    """Return what is used of the vendors' allowances in one line; None where nobody knows."""
    known = document.get("quota", {})
    return ", ".join(f"{name} {each['used']} of {each['limit']}" for name, each in known.items()) or None


def _stopped_before() -> Exception:
    from connector_sdk.errors import RetryableError

    return RetryableError(
        "stopped as asked, before this pipeline began",
        code="stopped",
        hint="run again to go on from there",
    )
