"""`dead-letters`: seen without values, revealed on the record, closed by somebody for a reason."""

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Call, add_pipeline, records
from tests.cli_runs import write_lines, write_pipeline

SIGNED = ("--actor", "jdoe", "--reason", "asked for by the site")


def letters(call: Call, folder: Path, *options: str) -> list[dict[str, Any]]:
    """Return the dead letters that `list` shows."""
    found: list[dict[str, Any]] = call("dead-letters", "list", folder, *options, "--json").document[
        "dead_letters"
    ]
    return found


def events(folder: Path, kind: str) -> list[dict[str, Any]]:
    """Return the audit events of a type."""
    with sqlite3.connect(folder / ".connector-sdk" / "ledger.db") as connection:
        bodies = [
            json.loads(body) for (body,) in connection.execute("select body from audit_event order by seq")
        ]
    connection.close()
    return [body for body in bodies if body["type"] == kind]


def test_the_list_says_why_and_shows_no_value(call: Call, poisoned: Path) -> None:
    (letter,) = letters(call, poisoned)
    assert (letter["code"], letter["stage"], letter["state"]) == ("json-duplicate-key", "decode", "open")
    assert (letter["origin"], letter["attempts"], letter["closed"]) == (20, 1, None)
    shown = call("dead-letters", "list", poisoned).out
    assert letter["id"] in shown
    assert "json-duplicate-key" in shown
    assert "payload" not in letter


def test_a_folder_lists_those_of_each_pipeline(call: Call, poisoned: Path) -> None:
    add_pipeline(poisoned, "zulu", records(3))
    found = call("dead-letters", "list", poisoned, "--json").document["pipelines"]
    assert [len(one["dead_letters"]) for one in found] == [1, 0]
    assert "zulu has no open dead letters." in call("dead-letters", "list", poisoned).out


def test_before_the_first_run_there_are_none(call: Call, folder: Path) -> None:
    assert letters(call, folder) == []
    result = call("dead-letters", "show", folder, "--json")
    assert (result.code, result.document["error"]["code"]) == (70, "ledger-missing")


@pytest.mark.req("P11-10e-1")
def test_who_sees_a_record_is_recorded_before_it_is_shown(call: Call, poisoned: Path) -> None:
    hidden = call("dead-letters", "show", poisoned, "--json").document["dead_letters"][0]
    assert "payload" not in hidden
    assert events(poisoned, "dead_letter.revealed") == []
    result = call("dead-letters", "show", poisoned, hidden["id"], "--reveal", *SIGNED, "--json")
    assert result.document["dead_letters"][0]["payload"] == '{"id": "0020", "n": 20, "n": 21}'
    (event,) = events(poisoned, "dead_letter.revealed")
    assert event["actor"] == {"kind": "human", "name": "jdoe"}
    assert event["reason"] == "asked for by the site"
    assert event["facts"]["id"] == hidden["id"]
    assert (
        '{"id": "0020", "n": 20, "n": 21}' in call("dead-letters", "show", poisoned, "--reveal", *SIGNED).out
    )
    assert call("audit", "verify", poisoned).code == 0


def test_what_is_no_text_is_revealed_as_base64(call: Call, folder: Path) -> None:
    source = folder / "subjects.jsonl"
    call("contract", "pin", folder)
    source.write_bytes(source.read_bytes().replace(b'"n": 20', b'"n": "\xff"'))
    assert call("run", folder).code == 65
    (letter,) = call("dead-letters", "show", folder, "--reveal", *SIGNED, "--json").document["dead_letters"]
    assert letter["payload_base64"] == "eyJpZCI6ICIwMDIwIiwgIm4iOiAi/yJ9"
    assert "base64: eyJp" in call("dead-letters", "show", folder, "--reveal", *SIGNED).out


@pytest.mark.req("P11-10e-1")
def test_a_discarded_record_stays_with_who_and_why_and_the_pipeline_goes_on(
    call: Call, poisoned: Path
) -> None:
    (letter,) = letters(call, poisoned)
    result = call("dead-letters", "discard", poisoned, letter["id"], *SIGNED, "--json")
    assert (result.code, result.document["discarded"]) == (0, [letter["id"]])
    assert letters(call, poisoned) == []
    (closed,) = letters(call, poisoned, "--all")
    assert (closed["state"], closed["actor"], closed["reason"]) == (
        "discarded", "jdoe", "asked for by the site",
    )  # fmt: skip
    assert [event["actor"]["name"] for event in events(poisoned, "dead_letter.closed")] == ["jdoe"]
    verified = call("audit", "verify", poisoned, "--json").document
    assert (verified["verdict"], verified["covered"]) == ("ok", verified["events"])
    assert call("run", poisoned).code == 0


def test_only_open_dead_letters_of_this_pipeline_are_discarded(call: Call, poisoned: Path) -> None:
    (letter,) = letters(call, poisoned)
    wrong = call("dead-letters", "discard", poisoned, letter["id"], "nonsense", *SIGNED, "--json")
    assert (wrong.code, wrong.document["error"]["code"]) == (2, "unknown-dead-letter")
    assert len(letters(call, poisoned)) == 1
    assert "1 discarded" in call("dead-letters", "discard", poisoned, *SIGNED).out
    again = call("dead-letters", "discard", poisoned, letter["id"], *SIGNED, "--json")
    assert (again.code, again.document["error"]["code"]) == (2, "unknown-dead-letter")
    assert call("dead-letters", "discard", poisoned, *SIGNED, "--json").document["discarded"] == []


def test_what_fails_again_is_set_aside_again(call: Call, poisoned: Path) -> None:
    result = call("dead-letters", "redrive", poisoned, *SIGNED, "--json")
    assert (result.code, result.document["status"], result.document["dead_lettered"]) == (65, "data_stop", 1)
    assert [letter["state"] for letter in letters(call, poisoned, "--all")] == ["redriven", "open"]
    assert letters(call, poisoned)[0]["attempts"] == 2


def test_a_redriven_record_arrives(call: Call, tmp_path: Path) -> None:
    write_pipeline(
        tmp_path,
        "format: 1\npipeline: visits\n"
        "source: {connector: files, config: {path: in.jsonl, primary_key: [id]}}\n"
        "destination: {connector: files, config: {path: out}}\nwrite: {mode: append}\n",
    )
    write_lines(tmp_path / "in.jsonl", [{"id": "1", "n": 1}])
    call("contract", "pin", tmp_path)
    write_lines(tmp_path / "in.jsonl", [{"id": "1", "n": 1}, {"id": "2", "n": None}])
    assert call("run", tmp_path).code == 65
    assert call("contract", "pin", tmp_path).code == 0
    result = call("dead-letters", "redrive", tmp_path, *SIGNED, "--json")
    assert (result.code, result.document["applied"]) == (0, 1), result
    assert letters(call, tmp_path) == []
    assert [letter["state"] for letter in letters(call, tmp_path, "--all")] == ["redriven"]


def test_nothing_is_made_by_redriving_what_never_ran(call: Call, folder: Path) -> None:
    result = call("dead-letters", "redrive", folder, *SIGNED, "--json")
    assert (result.code, result.document["error"]["code"]) == (70, "ledger-missing")
    assert not (folder / ".connector-sdk").exists()
