"""The wrong system is neither read nor written: both are asked who they are, and the refusal is on record."""

from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from connector_sdk import Call, Config, Connector
from connector_sdk.errors import ComplianceError, IdentityMismatchError, UnavailableError
from connector_sdk.ledger import dead_letters, runs
from connector_sdk.ledger.events import read
from connector_sdk.ledger.store import Store, open_store
from connector_sdk.ledger.tables import audit_event
from connector_sdk.pipeline.assembly import Assembly
from connector_sdk.pipeline.execution import Options
from connector_sdk.pipeline.redrive import redrive
from connector_sdk.pipeline.run import run
from tests.pipeline.fakes import ListStream, TableSink, assembly, record

TENANT = "00Dxx0000001gER"


class Tenant(Connector[Config]):
    """Tells what it is told to tell, and whether it was asked."""

    name = "files"

    def __init__(self, told: Mapping[str, str], error: Exception | None = None) -> None:
        super().__init__(Config())
        self.told, self.error, self.asked = told, error, 0

    def identity(self, call: Call) -> Mapping[str, str]:
        self.asked += 1
        if self.error:
            raise self.error
        return self.told


def made(folder: Path, environment: str, source: Tenant, destination: Tenant) -> Assembly:
    (folder / "environments").mkdir(exist_ok=True)
    (folder / "environments" / "dev.yaml").write_text(environment)
    found = assembly(folder, ListStream([[record(1)], [record(2)]]), TableSink())
    return replace(found, source=source, destination=destination)


def executed(found: Assembly, work=run, **more):
    with closing(open_store(found.pipeline.ledger, create=True)) as store:
        report = work(found, store, options=Options(trigger={"kind": "test"}), **more)
        return report, _types(store), _last_status(store, found)


def _types(store: Store) -> list[str]:
    with store.snapshot() as connection:
        return [read(row.body).type for row in connection.execute(audit_event.select())]


def _last_status(store: Store, found: Assembly) -> str:
    with store.snapshot() as connection:
        return str(runs.listed(connection, found.key)[0].status)


BOTH = "identity: {files: {org: " + TENANT + "}, sql: {org: " + TENANT + "}}\n"


def test_the_right_systems_are_read_and_written(tmp_path: Path) -> None:
    source, target = Tenant({"org": TENANT, "more": "x"}), Tenant({"org": TENANT})
    report, _, status = executed(made(tmp_path, BOTH, source, target))
    assert (report.exit_code, report.applied, status) == (0, 2, "succeeded")
    assert (source.asked, target.asked) == (1, 1)


def test_nothing_is_asked_where_nothing_is_expected(tmp_path: Path) -> None:
    source, target = Tenant({"org": "x"}), Tenant({})
    report, _, _ = executed(made(tmp_path, "gxp: false\n", source, target))
    assert (report.exit_code, source.asked, target.asked) == (0, 0, 0)


@pytest.mark.req("P11-10h")
@pytest.mark.parametrize("side", ["files", "sql"])
def test_another_tenant_is_refused_before_anything_is_read_or_written(tmp_path: Path, side: str) -> None:
    other = Tenant({"org": "00Dother"})
    sides = (other, Tenant({"org": TENANT})) if side == "files" else (Tenant({"org": TENANT}), other)
    found = made(tmp_path, BOTH, *sides)
    report, types, status = executed(found)
    assert isinstance(report.error, IdentityMismatchError)
    assert (report.error.code, report.exit_code, status) == ("identity-mismatch", 77, "refused")
    assert f"connection '{side}' leads to org 00Dother" in str(report.error)
    assert f"expects {TENANT}" in str(report.error)
    assert report.error.location.startswith(str(tmp_path / "environments" / "dev.yaml") + ":1:")
    assert isinstance(found.stream, ListStream)
    assert isinstance(found.sink, TableSink)
    assert (found.stream.served, found.stream.acknowledged, found.sink.writes) == ([], [], [])
    assert "compliance.refused" in types
    assert "batch.intended" not in types


@pytest.mark.parametrize("told", [{}, {"vault": "1"}])
def test_what_cannot_be_proven_is_refused_as_well(tmp_path: Path, told: dict[str, str]) -> None:
    report, _, status = executed(made(tmp_path, BOTH, Tenant(told), Tenant({"org": TENANT})))
    assert type(report.error) is ComplianceError
    assert (report.error.code, report.exit_code, status) == ("identity-unproven", 77, "refused")
    assert ("vault" in report.error.hint) is bool(told)


def test_a_system_that_does_not_answer_is_not_taken_for_another(tmp_path: Path) -> None:
    away = UnavailableError("away", code="unavailable")
    report, _, status = executed(made(tmp_path, BOTH, Tenant({}, away), Tenant({"org": TENANT})))
    assert (report.exit_code, status) == (75, "parked")


def test_an_open_batch_is_not_finished_in_the_wrong_system(tmp_path: Path) -> None:
    right = Tenant({"org": TENANT})
    found = made(tmp_path, BOTH, right, right)
    assert isinstance(found.sink, TableSink)
    died = UnavailableError("gone", code="unavailable")

    def die(_: object) -> None:
        raise died

    found.sink.before = die
    assert executed(found)[0].exit_code == 75
    wrong = replace(found, destination=Tenant({"org": "other"}), sink=TableSink())
    assert executed(wrong)[0].exit_code == 77
    assert isinstance(wrong.sink, TableSink)
    assert wrong.sink.writes == []
    found.sink.before = lambda _: None
    assert executed(found)[0].applied == 2


def test_dead_letters_are_not_moved_into_the_wrong_system(tmp_path: Path) -> None:
    right = Tenant({"org": TENANT})
    found = made(tmp_path, BOTH, right, right)
    assert isinstance(found.sink, TableSink)
    found.sink.refuse = {"00001": "no"}
    assert executed(found)[0].dead_lettered == 1
    wrong = replace(found, destination=Tenant({"org": "other"}), sink=TableSink())
    report, _, _ = executed(wrong, lambda a, s, options: redrive(a, s, [], options, actor="a", reason="r"))
    assert report.exit_code == 77
    assert isinstance(wrong.sink, TableSink)
    assert wrong.sink.writes == []
    with closing(open_store(found.pipeline.ledger)) as store, store.snapshot() as connection:
        assert len(dead_letters.listed(connection, found.key)) == 1
