"""What a configured system offers, asked before a pipeline is written for it."""

from pathlib import Path

import pytest

from tests.cli.conftest import Call


@pytest.fixture
def settings(folder: Path) -> Path:
    path = folder / "files.yaml"
    path.write_text("path: subjects.jsonl\nprimary_key: [id]\n", encoding="utf-8")
    return path


def test_streams_and_sinks_are_listed(call: Call, settings: Path) -> None:
    result = call("discover", "files", "--config", settings, "--json")
    offer = {"name": "subjects", "readable": True, "writable": True, "label": "", "fields": 2}
    assert (result.code, result.document) == (0, {"connector": "files", "offers": [offer]})
    assert call("discover", "files", "--config", settings).out.splitlines() == [
        "name      stream  sink  fields",
        "subjects  yes     yes        2",
    ]


def test_a_streams_fields_are_listed(call: Call, settings: Path) -> None:
    result = call("discover", "files", "--config", settings, "--stream", "subjects", "--json")
    assert (result.document["key"], result.document["cursor"]) == (["id"], None)
    assert [field["name"] for field in result.document["fields"]] == ["id", "n"]
    shown = call("discover", "files", "--config", settings, "--stream", "subjects").out
    assert shown.splitlines() == [
        "field  type     may be  role",
        "id     string           key",
        "n      integer",
    ]


@pytest.mark.parametrize("connector", ["files", "sql"])
def test_a_pipeline_has_the_settings_of_both_its_connectors(call: Call, folder: Path, connector: str) -> None:
    result = call("discover", connector, "--config", folder / "subjects.yaml", "--json")
    assert (result.code, result.document["connector"]) == (0, connector)


def test_a_system_that_cannot_be_asked_offers_nothing(call: Call, folder: Path) -> None:
    result = call("discover", "sql", "--config", folder / "subjects.yaml")
    assert result.out.startswith("It names nothing: either any name will do, ")


def test_a_pipeline_of_other_connectors_is_no_help(call: Call, folder: Path) -> None:
    result = call("discover", "salesforce", "--config", folder / "subjects.yaml", "--json")
    assert (result.code, result.document["error"]["code"]) == (2, "connector-not-used")
    assert result.document["error"]["hint"] == "it uses files and sql"


def test_wrong_settings_are_told_with_their_place(call: Call, settings: Path) -> None:
    settings.write_text("paht: subjects.jsonl\n", encoding="utf-8")
    result = call("discover", "files", "--config", settings)
    assert result.code == 2
    assert "files.yaml:1:1" in result.err
    assert call("discover", "files", "--config", settings.with_name("none.yaml")).code == 2


def test_settings_must_be_given(call: Call) -> None:
    result = call("discover", "files", "--json")
    assert (result.code, result.document["error"]["code"]) == (2, "usage")
