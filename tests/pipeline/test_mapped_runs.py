"""A pipeline with a mapping: what is written is mapped, what is proven and kept is the source's."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from connector_sdk.cli.findings import examine
from connector_sdk.contracts import Contract
from connector_sdk.contracts.file import write_contract
from connector_sdk.documents import DocumentError
from connector_sdk.errors import ConnectorError
from connector_sdk.ledger import dead_letters
from connector_sdk.ledger.lookup import sightings
from connector_sdk.ledger.partitions import PartitionKey, find
from connector_sdk.ledger.store import Store, open_store
from connector_sdk.ledger.verify import verify
from connector_sdk.pipeline.assembly import assemble
from connector_sdk.pipeline.definition import load_pipeline
from connector_sdk.pipeline.execution import Options
from connector_sdk.pipeline.outcome import RunReport
from connector_sdk.pipeline.redrive import redrive
from connector_sdk.pipeline.run import run
from connector_sdk.schema import Field, FieldType, Schema
from tests.pipeline.fakes import Killed

pytestmark = pytest.mark.slow

OPTIONS = Options(trigger={"kind": "test"})

PIPELINE = """\
format: 1
pipeline: contacts
source: {connector: files, config: {path: in.jsonl, primary_key: [Id]}}
mapping: mapping.yaml
destination: {connector: sql, sink: hcp, config: {url: "sqlite:///out.db"}}
batch_size: 2
dead_letters: {max_ratio: 1}
"""

MAPPING = """\
format: 1
mapping: {id: contact-to-hcp, version: 1.0.0}
rules:
  - {to: hcp_id, from: Id}
  - {to: sex, from: Gender, op: codelist, args: {map: {"M": male, "F": female}}}
  - {to: spend, from: Spend}
unmapped_source:
  - {field: Notes, decision: drop, reason: free text}
"""


def contact(number: int, gender: str = "F") -> str:
    return f'{{"Id":"{number:03d}","Gender":"{gender}","Spend":1.10,"Notes":"a\\tb"}}'


class Project:
    """A folder with a pipeline, and what a user does in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "pipeline.yaml"
        self.path.write_text(PIPELINE)
        self.mapping(MAPPING)
        self.deliver(*(contact(number, "MF"[number % 2]) for number in range(5)))
        self.store: Store = open_store(folder / ".connector-sdk" / "ledger.db", create=True)

    def mapping(self, text: str) -> None:
        (self.folder / "mapping.yaml").write_text(text)

    def deliver(self, *records: str) -> None:
        with (self.folder / "in.jsonl").open("a") as file:
            file.writelines(record + "\n" for record in records)

    def run(self) -> RunReport:
        return run(assemble(load_pipeline(self.path)), self.store, OPTIONS)

    def redrive(self) -> RunReport:
        made = assemble(load_pipeline(self.path))
        return redrive(made, self.store, [], OPTIONS, actor="qa", reason="the mapping knows it now")

    def rows(self, what: str = "*") -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.folder / "out.db")) as connection:
            return connection.execute(f"SELECT {what} FROM hcp ORDER BY rowid").fetchall()

    def letters(self) -> list[Any]:
        with self.store.snapshot() as connection:
            return list(dead_letters.listed(connection, PartitionKey("dev", "contacts")))

    def findings(self) -> dict[str, tuple[str, str]]:
        return {each.check: (each.state, each.message) for each in examine(load_pipeline(self.path))}

    def pin(self) -> None:
        texts = {name: Field(name=name, type=FieldType.STRING) for name in ("Id", "Gender", "Notes")}
        spend = Field(name="Spend", type=FieldType.DECIMAL)
        schema = Schema(fields=(texts["Id"], texts["Gender"], spend, texts["Notes"]), key=("Id",))
        path = self.folder / "contracts" / "files.in.yaml"
        path.parent.mkdir()
        write_contract(Contract(stream="in", schema=schema), path)


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    made = Project(tmp_path)
    yield made
    made.store.close()


def code(report: RunReport) -> str:
    assert isinstance(report.error, ConnectorError), report
    assert report.error.hint
    return report.error.code


def test_records_are_renamed_and_recoded(project: Project) -> None:
    assert project.run().applied == 5
    assert project.rows() == [
        (f"{number:03d}", ("male", "female")[number % 2], "1.10", number + 1) for number in range(5)
    ]


def test_without_new_records_nothing_is_written_twice(project: Project) -> None:
    project.run()
    assert (project.run().read, len(project.rows())) == (0, 5)


def test_a_record_is_traced_by_its_key_in_the_source(project: Project) -> None:
    project.run()
    with project.store.snapshot() as connection:
        row = find(connection, PartitionKey("dev", "contacts"))
        assert row is not None
        found = list(sightings(connection, project.store.keys.hmac, row.id, b'["003"]'))
        assert [(each.disposition, each.proven) for each in found] == [("applied", True)]
        assert verify(connection, verifiers=[project.store.keys.signing.verifier]).verdict == "ok"


