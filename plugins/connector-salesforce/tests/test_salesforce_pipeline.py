"""The connector in pipelines: discover, pin, run, and every wrong turn told by its exit code."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from connector_salesforce.simulator import SalesforceSimulator

from connector_sdk.__main__ import main

pytestmark = pytest.mark.slow


class Result(NamedTuple):
    """What a verb gave back."""

    code: int
    document: Any
    errors: str

    @property
    def error(self) -> str:
        """The code of the error it ended with."""
        return str(self.document["error"]["code"])


Verb = Callable[..., Result]

SOURCE = """\
format: 1
pipeline: contacts
source: {{connector: salesforce, stream: Contact, config: {config}}}
destination: {{connector: sql, sink: hcp, config: {{url: "sqlite:///hcp.db"}}}}
write: {{deletes: mark}}
"""
SHORT = '{"totalSize": 9, "done": true, "records": []}'
MALFORMED = '[{"errorCode": "MALFORMED_QUERY", "message": "s3cret"}]'
TARGET = """\
format: 1
pipeline: contacts
source: {{connector: files, config: {{path: people.jsonl, primary_key: [Ext_Id__c]}}}}
destination: {{connector: salesforce, sink: Contact, config: {config}}}
"""


@pytest.fixture
def verb(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Verb:
    """Run a verb on the pipeline of this test."""

    def run(*arguments: str) -> Result:
        code = main([*arguments, "--json"])
        out, err = capsys.readouterr()
        return Result(code, json.loads(out), err)

    return run


@pytest.fixture
def write(org: SalesforceSimulator, tmp_path: Path) -> Callable[..., str]:
    """Write the pipeline of this test, and return its path."""

    def made(template: str = SOURCE, **settings: Any) -> str:
        path = tmp_path / "pipeline.yaml"
        path.write_text(template.format(config=json.dumps({**org.config, **settings})), encoding="utf-8")
        return str(path)

    return made


def _rows(tmp_path: Path, query: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(tmp_path / "hcp.db")) as connection:
        return connection.execute(query).fetchall()


def test_discover_lists_objects_and_fields(verb: Verb, write: Any) -> None:
    path = write()
    listed = verb("discover", "salesforce", "--config", path).document["offers"]
    assert {
        "name": "Contact",
        "label": "Contact",
        "readable": True,
        "writable": True,
        "fields": None,
    } in listed
    shown = verb("discover", "salesforce", "--config", path, "--stream", "Contact").document
    assert (shown["key"], shown["cursor"]) == (["Id"], "SystemModstamp")
    assert {"name": "Email", "type": "string", "nullable": True, "optional": False} in shown["fields"]
    nowhere = verb("discover", "salesforce", "--config", path, "--stream", "Kontakt")
    assert (nowhere.code, nowhere.error) == (2, "salesforce-object-unknown")


@pytest.mark.req("G1")
def test_what_is_in_the_org_is_in_the_warehouse(
    org: SalesforceSimulator, verb: Verb, write: Any, tmp_path: Path
) -> None:
    path = write()
    assert verb("contract", "pin", path).code == 0
    first = verb("run", path)
    assert (first.code, first.document["applied"]) == (0, 50)
    assert first.document["quota"]["salesforce"]["limit"] == 15000
    again = verb("run", path)
    assert (again.code, again.document["read"], again.document["batches"]) == (0, 0, 0)
    one, other, *_ = sorted(org.store.tables["Contact"].rows)
    org.changes.update("Contact", one, {"LastName": "N/A"})
    org.changes.delete("Contact", other)
    org.changes.insert("Contact", {"LastName": "Nouveau"})
    third = verb("run", path)
    assert (third.code, third.document["applied"]) == (0, 3)
    assert _rows(tmp_path, "SELECT count(*), sum(_deleted) FROM hcp") == [(51, 1)]
    assert _rows(tmp_path, f"SELECT LastName FROM hcp WHERE Id = '{one}'") == [("N/A",)]


def test_sf23_an_empty_object_is_read_when_it_has_rows(
    org: SalesforceSimulator, verb: Verb, write: Any, tmp_path: Path
) -> None:
    org.store.tables["Contact"].reset({}, {})
    path = write()
    assert (verb("run", path).code, verb("run", path).document["read"]) == (0, 0)
    org.changes.insert("Contact", {"LastName": "First"})
    assert verb("run", path).document["applied"] == 1


def test_a_field_that_was_hidden_stops_the_run_before_anything_is_written(
    org: SalesforceSimulator, verb: Verb, write: Any, tmp_path: Path
) -> None:
    path = write(fields=["LastName", "Email", "IsDeleted"])
    verb("contract", "pin", path)
    org.store.hide("Contact", "Email")
    stopped = verb("run", path)
    assert (stopped.code, stopped.error, stopped.document["read"]) == (65, "contract-changed", 0)
    assert "'Email'" in stopped.document["error"]["message"]
    assert not (tmp_path / "hcp.db").exists()


def test_deleted_rows_are_dead_letters_where_nobody_said_what_becomes_of_them(
    org: SalesforceSimulator, verb: Verb, write: Any
) -> None:
    path = write(SOURCE.replace("write: {{deletes: mark}}\n", ""))
    assert verb("run", path).code == 0
    org.changes.delete("Contact", next(iter(org.store.tables["Contact"].rows)))
    stopped = verb("run", path)
    assert (stopped.code, stopped.document["dead_lettered"]) == (65, 1)


@pytest.mark.parametrize(
    ("fault", "code", "error"),
    [
        ({"status": 410}, 2, "salesforce-version-retired"),
        ({"status": 200, "body": SHORT}, 70, "salesforce-rows-missing"),
        ({"status": 200, "body": SHORT.replace("9", "NaN")}, 70, "not-json"),
        ({"status": 400, "body": MALFORMED}, 70, "salesforce:MALFORMED_QUERY"),
        ({"status": 403, "body": "x" * 5_000_000}, 70, "http-403"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_sf26_trouble_ends_with_its_exit_code_and_the_cursor_where_it_was(
    org: SalesforceSimulator, verb: Verb, write: Any, fault: Any, code: int, error: str
) -> None:
    path = write()
    before = verb("run", path).document["cursor"]
    org.fault({"path": "/queryAll"}, times=None, **fault)
    ended = verb("run", path)
    assert (ended.code, ended.error, ended.document["cursor"]) == (code, error, before)
    assert "s3cret" not in json.dumps(ended.document) + ended.errors
    assert "Traceback" not in ended.errors


@pytest.mark.parametrize(
    ("settings", "code", "error"),
    [
        ({"client_secret": "wrong-secret"}, 70, "oauth-refused"),
        ({"base_url": "http://sf.example"}, 77, "plaintext-http"),
        ({"api_version": "30.0"}, 2, "salesforce-version-retired"),
    ],
)
def test_wrong_settings_are_told(
    verb: Verb, write: Any, settings: dict[str, str], code: int, error: str
) -> None:
    ended = verb("run", write(**settings))
    assert (ended.code, ended.error) == (code, error)
    assert "wrong-secret" not in json.dumps(ended.document) + ended.errors


@pytest.mark.req("G1", "G2")
def test_records_go_into_the_org_and_those_it_refuses_are_dead_letters(
    org: SalesforceSimulator, verb: Verb, write: Any, tmp_path: Path
) -> None:
    people = [{"Ext_Id__c": f"P{number}", "LastName": f"L{number}"} for number in range(5)]
    people[3]["LastName"] = "x" * 81
    lines = "".join(json.dumps(each) + "\n" for each in people)
    (tmp_path / "people.jsonl").write_text(lines, encoding="utf-8")
    path = write(TARGET)
    assert verb("check", path).code == 0
    ended = verb("run", path)
    assert (ended.code, ended.document["applied"], ended.document["dead_lettered"]) == (65, 4, 1)
    (letter,) = verb("dead-letters", "list", path).document["dead_letters"]
    assert (letter["code"], "LastName" in letter["message"]) == ("salesforce:STRING_TOO_LONG", True)
    assert len(org.store.tables["Contact"].rows) == 54
    write(
        TARGET.replace("sink: Contact", "sink: Organization").replace("pipeline: contacts", "pipeline: other")
    )
    refused = verb("check", path)
    assert (refused.code, refused.error) == (65, "salesforce-fields-unfit")
