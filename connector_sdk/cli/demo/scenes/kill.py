"""Scene 2: a run is killed while it writes, and goes on."""

from connector_sdk.cli.demo import data
from connector_sdk.cli.demo.asking import peek
from connector_sdk.cli.demo.pipelines import write_pipeline
from connector_sdk.cli.demo.stage import Proof, Stage

TITLE = "A kill, and on"
FOLDER = "killed"
VISITS = 12_000
BATCH = 500
KILL_AFTER = 4_000
LEDGER = f"{FOLDER}/.connector-sdk/ledger.db"
TARGET = f"{FOLDER}/target.db"
COMMITTED = "SELECT arrival FROM partition"
_LOOK_EVERY = 0.005
_PATIENCE = 60.0


def play(stage: Stage) -> Proof:
    """Kill a run in its middle; resume it; count."""
    folder = stage.folder / FOLDER
    write_pipeline(folder, "visits", "visits.jsonl", "subject, visit", batch_size=BATCH)
    data.visits(folder / "visits.jsonl", VISITS)
    stage.say(
        f"The same visits into a new database, in batches of {BATCH}. The ledger is watched from outside, "
        "and the process is killed (SIGKILL, no chance to clean up) while batches are being committed."
    )
    stage.narrator.blank()
    stage.call("contract", "pin", FOLDER)
    _run_and_kill(stage)
    stage.narrator.blank()
    before = stage.figure("visits committed when it died", LEDGER, COMMITTED)
    stage.expect(0 < before < VISITS, f"{before} visits were committed when the run was killed")
    killed = stage.figure("the run that died", LEDGER, "SELECT id FROM run WHERE ended IS NULL")
    stage.narrator.blank()
    stage.call("run", FOLDER)
    stage.narrator.blank()
    retried = stage.figure(
        "the run that this one retries", LEDGER, "SELECT retries FROM run WHERE status = 'succeeded'"
    )
    stage.expect(retried == killed, "the second run does not name the killed one as what it retries")
    with (folder / "visits.jsonl").open(encoding="utf-8") as file:
        lines = stage.measured(
            "visits in the file", f"{FOLDER}/visits.jsonl", "its lines", sum(1 for _ in file)
        )
    rows = stage.figure("visits in the database", TARGET, "SELECT count(*) FROM visits")
    keys = stage.figure(
        "distinct keys among them",
        TARGET,
        "SELECT count(*) FROM (SELECT DISTINCT subject, visit FROM visits)",
    )
    stage.expect(lines == rows == keys, f"{lines} visits in the file, {rows} rows, {keys} distinct keys")
    return Proof("nothing lost, nothing twice", f"{before:,} + {lines - before:,}")


def _run_and_kill(stage: Stage) -> None:
    """Kill the run once enough is committed; raises MissedError where that never comes or it ends before."""
    ledger = stage.folder / LEDGER
    end = stage.clock.monotonic() + _PATIENCE
    with stage.narrator.busy(("run", FOLDER)) as tell, stage.killed("run", FOLDER) as process:
        while (committed := peek(ledger, COMMITTED) or 0) < KILL_AFTER:
            stage.expect(process.poll() is None, "the run ended before it could be killed")
            stage.expect(stage.clock.monotonic() < end, f"it takes too long: {committed} are committed")
            tell(f"{committed:,} visits committed")
            stage.clock.sleep(_LOOK_EVERY)