@pytest.mark.req("G1")
def test_what_cannot_be_mapped_is_set_aside_as_it_came(project: Project) -> None:
    """Objective: redriven, it is mapped by the mapping of then."""
    project.deliver(contact(5, "X"), contact(6))
    report = project.run()
    assert (report.applied, report.dead_lettered) == (6, 1)
    (letter,) = project.letters()
    assert (letter.stage, letter.code, letter.origin) == ("map", "code-not-mapped", 6)
    assert dead_letters.payload(project.store, letter) == contact(5, "X").encode()
    project.mapping(MAPPING.replace('"F": female', '"F": female, "X": unknown'))
    assert project.redrive().applied == 1
    assert project.rows("hcp_id, sex")[-1] == ("005", "unknown")
    assert project.letters() == []


@pytest.mark.req("G1", "G2")
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_killed_run_is_finished_with_the_same_mapping(
    project: Project, when: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Objective: the resumed batch is byte for byte the one begun: the table recognises it."""
    from connector_sql.sink import SqlSink  # noqa: PLC0415 - only this test takes the sink to pieces

    write = SqlSink.write

    def dying(self: Any, call: Any, batch: Any) -> Any:
        outcomes = write(self, call, batch) if when == "after" or batch.seq != 2 else None
        if batch.seq == 2:
            raise Killed
        return outcomes

    monkeypatch.setattr(SqlSink, "write", dying)
    with pytest.raises(Killed):
        project.run()
    monkeypatch.undo()
    report = project.run()
    assert (report.status, report.read) == ("succeeded", 3)
    assert project.rows("hcp_id") == [(f"{number:03d}",) for number in range(5)]


@pytest.mark.req("G1")
def test_an_open_batch_is_not_finished_with_another_mapping(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: Any) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr("connector_sdk.pipeline.write_page.batches.commit", die)
        with pytest.raises(Killed):
            project.run()
    project.mapping(MAPPING.replace("male", "m"))
    changed = project.run()
    assert (changed.exit_code, code(changed)) == (65, "open-batch-elsewhere")
    assert "mapp" in str(changed.error)
    project.mapping(MAPPING + "# a comment changes nothing\n")
    assert project.run().status == "succeeded"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"Gender"', '"Sex"', "field 'Gender' is not there (used by flow main: Gender -> sex (codelist))"),
        ('"Gender":"F"', '"Gender":4', "is integer, no longer string (used by flow main: Gender -> sex"),
        ('"Notes"', '"Remarks"', "field 'Notes' is not there (no rule of flow main uses it)"),
    ],
    ids=["renamed", "retyped", "dropped"],
)
def test_a_changed_source_field_names_the_rules_that_use_it(
    project: Project, old: str, new: str, said: str
) -> None:
    """Objective: refused before anything is written, with all that has to be changed."""
    project.pin()
    project.run()
    lines = map(contact, range(5, 9))
    (project.folder / "in.jsonl").write_text("".join(line.replace(old, new) + "\n" for line in lines))
    report = project.run()
    assert (report.exit_code, code(report), report.read) == (65, "contract-changed", 0)
    assert said in str(report.error)
    if new in ('"Sex"', '"Remarks"'):
        assert f"field '{new.strip(chr(34))}' is new in the source" in str(report.error)
    assert len(project.rows()) == 5
    state, message = project.findings()["contract"]
    assert state == "fail"
    assert said in message


def test_without_a_mapping_the_flow_is_named(project: Project) -> None:
    project.path.write_text(PIPELINE.replace("mapping: mapping.yaml\n", ""))
    project.pin()
    (project.folder / "in.jsonl").write_text(contact(1).replace("Gender", "Sex") + "\n")
    report = project.run()
    assert code(report) == "contract-changed"
    assert "field 'Gender' is not there (used by flow main)" in str(report.error)


def test_a_mapping_that_does_not_fit_the_source_moves_nothing(project: Project) -> None:
    project.mapping(MAPPING.replace("from: Spend", "from: Amount"))
    report = project.run()
    assert (report.exit_code, report.read) == (2, 0)
    assert isinstance(report.error, DocumentError)
    assert not (project.folder / "out.db").exists()
    assert project.findings()["mapping"][0] == "fail"
    assert project.findings()["sink"][0] == "warn"


def test_check_shows_the_mapping_and_holds_the_target_against_it(project: Project) -> None:
    found = project.findings()
    state, message = found["mapping"]
    assert state == "ok"
    assert "contact-to-hcp 1.0.0: 3 rules, sha256:" in message
    assert found["sink"][0] == "ok"
    project.run()
    project.mapping(MAPPING.replace("to: spend", "to: amount"))
    state, message = project.findings()["sink"]
    assert state == "fail"
    assert "'amount' is missing" in message


def test_a_mapping_that_cannot_be_read_is_told_before_a_run_begins(project: Project) -> None:
    (project.folder / "mapping.yaml").unlink()
    with pytest.raises(DocumentError):
        assemble(load_pipeline(project.path))
    assert project.findings()["mapping"][0] == "fail"


def test_the_mapping_is_part_of_what_an_open_batch_is_meant_for(project: Project) -> None:
    targets = set()
    for text in (MAPPING, MAPPING + "# no difference\n", MAPPING.replace("male", "m")):
        project.mapping(text)
        targets.add(assemble(load_pipeline(project.path)).target)
    project.path.write_text(PIPELINE.replace("mapping: mapping.yaml\n", ""))
    targets.add(assemble(load_pipeline(project.path)).target)
    assert len(targets) == 3
