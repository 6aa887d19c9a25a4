"""Scene 5: a run into an empty warehouse is killed while it writes, and goes on."""

from connector_sdk.cli.demo.asking import peek
from connector_sdk.cli.demo.checks import fingerprinted
from connector_sdk.cli.demo.pipelines import LEDGER, PIPELINE, UAT_WAREHOUSE
from connector_sdk.cli.demo.stage import Proof, Stage

TITLE = "A kill, and on"
KILL_AFTER = 1_500
COMMITTED = "SELECT arrival FROM partition WHERE environment = 'uat'"
DIED = "SELECT id FROM run WHERE ended IS NULL"
RETRIED = "SELECT retries FROM run WHERE environment = 'uat' AND status = 'succeeded'"
BUNDLES = (
    "SELECT count(DISTINCT bundle) FROM (SELECT bundle FROM run WHERE status = 'succeeded' "
    "ORDER BY started DESC LIMIT 2)"
)
ROWS = "SELECT count(*) FROM hcp"
_UAT = ("run", PIPELINE, "--env", "uat")
_LOOK_EVERY = 0.005
_PATIENCE = 60.0


def play(stage: Stage) -> Proof:
    """Kill a run in its middle; resume it; compare with the warehouse of the scenes before."""
    stage.say(
        "The same pipeline in another environment: environments/uat.yaml names a warehouse of its own, still "
        "empty. The ledger is watched from outside, and the process is killed (SIGKILL, no chance to clean "
        "up) while batches are being committed. Then it is run again."
    )
    stage.narrator.blank()
    _run_and_kill(stage)
    stage.narrator.blank()
    before = stage.figure("records committed when it died", LEDGER, COMMITTED)
    killed = stage.figure("the run that died", LEDGER, DIED)
    stage.narrator.blank()
    stage.call(*_UAT)
    stage.narrator.blank()
    retried = stage.figure("the run that this one retries", LEDGER, RETRIED)
    stage.expect(retried == killed, "the second run does not name the killed one as what it retries")
    rows = stage.figure("rows in the new warehouse", UAT_WAREHOUSE, ROWS)
    stage.expect(0 < before < rows, f"{before} records were committed when the run was killed")
    new = fingerprinted(stage, "the new warehouse", UAT_WAREHOUSE)
    old = fingerprinted(stage, "the one of the scenes before")
    stage.expect(new == old, "the two warehouses differ")
    bundles = stage.figure("bundle (pipeline and mapping) in both environments", LEDGER, BUNDLES)
    stage.expect(bundles == 1, f"{bundles} bundles ran")
    return Proof("nothing lost, nothing twice", f"{before:,} + {rows - before:,}")


def _run_and_kill(stage: Stage) -> None:
    """Kill the run once enough is committed; raises MissedError where that never comes or it ends before."""
    ledger = stage.folder / LEDGER
    end = stage.clock.monotonic() + _PATIENCE
    with stage.narrator.busy(_UAT) as tell, stage.killed(*_UAT) as process:
        while (committed := peek(ledger, COMMITTED) or 0) < KILL_AFTER:
            stage.expect(process.poll() is None, "the run ended before it could be killed")
            stage.expect(stage.clock.monotonic() < end, f"it takes too long: {committed} are committed")
            tell(f"{committed:,} records committed")
            stage.clock.sleep(_LOOK_EVERY)
