"""`contract pin` and `contract diff`: what is agreed, what changed, and what people declared stays."""

from pathlib import Path

import pytest

from tests.cli.conftest import Call, records
from tests.cli_runs import write_lines


def test_pinning_writes_down_what_the_source_offers(call: Call, folder: Path) -> None:
    result = call("contract", "pin", folder, "--json")
    assert result.code == 0
    found = result.document
    path = folder / "contracts" / "files.subjects.yaml"
    assert (found["contract"], found["action"], found["key"]) == (str(path), "created", ["id"])
    assert found["fields"] == [{"name": "id", "type": "string"}, {"name": "n", "type": "integer"}]
    assert found["digest"] in path.read_text()
    before = path.stat().st_mtime_ns
    again = call("contract", "pin", folder, "--json").document
    assert (again["action"], again["digest"], again["differences"]) == ("kept", found["digest"], [])
    assert path.stat().st_mtime_ns == before
    assert "The source offers what was pinned: 2 fields." in call("contract", "pin", folder).out


def test_pinning_shows_the_fields_to_people(call: Call, folder: Path) -> None:
    rows = [*records(2), {"id": "0003", "n": None, "note": "x"}]
    write_lines(folder / "subjects.jsonl", rows)
    shown = call("contract", "pin", folder).out
    assert "created" in shown
    assert "n      integer  null" in shown
    assert "note   string   absent" in shown


def test_a_changed_source_differs_until_it_is_pinned_anew(call: Call, folder: Path) -> None:
    call("contract", "pin", folder)
    assert call("contract", "diff", folder).out.startswith("The source offers what ")
    assert call("contract", "diff", folder, "--json").document["differences"] == []
    write_lines(folder / "subjects.jsonl", [{"id": "1", "n": "text", "extra": 1}])
    result = call("contract", "diff", folder, "--json")
    assert result.code == 65
    assert result.document["error"]["code"] == "contract-differs"
    assert [(one["field"], one["breaking"]) for one in result.document["differences"]] == [
        ("n", True), ("extra", False),
    ]  # fmt: skip
    shown = call("contract", "diff", folder)
    assert shown.code == 65
    assert "breaks   field 'n' is string, no longer integer" in shown.out
    assert "differs  field 'extra' is new" in shown.out
    updated = call("contract", "pin", folder, "--json").document
    assert updated["action"] == "updated"
    assert len(updated["differences"]) == 2
    assert call("contract", "diff", folder).code == 0


def test_an_optional_field_that_is_not_there_today_is_no_finding(call: Call, folder: Path) -> None:
    write_lines(folder / "subjects.jsonl", [{"id": "1", "note": "x"}, {"id": "2"}])
    call("contract", "pin", folder)
    write_lines(folder / "subjects.jsonl", [{"id": "1"}])
    result = call("contract", "diff", folder, "--json")
    assert (result.code, len(result.document["differences"])) == (0, 1)


def test_what_people_declare_is_kept_and_an_unpinned_edit_is_refused(call: Call, folder: Path) -> None:
    call("contract", "pin", folder)
    path = folder / "contracts" / "files.subjects.yaml"
    path.write_text(path.read_text().replace("{type: integer}", "{type: decimal, personal: true}"))
    refused = call("contract", "diff", folder, "--json")
    assert (refused.code, refused.document["error"]["code"]) == (65, "contract-digest")
    pinned = call("contract", "pin", folder, "--json").document
    assert pinned["action"] == "updated"
    assert pinned["fields"][1] == {"name": "n", "type": "decimal", "personal": True}
    assert call("contract", "diff", folder).code == 0


def test_without_a_contract_there_is_nothing_to_compare(call: Call, folder: Path) -> None:
    result = call("contract", "diff", folder, "--json")
    assert (result.code, result.document["error"]["code"]) == (65, "contract-not-pinned")
    assert "contract pin" in call("contract", "diff", folder).err


def test_a_source_that_is_not_there_leaves_no_contract(call: Call, folder: Path) -> None:
    (folder / "subjects.jsonl").unlink()
    result = call("contract", "pin", folder, "--json")
    assert result.code != 0
    assert result.document["error"]["code"] == "files-not-found"
    assert not (folder / "contracts").exists()


@pytest.mark.parametrize("content", ["\x00\x01", "[", "just a text", "format: 1\n", ""])
def test_over_a_file_that_is_no_contract_pin_says_how_to_begin_anew(
    call: Call, folder: Path, content: str
) -> None:
    contract = Path(call("contract", "pin", folder, "--json").document["contract"])
    contract.write_text(content, encoding="utf-8")
    result = call("contract", "pin", folder, "--json")
    assert result.code == 2
    assert result.document["error"]["hint"].endswith("or delete it and pin again")
    contract.unlink()
    assert call("contract", "pin", folder).code == 0
