"""What goes wrong outside: one typed error that says what to do, nothing written, no value shown."""

import logging
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from connector_sql import engine

from connector_sdk.connector import APPLIED, Mode, WritePolicy
from connector_sdk.errors import (
    AccessDeniedError,
    ConfigurationError,
    ConflictError,
    ConnectorError,
    ContractError,
    RejectedError,
    UnavailableError,
)

QUICK = ("busy_timeout=20", *engine.PRAGMAS[1:])


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "PRAGMAS", QUICK)


def check(target: Any, schema: Any) -> ConnectorError:
    with pytest.raises(ConnectorError) as caught:
        target.bare().check(target.call, schema, WritePolicy())
    with pytest.raises(ConnectorError) as again:
        target.sink(schema)
    assert again.value.code == caught.value.code
    assert caught.value.hint
    assert "\n" not in str(caught.value)
    return caught.value


def test_a_locked_database_is_temporary_and_the_sink_goes_on_afterwards(target: Any) -> None:
    schema = target.schema("id")
    sink = target.sink(schema)
    with closing(sqlite3.connect(target.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(UnavailableError) as caught:
            target.write(sink, schema, [{"id": "a"}])
        assert check(target, schema).code == "sql-locked"
        other.execute("ROLLBACK")
        other.execute("BEGIN")
        other.execute("SELECT * FROM hcp").fetchall()  # a reader, which only the commit meets
        with pytest.raises(UnavailableError):
            target.write(sink, schema, [{"id": "a"}])
        other.execute("ROLLBACK")
    assert (caught.value.code, caught.value.exit_code) == ("sql-locked", 75)
    assert target.rows("id") == []
    assert target.write(sink, schema, [{"id": "a"}]) == [APPLIED]
    assert target.rows("id") == [("a",)]


def test_a_read_only_database_is_refused(target: Any) -> None:
    schema = target.schema("id")
    target.sink(schema)
    target.close()
    with target.path.open("r+b") as file:  # a write version above 2 means read-only, for every user
        file.seek(18)
        file.write(b"\3")
    error = check(target, schema)
    assert isinstance(error, AccessDeniedError)
    assert (error.code, error.location) == ("sql-read-only", str(target.path))


def test_a_file_that_is_no_database_is_refused_and_kept(target: Any) -> None:
    target.path.write_bytes(b"id;name\n1;Doe\n" * 100)
    error = check(target, target.schema("id"))
    assert isinstance(error, ConfigurationError)
    assert error.code == "sql-not-a-database"
    assert target.path.read_bytes() == b"id;name\n1;Doe\n" * 100


@pytest.mark.parametrize("kind", ["folder", "missing"])
def test_a_file_that_cannot_be_opened_is_refused(target: Any, kind: str) -> None:
    if kind == "folder":
        target.path.mkdir()
    else:
        target.path = target.path / "nowhere" / "x.db"
    error = check(target, target.schema("id"))
    assert isinstance(error, ConfigurationError)
    assert error.code == "sql-cannot-open"


def test_checking_makes_no_file_and_an_empty_one_is_a_database(target: Any) -> None:
    schema = target.schema("id")
    target.bare().check(target.call, schema, WritePolicy())
    assert not target.path.exists()
    target.path.touch()
    target.bare().check(target.call, schema, WritePolicy())
    assert target.path.stat().st_size == 0
    assert target.write(target.sink(schema), schema, [{"id": "a"}]) == [APPLIED]


def test_a_full_disk_keeps_what_was_committed(target: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "PRAGMAS", (*QUICK, "max_page_count=20"))
    schema = target.schema("id", "v")
    sink = target.sink(schema)
    target.write(sink, schema, [{"id": "a", "v": "x"}])
    with pytest.raises(UnavailableError) as caught:
        target.write(sink, schema, [{"id": str(number), "v": "secret" * 500} for number in range(200)], seq=2)
    assert caught.value.code == "sql-disk-full"
    assert "secret" not in str(caught.value)
    assert target.rows("id, v") == [("a", "x")]
    assert target.write(sink, schema, [{"id": "b", "v": "x"}], seq=2) == [APPLIED]


def test_a_damaged_database_is_named_so(target: Any) -> None:
    schema = target.schema("id")
    sink = target.sink(schema)
    target.write(sink, schema, [{"id": f"{number:09}"} for number in range(2000)])
    target.close()
    content = target.path.read_bytes()
    target.path.write_bytes(content[:4096] + b"\xff" * (len(content) - 4096))
    with pytest.raises(RejectedError) as caught:
        target.write(target.sink(schema), schema, [{"id": "a"}], seq=2)
    assert caught.value.code == "sql-damaged"


def test_a_constraint_checked_at_the_end_refuses_the_batch(target: Any) -> None:
    target.run(
        "CREATE TABLE country (code TEXT PRIMARY KEY)",
        "CREATE TABLE hcp (id TEXT PRIMARY KEY, c TEXT REFERENCES country DEFERRABLE INITIALLY DEFERRED,"
        " _version INTEGER NOT NULL)",
    )
    schema = target.schema("id", "c")
    with pytest.raises(ConflictError) as caught:
        target.write(target.sink(schema), schema, [{"id": "a", "c": "XX"}])
    assert caught.value.code == "sql-constraint"
    assert target.rows("id") == []


def test_a_table_changed_behind_our_back_is_a_matter_of_contract(target: Any) -> None:
    schema = target.schema("id", "v")
    sink = target.sink(schema)
    target.run("ALTER TABLE hcp DROP COLUMN v")
    with pytest.raises(ContractError) as caught:
        target.write(sink, schema, [{"id": "a", "v": "x"}])
    assert caught.value.code == "sql-table-changed"


def test_other_faults_are_temporary_and_show_no_value(target: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    schema = target.schema("id")
    connections: list[sqlite3.Connection] = []
    connect = sqlite3.connect

    def connected(*args: Any, **options: Any) -> sqlite3.Connection:
        connections.append(connect(*args, **options))
        return connections[-1]

    monkeypatch.setattr(engine.sqlite3, "connect", connected)
    sink = target.sink(schema)
    connections[-1].set_progress_handler(lambda: 1, 50)  # SQLite then interrupts the statement
    with pytest.raises(UnavailableError) as caught:
        target.write(sink, schema, [{"id": "secret"}] * 100)
    assert caught.value.code == "sql-unavailable"
    assert "SQLITE_INTERRUPT" in str(caught.value)
    assert caught.value.__cause__ is None
    assert "secret" not in repr(caught.value)


def test_a_file_removed_during_the_run_is_noticed(target: Any) -> None:
    schema = target.schema("id")
    sink = target.sink(schema, Mode.UPSERT)
    target.path.unlink()
    with pytest.raises(AccessDeniedError) as caught:
        target.write(sink, schema, [{"id": "a"}])
    assert caught.value.code == "sql-read-only"
    assert "MOVED" in str(caught.value)


def test_a_journal_mode_that_may_lose_commits_is_reported(
    target: Any, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    target.run("PRAGMA journal_mode=WAL")
    monkeypatch.setattr(engine.sqlite3, "sqlite_version_info", (3, 51, 2))
    with caplog.at_level(logging.WARNING):
        target.sink(target.schema("id"))
    assert "WAL" in caplog.text
    caplog.clear()
    for version in ((3, 51, 3), (3, 50, 7), (3, 44, 6)):
        monkeypatch.setattr(engine.sqlite3, "sqlite_version_info", version)
        target.sink(target.schema("id"))
    assert caplog.text == ""


def test_new_files_are_durable(target: Any, tmp_path: Path) -> None:
    sink = target.sink(target.schema("id"))
    with sink._transaction() as connection:
        asked = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "trusted_schema")
        }
    assert asked == {"journal_mode": "delete", "synchronous": 3, "foreign_keys": 1, "trusted_schema": 0}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["target.db"]
