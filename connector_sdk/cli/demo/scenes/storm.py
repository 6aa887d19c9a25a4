"""Scene 3: Salesforce has a bad day during a full refresh; the data is the same afterwards."""

from typing import Any, Final

from connector_sdk.cli.demo.checks import fingerprinted, require_same
from connector_sdk.cli.demo.pipelines import PIPELINE
from connector_sdk.cli.demo.stage import Proof, Stage

TITLE = "A storm"
_QUERIES: Final = {"path": "/query"}
FAULTS: Final[list[dict[str, Any]]] = [
    {"match": _QUERIES, "times": 2, "status": 503, "headers": {"Retry-After": "0"}},
    {"match": _QUERIES, "after": 3, "status": 429, "headers": {"Retry-After": "1"}},
    {"match": _QUERIES, "after": 4, "expire_session": True},
    {"match": _QUERIES, "after": 6, "cut": 1000},
]
EXPECTED: Final = {"503": 2, "429": 1, "401": 1}
MEANING: Final = {"503": "not available", "429": "too many requests", "401": "session expired"}
PAGES, FAILURES = 3, 5


def play(stage: Stage) -> Proof:
    """Read everything again while requests fail."""
    stage.say(
        "All contacts are read once more (--full-refresh) while Salesforce fails: 503 twice, then 429 (wait "
        "one second), then the session expires, then an answer breaks off in its middle. Each is repeated "
        "as it deserves; the warehouse must be the same afterwards, byte for byte."
    )
    stage.narrator.blank()
    before = fingerprinted(stage, "the warehouse before")
    stage.narrator.blank()
    answers, queries = stage.org.answers(), stage.org.queries()
    stage.org.break_down(FAULTS)
    stage.call("run", PIPELINE, "--full-refresh")
    stage.narrator.blank()
    for status, count in stage.org.answers().items():
        new = count - answers.get(status, 0)
        if new and status != "200":
            stage.measured(
                f"answered with {status}, {MEANING.get(status)}", "simulator", "requests it counted", new
            )
            stage.expect(EXPECTED.get(status) == new, f"{new} requests were answered with {status}")
    asked = stage.measured(
        f"requests for {PAGES} pages of records",
        "simulator",
        "requests it counted",
        stage.org.queries() - queries,
    )
    stage.expect(asked == PAGES + FAILURES, f"{asked} requests for {PAGES} pages and {FAILURES} failures")
    after = fingerprinted(stage, "the warehouse after")
    stage.expect(before == after, "the warehouse is not what it was")
    require_same(stage)
    return Proof("five failures, the same data", f"{asked} requests")
