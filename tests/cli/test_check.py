"""`check`: every thing that would end a run is found before it; nothing is moved, nothing made."""

import os
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Call, add_pipeline, records
from tests.cli_runs import write_lines


def states(call: Call, folder: Path) -> dict[str, str]:
    """Return the state of each look."""
    return {found["check"]: found["state"] for found in call("check", folder, "--json").document["findings"]}


def files(folder: Path) -> dict[Path, Any]:
    """Return all files with their content."""
    return {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_a_pipeline_ready_to_run_is_told_so_and_nothing_is_made(call: Call, folder: Path) -> None:
    before = files(folder)
    result = call("check", folder, "--json")
    assert (result.code, result.document["ready"]) == (0, True)
    assert "error" not in result.document
    assert states(call, folder) == {
        "document": "ok",
        "source": "ok",
        "destination": "ok",
        "stream": "ok",
        "contract": "warn",
        "sink": "ok",
        "ledger": "ok",
    }
    shown = call("check", folder).out
    assert f"Ready. Next: connector-sdk run '{folder / 'subjects.yaml'}'" in shown
    assert "contract: `connector-sdk contract pin" in shown
    assert files(folder) == before
    assert not (folder / ".connector-sdk").exists()


def test_after_a_run_it_changes_nothing_either(call: Call, folder: Path) -> None:
    call("contract", "pin", folder)
    call("run", folder)
    before = files(folder)
    assert call("check", folder).code == 0
    assert states(call, folder)["contract"] == "ok"
    assert "records so far: 25, batches: 3" in call("check", folder).out
    assert files(folder) == before


def test_a_changed_source_is_a_finding_of_the_contract(call: Call, folder: Path) -> None:
    call("contract", "pin", folder)
    write_lines(folder / "subjects.jsonl", [{"id": "1", "n": "text"}])
    result = call("check", folder, "--json")
    assert (result.code, result.document["ready"]) == (65, False)
    assert result.document["error"]["code"] == "contract-changed"
    assert states(call, folder)["sink"] == "warn"
    shown = call("check", folder).out
    assert "fail" in shown
    assert "Ready" not in shown


def test_harmless_differences_are_warnings(call: Call, folder: Path) -> None:
    call("contract", "pin", folder)
    write_lines(folder / "subjects.jsonl", [{"id": "1", "n": 1, "extra": 1}])
    result = call("check", folder)
    assert result.code == 0
    assert "field 'extra' is new in the source" in result.out


def test_open_dead_letters_are_found(call: Call, poisoned: Path) -> None:
    result = call("check", poisoned, "--json")
    assert (result.code, result.document["error"]["code"]) == (65, "dead-letters-open")
    path = poisoned / "subjects.yaml"
    path.write_text(path.read_text() + "dead_letters: {max_ratio: 0.5}\n")
    assert call("check", poisoned).code == 0
    assert states(call, poisoned)["dead letters"] == "warn"


def test_wrong_settings_of_both_sides_are_told_at_once(call: Call, folder: Path) -> None:
    path = folder / "subjects.yaml"
    path.write_text(path.read_text().replace("path: subjects", "pth: subjects").replace("url:", "uri:"))
    result = call("check", folder, "--json")
    assert result.code == 2
    failed = [found for found in result.document["findings"] if found["state"] == "fail"]
    assert [found["check"] for found in failed] == ["source", "destination"]
    assert all(found["error"]["diagnostics"] for found in failed)
    told = call("check", folder)
    assert told.err.count("unknown-key") == 2
    assert "ledger" in told.out


@pytest.mark.parametrize(
    ("old", "new", "check", "exit_code"),
    [
        ("connector: files", "connector: filez", "source", 2),
        ("connector: sql", "connector: sqll", "destination", 2),
        ("primary_key: [id]", "primary_key: [nope]", "stream", 2),
        ("sqlite:///subjects.db", "sqlite:///nowhere/x.db", "sink", 2),
        ("path: subjects.jsonl", "path: nowhere.jsonl", "stream", 2),
    ],
)
def test_each_fault_is_found_where_it_is(
    call: Call, folder: Path, old: str, new: str, check: str, exit_code: int
) -> None:
    path = folder / "subjects.yaml"
    path.write_text(path.read_text().replace(old, new))
    assert states(call, folder)[check] == "fail"
    assert call("check", folder).code == exit_code


@pytest.mark.parametrize("content", [b"", b"not a database at all", b"SQLite format 3\0" + b"\0" * 84])
def test_a_file_that_is_no_ledger_is_found(call: Call, folder: Path, content: bytes) -> None:
    ledger = folder / ".connector-sdk" / "ledger.db"
    ledger.parent.mkdir()
    ledger.write_bytes(content)
    result = call("check", folder, "--json")
    assert states(call, folder)["ledger"] == ("ok" if not content else "fail")
    assert result.code == (0 if not content else 70)
    assert ledger.read_bytes() == content


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_found(call: Call, folder: Path) -> None:
    folder.chmod(0o500)
    try:
        result = call("check", folder, "--json")
    finally:
        folder.chmod(0o700)
    assert (result.code, result.document["error"]["code"]) == (75, "ledger-read-only")


def test_a_batch_left_open_is_told(call: Call, folder: Path) -> None:
    from tests.cli.test_run import _signalled  # noqa: PLC0415

    _signalled(folder, 2)
    found = states(call, folder)
    assert found["lease"] == "warn"
    assert call("check", folder).code == 0


def test_every_pipeline_of_a_folder_is_checked(call: Call, folder: Path) -> None:
    add_pipeline(folder, "zulu", records(2))
    (folder / "zulu.jsonl").unlink()
    result = call("check", folder, "--json")
    assert result.code == 2
    assert [one["ready"] for one in result.document["pipelines"]] == [True, False]
    assert result.document["error"]["code"] == "files-not-found"


def test_the_message_of_a_document_error_is_text_alone(call: Call, folder: Path) -> None:
    path = folder / "subjects.yaml"
    path.write_text(path.read_text().replace("pipeline:", "pipelin:").replace("batch_size", "batch_sze"))
    error = call("check", path, "--json").document["error"]
    assert error["message"].endswith(f" (and {len(error['diagnostics']) - 1} more)")
    assert error["message"].startswith(error["diagnostics"][0]["message"])
    assert str(folder) not in error["message"]
    assert error["code"] not in error["message"]
    assert error["location"].startswith(f"{path}:")
