"""`run` and `runs`: what moved, told to people and programs; folders; signals; who started it."""

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from connector_sdk.cli import stopping
from connector_sdk.cli.trigger import login, trigger
from tests.cli.conftest import Call, add_pipeline, records
from tests.cli_runs import environment

pytestmark = pytest.mark.slow

COUNTS = ("applied", "superseded", "filtered", "dead_lettered", "in_doubt")


def rows(folder: Path, name: str = "subjects") -> int:
    """Return how many rows the target holds."""
    with sqlite3.connect(folder / f"{name}.db") as connection:
        count: int = connection.execute(f'select count(*) from "{name}"').fetchone()[0]
    connection.close()
    return count


def test_a_run_prints_its_figures_and_they_add_up(call: Call, folder: Path) -> None:
    result = call("run", folder / "subjects.yaml", "--json")
    assert result.code == 0
    found = result.document
    assert (found["status"], found["pipeline"], found["environment"]) == ("succeeded", "subjects", "dev")
    assert (found["read"], found["batches"], found["retries"]) == (25, 3, None)
    assert found["read"] == sum(found[name] for name in COUNTS)
    assert found["cursor"]["records"] == 25
    assert len(found["audit"]["root"]) == 64
    assert "error" not in found
    assert rows(folder) == 25


def test_logs_of_a_run_are_json_and_nothing_else(call: Call, folder: Path) -> None:
    result = call("run", folder)
    events = [line["event"] for line in result.logs]
    assert events[0] == "run started"
    assert events[-1] == "run succeeded"
    assert {line["run"] for line in result.logs} == {
        call("runs", folder, "--json").document["runs"][0]["run"]
    }


def test_a_run_is_summed_up_for_people(call: Call, folder: Path) -> None:
    shown = call("run", folder).out
    for line in ("status    succeeded", "records   25 read = 25 applied", "batches   3", "audit     "):
        assert line in shown
    assert "records   0 read = 0 applied" in call("run", folder).out


def test_full_refresh_reads_everything_again(call: Call, folder: Path) -> None:
    call("run", folder)
    assert call("run", folder, "--full-refresh", "--json").document["read"] == 25
    assert rows(folder) == 25


def test_a_run_that_the_data_stops_says_what_to_do(call: Call, poisoned: Path) -> None:
    result = call("run", poisoned)
    assert result.code == 65
    assert "status    data_stop" in result.out
    assert "error[dead-letters-open]: " in result.out
    assert "next  `connector-sdk dead-letters list " in result.out
    assert "more  connector-sdk explain dead-letters-open" in result.out
    last = result.logs[-1]
    assert (last["level"], last["code"]) == ("error", "dead-letters-open")
    assert "dead-letters list" in last["event"]
    asked = call("run", poisoned, "--json")
    assert (asked.code, asked.document["status"]) == (65, "data_stop")
    assert asked.document["error"].keys() == {"code", "title", "message", "location", "hint"}


def test_a_run_that_cannot_begin_has_a_status_all_the_same(call: Call, folder: Path) -> None:
    (folder / "subjects.yaml").write_text("format: 2\n")
    result = call("run", folder / "subjects.yaml", "--json")
    assert (result.code, result.document["status"]) == (2, "failed")
    assert result.document["error"]["diagnostics"]
    assert not (folder / ".connector-sdk").exists()


def test_a_held_partition_is_named_with_its_holder(call: Call, folder: Path) -> None:
    call("run", folder)
    ledger = folder / ".connector-sdk" / "ledger.db"
    holder = json.dumps({"host": "elsewhere", "pid": 4711, "run": "r"})
    with sqlite3.connect(ledger) as connection:
        connection.execute(
            "update partition set holder = ?, lease_expires = '2999-01-01T00:00:00.000000Z'", (holder,)
        )
    connection.close()
    result = call("run", folder, "--json")
    assert (result.code, result.document["status"]) == (75, "parked")
    assert result.document["error"]["code"] == "lease-held"
    assert "4711 on elsewhere" in result.document["error"]["message"]
    assert "error[lease-held]" in call("run", folder).err
    assert "run r is under way: process 4711 on elsewhere" in call("check", folder).out


def test_all_pipelines_of_a_folder_run_in_order_and_the_worst_counts(call: Call, folder: Path) -> None:
    add_pipeline(folder, "alpha", records(3))
    add_pipeline(folder, "zulu", records(3))
    (folder / "middle.yaml").write_text("format: 1\npipeline: middle\nsorce: {}\n")
    (folder / "notes.yaml").write_text("just: notes\n")
    result = call("run", folder, "--json")
    assert result.code == 2
    found = result.document["pipelines"]
    assert [Path(one["path"]).stem for one in found] == ["alpha", "middle", "subjects", "zulu"]
    assert [one["status"] for one in found] == ["succeeded", "failed", "succeeded", "succeeded"]
    assert result.document["error"] == found[1]["error"]
    assert rows(folder, "zulu") == 3
    told = call("run", folder)
    assert told.code == 2
    assert str(folder / "zulu.yaml") in told.out
    assert "middle.yaml:" in told.err


def test_a_folder_of_one_is_that_one(call: Call, folder: Path) -> None:
    assert "pipelines" not in call("run", folder, "--json").document


def test_an_empty_folder_holds_no_pipeline(call: Call, tmp_path: Path) -> None:
    result = call("run", tmp_path, "--json")
    assert (result.code, result.document["error"]["code"]) == (2, "pipeline-missing")


