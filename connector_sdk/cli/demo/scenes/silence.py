"""Scene 8: what did not run is an alarm, too."""

from connector_sdk.cli.demo.pipelines import PIPELINE
from connector_sdk.cli.demo.stage import Proof, Stage

TITLE = "Silence is an alarm"
MISSED = 65


def play(stage: Stage) -> Proof:
    """Ask for the status where runs succeed, and where none ever did."""
    stage.say(
        "pipeline.yaml expects a success every 24 hours, with at least one record (expect). `status` is for "
        "cron or a probe: it ends with 0 where that holds, and with 65 where nothing has come, as in "
        "production, which was refused."
    )
    stage.narrator.blank()
    (good,) = stage.call("status", PIPELINE)["pipelines"]
    told = stage.call("status", PIPELINE, "--env", "prod", expect=MISSED)
    (silent,) = told["pipelines"]
    stage.narrator.quote(told["error"]["message"])
    stage.narrator.blank()
    states = [
        stage.measured(f"in {each['environment']}", "status --json", "pipelines.0.state", each["state"])
        for each in (good, silent)
    ]
    stage.expect(states == ["ok", "overdue"], f"the states are {' and '.join(states)}")
    return Proof("what never came is an alarm", "exit 65")
