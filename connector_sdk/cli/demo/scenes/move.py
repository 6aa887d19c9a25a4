"""Scene 1: two files into a database, compared value by value."""

from connector_sdk.cli.demo import data
from connector_sdk.cli.demo.compare import compare
from connector_sdk.cli.demo.pipelines import write_pipeline
from connector_sdk.cli.demo.stage import Proof, Stage

TITLE = "Files to a database"
FOLDER = "study"
TARGET = f"{FOLDER}/target.db"
VISITS = 20_000
NOTES = 500


def play(stage: Stage) -> Proof:
    """Move visits (JSON Lines) and notes (CSV) into SQLite."""
    folder = stage.folder / FOLDER
    write_pipeline(folder, "visits", "visits.jsonl", "subject, visit")
    write_pipeline(folder, "notes", "notes.csv", "note")
    data.visits(folder / "visits.jsonl", VISITS)
    data.notes(folder / "notes.csv", NOTES)
    stage.say(
        "Visits of a study as JSON Lines, notes as CSV. They hold what scripts like to damage: 007, 1.10, "
        "integers beyond 2^53, null and absent, names in four alphabets, line breaks inside quotes."
    )
    stage.narrator.blank()
    stage.call("contract", "pin", FOLDER)
    stage.call("check", FOLDER)
    stage.call("run", FOLDER)
    stage.narrator.blank()
    _count(stage)
    visits = _differences(stage, "visits", "visits.jsonl", ("subject", "visit"))
    notes = _differences(stage, "notes", "notes.csv", ("note",))
    return Proof("every value arrived as it was", f"{visits + notes:,} values")


def _count(stage: Stage) -> None:
    with (stage.folder / FOLDER / "visits.jsonl").open(encoding="utf-8") as file:
        lines = stage.measured(
            "visits in the file", f"{FOLDER}/visits.jsonl", "its lines", sum(1 for _ in file)
        )
    rows = stage.figure("visits in the database", TARGET, "SELECT count(*) FROM visits")
    stage.expect(rows == lines, f"{lines} visits are in the file, {rows} in the database")
    query = "SELECT count(*) FROM notes WHERE instr(text, char(10))"
    broken = stage.figure("notes with a line break in their text", TARGET, query)
    stage.expect(broken == NOTES, f"{broken} notes kept the line break in their text, not {NOTES}")


def _differences(stage: Stage, table: str, source: str, key: tuple[str, ...]) -> int:
    """Compare a table with its file without the SDK; returns how many values were compared."""
    query = f"SELECT * FROM {table}"  # noqa: S608 - our name
    compared = compare(stage.folder / FOLDER / source, stage.folder / TARGET, query, key)
    stage.measured(
        f"of {compared.values:,} values differ from {source}",
        TARGET,
        f"{query} (compared by Python's own {'json' if source.endswith('.jsonl') else 'csv'})",
        compared.different,
    )
    stage.expect(compared.different == 0, f"{compared.different} values are not what {source} says")
    return compared.values
