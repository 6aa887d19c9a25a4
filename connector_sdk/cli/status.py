"""`status`: is anything silent or overdue?"""

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from connector_sdk.cli.answer import Answer, Document, describe, worst
from connector_sdk.cli.options import EnvironmentName, JsonFlag
from connector_sdk.clock import SYSTEM_CLOCK, Clock

if TYPE_CHECKING:
    from connector_sdk.cli.screen import Screen
    from connector_sdk.pipeline.definition import Pipeline

MISSED = 65
COLUMNS = ("pipeline", "env", "state", "last good", "age", "next due", "last run", "dead letters", "in doubt")
RARE = frozenset({"next due", "dead letters", "in doubt"})


def status(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="PIPELINE",
            help="Pipelines, and folders of pipelines. Without any: the folder you are in.",
            show_default=False,
        ),
    ] = None,
    env: EnvironmentName = "dev",
    _json: JsonFlag = False,
) -> Answer:
    """Tell how pipelines fare, and whether any is overdue or silent.

    Held against `expect` in each pipeline. Reads only. Exit code 65 if any has missed what is expected of
    it, so that cron or a probe can raise the alarm.

    \b
    Examples:
      connector-sdk status pipeline.yaml
      connector-sdk status pipelines/ --env prod
    """
    return report(paths or [Path()], env, SYSTEM_CLOCK)


def report(paths: list[Path], env: str, clock: Clock) -> Answer:
    """Tell how the pipelines at some paths fare at the clock's time; one that is broken hides no other."""
    found = [part for path in paths for part in _at(path, env, clock)]
    codes = [part.exit_code for part in found]
    exit_code = worst([0, *codes])
    document: Document = {"pipelines": [part.document for part in found]}
    failed = [part for part in found if part.exit_code == exit_code and part.error is not None]
    if failed and failed[0].error is not None:
        document["error"] = describe(failed[0].error)
    return Answer(document, lambda screen: _show(screen, found), exit_code)


def _at(path: Path, env: str, clock: Clock) -> list[Answer]:
    from connector_sdk.pipeline.definition import load_pipeline  # pydantic
    from connector_sdk.pipeline.finding import find_pipelines

    def attempt(file: Path) -> Answer:
        try:
            return _one(load_pipeline(file, env), clock)
        except Exception as error:  # noqa: BLE001 - one pipeline's failure is its own answer
            from connector_sdk.pipeline.failure import exit_code_of

            broken = {"path": str(file), "environment": env, "state": "broken", "error": describe(error)}
            return Answer(broken, None, exit_code_of(error), error)

    try:
        files = find_pipelines(path) or [path]
    except Exception:  # noqa: BLE001 - told by the attempt to read it
        files = [path]
    return [attempt(file) for file in files]


def _one(pipeline: "Pipeline", clock: Clock) -> Answer:
    from connector_sdk.cli.pipelines import key_of
    from connector_sdk.clock import timestamp
    from connector_sdk.errors import DataStopError
    from connector_sdk.ledger.health import Health, health  # SQLAlchemy
    from connector_sdk.ledger.reading import is_there, look
    from connector_sdk.pipeline.status import judge, period_of

    expect, now = pipeline.definition.expect, clock.now()
    since = period_of(expect, now)
    known = Health()
    if is_there(pipeline.ledger):
        with look(pipeline.ledger) as connection:
            known = health(connection, key_of(pipeline), None if since is None else timestamp(since))
    found = judge(expect, known, now)
    document: Document = {
        "path": str(pipeline.document.path),
        "pipeline": pipeline.definition.pipeline,
        "environment": pipeline.environment.name,
        "owner": pipeline.definition.owner,
        "state": found.state,
        "reason": found.reason,
        "last_good": timestamp(found.last_good) if found.last_good else None,
        "age_s": _seconds(found.age),
        "next_due": timestamp(found.due) if found.due else None,
        "last_run": known.last.id if known.last else None,
        "last_status": known.last.status if known.last else None,
        "dead_letters": known.dead_letters,
        "oldest_dead_letter_s": _seconds(found.oldest),
        "in_doubt": known.in_doubt,
    }
    if not found.reason:
        return Answer(document, None)
    error = DataStopError(
        f"{pipeline.definition.pipeline} is {found.state}: {found.reason}",
        code="expectation-missed",
        hint=f"`connector-sdk runs {pipeline.command_line}` shows what happened",
        location=str(pipeline.document.path),
    )
    return Answer(document, None, MISSED, error)


def _show(screen: "Screen", found: list[Answer]) -> None:
    from connector_sdk.cli.output import tell

    rows = [_row(part.document) for part in found]
    # Nine columns do not fit a terminal; the rare ones are shown where they say something.
    kept = [at for at, name in enumerate(COLUMNS) if name not in RARE or any(row[at] for row in rows)]
    shown = [[row[at] for at in kept] for row in rows]
    screen.table([COLUMNS[at] for at in kept], shown, state="state", right=("in doubt",))
    missed = [part for part in found if part.document.get("reason")]
    if missed:
        screen.line()
    for part in missed:
        screen.line(f"{part.document['pipeline']}: {part.document['reason']}", "bad")
    for part in found:
        if part.document["state"] == "broken" and part.error is not None:
            screen.flush()
            tell(part.error)


def _row(found: Document) -> tuple[object, ...]:
    if found["state"] == "broken":
        return (Path(found["path"]).name, found["environment"], "broken", "", "", "", "", "", "")
    letters: Any = found["dead_letters"] or ""
    if letters:
        letters = f"{letters}, oldest {_span(found['oldest_dead_letter_s'])}"
    return (
        found["pipeline"],
        found["environment"],
        found["state"],
        _minute(found["last_good"]) or "never",
        _span(found["age_s"]),
        _minute(found["next_due"]),
        found["last_status"],
        letters,
        found["in_doubt"] or "",
    )


def _seconds(span: timedelta | None) -> int | None:
    return None if span is None else int(span.total_seconds())


def _span(seconds: int | None) -> str:
    from connector_sdk.pipeline.status import in_words

    return "" if seconds is None else in_words(timedelta(seconds=seconds))


def _minute(moment: str | None) -> str:
    return "" if moment is None else moment[:16].replace("T", " ") + "Z"