def test_the_trigger_is_recorded(call: Call, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    call("run", folder)
    monkeypatch.setenv("CONNECTOR_SDK_TRIGGER", "airflow")
    monkeypatch.setenv("CONNECTOR_SDK_TRIGGER_ID", "dag/run\x1b1")
    call("run", folder)
    second, first = call("runs", folder, "--json").document["runs"]
    assert first["trigger"] == {"kind": "cli", "actor": login()}
    assert second["trigger"] == {"kind": "airflow", "id": "dag/run\\u001b1", "actor": login()}


def test_a_user_without_a_name_is_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    def nameless() -> str:
        raise KeyError

    monkeypatch.setattr("getpass.getuser", nameless)
    assert trigger({}) == {"kind": "cli", "actor": str(os.getuid())}


def test_runs_are_listed_newest_first_and_shown_one_by_one(call: Call, folder: Path) -> None:
    assert call("runs", folder, "--json").document == {"pipeline": "subjects", "runs": []}
    assert "has not run yet" in call("runs", folder).out
    first = call("run", folder, "--json").document["run"]
    second = call("run", folder, "--json").document["run"]
    listed = call("runs", folder, "--json").document["runs"]
    assert [run["run"] for run in listed] == [second, first]
    assert [run["run"] for run in call("runs", folder, "--limit", "1", "--json").document["runs"]] == [second]
    one = call("runs", folder, first[:18], "--json").document
    assert one["run"] == first
    assert [(batch["seq"], batch["records"]) for batch in one["batches_of"]] == [(1, 10), (2, 10), (3, 5)]
    shown = call("runs", folder, first).out
    assert re.search(rf"(?m)^run +{first}$", shown)
    assert re.search(r"(?m)^records +25 read = 25 applied$", shown)
    assert first[:18] in call("runs", folder).out


def test_an_unknown_or_ambiguous_run_is_refused(call: Call, folder: Path) -> None:
    run = call("run", folder, "--json").document["run"]
    call("run", folder)
    for wrong, code in {"%": "unknown-run", "f" * 8: "unknown-run", run[:3]: "ambiguous-run"}.items():
        result = call("runs", folder, wrong, "--json")
        assert (result.code, result.document["error"]["code"]) == (2, code)


def test_a_failed_run_is_shown_with_its_reason(call: Call, poisoned: Path) -> None:
    run = call("runs", poisoned, "--json").document["runs"][0]["run"]
    shown = call("runs", poisoned, run).out
    assert "too-many-dead-letters: 1 of 20 records could not be moved" in shown
    assert "20 read = 19 applied + 1 dead_lettered" in shown


def test_looking_at_runs_needs_neither_keys_nor_the_right_to_write(call: Call, folder: Path) -> None:
    call("run", folder)
    before = (folder / ".connector-sdk" / "ledger.db").read_bytes()
    for key in (folder / ".connector-sdk" / "keys").iterdir():
        key.unlink()
    assert call("runs", folder).code == 0
    assert call("dead-letters", "list", folder).code == 0
    assert (folder / ".connector-sdk" / "ledger.db").read_bytes() == before


def test_the_first_signal_is_a_question_and_the_second_an_order() -> None:
    before = [signal.getsignal(number) for number in stopping.SIGNALS]
    with stopping.stopped_by_signals() as asked:
        assert not asked()
        os.kill(os.getpid(), signal.SIGTERM)
        assert asked()
    assert [signal.getsignal(number) for number in stopping.SIGNALS] == before


SLOW = """
import os, sys, signal
from connector_sdk.cli import progress
from contextlib import contextmanager

@contextmanager
def shown(name):
    def after(progress):
        for _ in range(int(sys.argv.pop())):
            os.kill(os.getpid(), signal.SIGTERM)
        sys.argv.append("0")
    yield after

progress.shown = shown
from connector_sdk.__main__ import main
sys.exit(main(sys.argv[1:-1]))
"""


def _signalled(folder: Path, times: int) -> "subprocess.CompletedProcess[str]":
    """Run the pipeline in a child that gets SIGTERM so many times after its first batch."""
    return subprocess.run(
        [sys.executable, "-c", SLOW, "run", str(folder), "--json", str(times)],
        capture_output=True,
        text=True,
        timeout=120,
        env=environment(),
        check=False,
    )


@pytest.mark.req("G1")
def test_sigterm_parks_a_run_after_its_page_and_the_next_goes_on(call: Call, folder: Path) -> None:
    add_pipeline(folder, "zulu", records(3))
    done = _signalled(folder, 1)
    assert done.returncode == 75
    first, second = json.loads(done.stdout)["pipelines"]
    assert (first["status"], first["read"], first["error"]["code"]) == ("parked", 10, "stopped")
    assert (second["status"], second["error"]["code"]) == ("parked", "stopped")
    assert "before this pipeline began" in second["error"]["message"]
    assert "SIGTERM again ends at once" in done.stderr
    assert all(json.loads(line) for line in done.stderr.splitlines())
    assert [run["read"] for run in call("run", folder, "--json").document["pipelines"]] == [15, 3]
    assert rows(folder) == 25


@pytest.mark.req("G1")
def test_a_second_sigterm_ends_at_once_and_nothing_is_lost(call: Call, folder: Path) -> None:
    done = _signalled(folder, 2)
    assert done.returncode == -signal.SIGTERM
    assert done.stdout == ""
    assert "was killed: the next run finishes what it left" in call("check", folder).out
    again = call("run", folder, "--json").document
    assert (again["status"], again["read"]) == ("succeeded", 15)
    assert again["retries"] == call("runs", folder, "--json").document["runs"][1]["run"]
    assert rows(folder) == 25
