"""`status`: one look tells which pipelines are silent, from cron as from a terminal."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from connector_sdk.cli.status import report
from tests.cli.conftest import Call, add_pipeline, records
from tests.clocks import FakeClock


def expecting(folder: Path, name: str, expect: str, count: int = 3) -> Path:
    """Add a pipeline that is expected to do something."""
    path = add_pipeline(folder, name, records(count))
    path.write_text(path.read_text() + f"expect: {{{expect}}}\n")
    return path


def later(**span: float) -> FakeClock:
    """Return a clock that is ahead by so much."""
    return FakeClock(datetime.now(UTC) + timedelta(**span))


def test_one_that_never_ran_is_overdue_and_nothing_is_made(call: Call, tmp_path: Path) -> None:
    path = expecting(tmp_path, "visits", "every: 24h")
    result = call("status", path, "--json")
    assert result.code == 65
    (found,) = result.document["pipelines"]
    assert (found["state"], found["last_good"], found["last_status"]) == ("overdue", None, None)
    assert result.document["error"]["code"] == "expectation-missed"
    assert "it has never run with success" in result.document["error"]["message"]
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["visits.jsonl", "visits.yaml"]
    shown = call("status", path)
    assert "visits: it has never run with success; expected every 24 h" in shown.out
    assert shown.err == ""


@pytest.mark.req("A11-13")
def test_a_run_makes_it_good_until_its_period_is_over(call: Call, tmp_path: Path) -> None:
    path = expecting(tmp_path, "visits", "every: 24h, min_records: 3")
    assert call("run", path).code == 0
    result = call("status", path, "--json")
    assert result.code == 0
    assert "error" not in result.document
    (found,) = result.document["pipelines"]
    assert (found["state"], found["last_status"], found["reason"]) == ("ok", "succeeded", "")
    assert found["age_s"] < 60
    due = datetime.fromisoformat(found["next_due"]) - datetime.fromisoformat(found["last_good"])
    assert due == timedelta(hours=24)
    assert report([path], "dev", later(hours=23)).exit_code == 0
    missed = report([path], "dev", later(hours=25))
    assert missed.exit_code == 65
    assert missed.document["pipelines"][0]["state"] == "overdue"


def test_a_run_that_reads_nothing_is_silence(call: Call, tmp_path: Path) -> None:
    path = expecting(tmp_path, "visits", "min_records: 1")
    assert call("run", path).code == 0
    assert call("status", path).code == 0
    assert call("run", path).code == 0
    result = call("status", path, "--json")
    assert (result.code, result.document["pipelines"][0]["state"]) == (65, "silent")


def test_open_dead_letters_are_told_with_their_age(call: Call, poisoned: Path) -> None:
    answer = report([poisoned], "dev", later(days=3))
    (found,) = answer.document["pipelines"]
    assert (found["dead_letters"], found["last_status"], found["state"]) == (1, "data_stop", "unwatched")
    assert found["oldest_dead_letter_s"] // 86_400 == 3
    assert answer.exit_code == 0
    assert "1, oldest " in call("status", poisoned).out


def test_a_redrive_is_no_sign_of_life(call: Call, poisoned: Path) -> None:
    decided = ("--actor", "jdoe", "--reason", "test")
    assert call("dead-letters", "discard", poisoned, *decided).code == 0
    assert call("dead-letters", "redrive", poisoned, *decided).code == 0
    (found,) = call("status", poisoned, "--json").document["pipelines"]
    assert (found["last_status"], found["last_good"]) == ("succeeded", None)
    assert call("run", poisoned).code == 0
    assert call("status", poisoned, "--json").document["pipelines"][0]["last_good"] is not None


def test_several_paths_make_one_table_and_a_broken_one_hides_no_other(call: Call, tmp_path: Path) -> None:
    good = expecting(tmp_path / "one", "good", "every: 24h")
    late = expecting(tmp_path / "two", "late", "every: 24h")
    broken = expecting(tmp_path / "two", "broken", "every: yesterday")
    assert call("run", good).code == 0
    result = call("status", good, tmp_path / "two", tmp_path / "nowhere.yaml", "--json")
    assert result.code == 65
    states = {Path(found["path"]).name: found["state"] for found in result.document["pipelines"]}
    assert states == {
        "good.yaml": "ok",
        "broken.yaml": "broken",
        "late.yaml": "overdue",
        "nowhere.yaml": "broken",
    }
    shown = call("status", good, tmp_path / "two", tmp_path / "nowhere.yaml")
    assert shown.code == 65
    assert "late: it has never run" in shown.out
    assert "invalid-value" in shown.err
    assert "document-missing" in shown.err
    assert call("status", good, broken).code == 2
    assert call("status", good).code == 0
    assert call("run", late).code == 0
    assert call("status", tmp_path / "two").code == 2


def test_without_a_path_the_folder_is_meant(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert call("status", "--json").document["error"]["code"] == "pipeline-missing"
    expecting(tmp_path, "visits", "every: 24h")
    assert call("status", "--json").document["pipelines"][0]["path"] == "visits.yaml"


def test_environments_are_looked_at_one_by_one(call: Call, tmp_path: Path) -> None:
    path = expecting(tmp_path, "visits", "every: 24h")
    assert call("run", path).code == 0
    assert call("status", path, "--env", "uat", "--json").document["error"]["code"] == "environment-unknown"
    (tmp_path / "environments").mkdir()
    (tmp_path / "environments" / "uat.yaml").write_text("gxp: false\n")
    assert call("status", path).code == 0
    found = call("status", path, "--env", "uat", "--json")
    assert (found.code, found.document["pipelines"][0]["environment"]) == (65, "uat")


def test_a_ledger_that_cannot_be_read_is_told(call: Call, tmp_path: Path) -> None:
    path = expecting(tmp_path, "visits", "every: 24h")
    (tmp_path / ".connector-sdk").mkdir()
    (tmp_path / ".connector-sdk" / "ledger.db").write_text("not a ledger")
    result = call("status", path, "--json")
    assert (result.code, result.document["pipelines"][0]["state"]) == (70, "broken")
