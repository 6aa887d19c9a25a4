"""What the demo writes for its user, and how it looks at both ends by itself."""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Final

import pytest

from connector_sdk.cli.demo import pipelines, systems, warehouse
from connector_sdk.cli.demo.org import Org
from connector_sdk.mapping.document import read_mapping
from connector_sdk.pipeline.definition import load_pipeline


def _org() -> Org:
    url = "http://127.0.0.1:9"
    return Org(url, {"base_url": url, "client_id": "me", "client_secret": "s"})


def test_its_documents_are_a_pipeline_with_a_mapping_and_three_environments(tmp_path: Path) -> None:
    pipelines.write_documents(tmp_path, _org())
    found = [load_pipeline(tmp_path, name) for name in ("dev", "uat", "prod")]
    warehouses = [pipeline.settled.value["destination"]["config"]["url"] for pipeline in found]
    assert len({pipeline.digest for pipeline in found}) == 1
    assert len(set(warehouses)) == 3
    assert found[2].environment.identity["salesforce"].keys() == {"org"}
    assert (tmp_path / "salesforce.secret").stat().st_mode & 0o077 == 0
    mapped = {rule.source: rule.to for rule in read_mapping(tmp_path / pipelines.MAPPING).rules}
    assert mapped == warehouse.COLUMNS


def test_a_code_is_added_to_the_mapping_under_another_version(tmp_path: Path) -> None:
    pipelines.write_documents(tmp_path, _org())
    before = read_mapping(tmp_path / pipelines.MAPPING)
    pipelines.add_code(tmp_path, "Haematologist", "HAEM")
    after = read_mapping(tmp_path / pipelines.MAPPING)
    codes = [
        next(rule.args["map"] for rule in each.rules if rule.op == "codelist") for each in (before, after)
    ]
    assert codes[1] == codes[0] | {"Haematologist": "HAEM"}
    assert before.definition.mapping.version != after.definition.mapping.version
    assert {None: None} | codes[1] == warehouse.CODES


CONTACT: Final = {
    "Id": "003",
    "Ext_Id__c": "HCP-000001",
    "FirstName": None,
    "LastName": "Nøkin",
    "Title": "null",
    "Email": None,
    "HasOptedOutOfEmail": False,
    "MailingPostalCode": "01067",
    "MailingCountry": "NO",
    "Hcp_Fee__c": "51532.18",
    "SystemModstamp": "2025-06-01T11:50:30.000+0000",
    "IsDeleted": False,
}
ROW: Final = {
    "hcp_id": "003",
    "external_id": "HCP-000001",
    "first_name": None,
    "last_name": "Nøkin",
    "profession": "NONE",
    "email": None,
    "no_email": 0,
    "postal_code": "01067",
    "country": "NO",
    "fee": "51532.18",
    "changed_at": "2025-06-01T11:50:30Z",
    "_deleted": 0,
}


def _warehouse(path: Path, *rows: Mapping[str, object]) -> Path:
    names = ", ".join(ROW)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"CREATE TABLE hcp ({names}, _version)")
        marks = ", ".join("?" * len(ROW))
        connection.executemany(
            f"INSERT INTO hcp ({names}, _version) VALUES ({marks}, {len(path.name)})",
            [tuple((ROW | row).values()) for row in rows],
        )
        connection.commit()
    return path


@pytest.mark.parametrize(
    ("rows", "different"),
    [
        ([{}], 0),
        ([{"first_name": ""}], 1),
        ([{"profession": None}], 1),
        ([{"no_email": "0"}], 1),
        ([{"postal_code": "1067"}], 1),
        ([{"fee": 51532.18}], 1),
        ([{"changed_at": "2025-06-01T11:50:30+02:00"}], 1),
        ([{"_deleted": 1}], 1),
        ([{}, {"hcp_id": "004"}], 1),
        ([], 12),
    ],
)
def test_the_comparison_sees_every_difference(
    tmp_path: Path, rows: list[Mapping[str, object]], different: int
) -> None:
    database = _warehouse(tmp_path / "w.db", *rows)
    assert warehouse.compare([CONTACT], database) == warehouse.Compared(12, different)


def test_a_deleted_contact_is_marked_or_never_came(tmp_path: Path) -> None:
    gone = CONTACT | {"IsDeleted": True}
    assert warehouse.compare([gone], _warehouse(tmp_path / "none.db")).different == 0
    assert warehouse.compare([gone], _warehouse(tmp_path / "marked.db", {"_deleted": 1})).different == 0
    assert warehouse.compare([gone], _warehouse(tmp_path / "kept.db", {})).different == 1


def test_the_fingerprint_is_of_every_value_but_the_version(tmp_path: Path) -> None:
    same = [warehouse.fingerprint(_warehouse(tmp_path / name, {})) for name in ("a.db", "longer.db")]
    other = warehouse.fingerprint(_warehouse(tmp_path / "other.db", {"country": "DE"}))
    assert same[0] == same[1] != other


def test_the_simulated_org_is_a_child_that_ends_with_the_block(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(systems, "CONTACTS", 3)
    with systems.simulated() as org:
        assert org.count() == 3
        (new,) = org.create([{"LastName": "New", "Title": "Oncologist"}])
        org.change([{"Id": new, "Title": "Pharmacist"}])
        org.delete([new])
        (found,) = [each for each in org.contacts(warehouse.FIELDS) if each["Id"] == new]
        assert (found["Title"], found["IsDeleted"]) == ("Pharmacist", True)
        assert org.queries() == 1
        org.break_down([{"match": {"path": "/query"}, "expire_session": True}])
        with pytest.raises(RuntimeError, match="401"):
            org.count()
        assert org.answers()["401"] == 1
    with pytest.raises(ConnectionError):
        org.count()
