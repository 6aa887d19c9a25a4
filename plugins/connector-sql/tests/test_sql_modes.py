"""What each mode does to the table, and the version guard that none of them gets past."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connector_sdk.connector import APPLIED, SUPERSEDED, Disposition, Mode
from connector_sdk.errors import ConfigurationError
from connector_sdk.schema import Field, FieldType


def _nullable(name: str) -> Field:
    return Field(name=name, type=FieldType.STRING, nullable=True)


@pytest.mark.req("G3")
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    batches=st.lists(
        st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 9)), min_size=1, max_size=6),
        min_size=1,
        max_size=4,
    )
)
def test_an_older_version_never_replaces_a_newer_one(
    batches: list[list[tuple[str, int]]], new_target: Callable[[], Any]
) -> None:
    """Objective: whatever the order of arrival, each key ends at its highest version (the last of equals)."""
    target = new_target()
    schema = target.schema("id", "v")
    sink = target.sink(schema)
    present: dict[str, tuple[int, str]] = {}
    for seq, batch in enumerate(batches, 1):
        rows = [{"id": key, "v": f"{seq}.{place}"} for place, (key, _) in enumerate(batch)]
        outcomes = target.write(sink, schema, rows, seq=seq, versions=[version for _, version in batch])
        for place, (key, version) in enumerate(batch):
            newer = key not in present or version >= present[key][0]
            assert outcomes[place] == (APPLIED if newer else SUPERSEDED)
            if newer:
                present[key] = (version, f"{seq}.{place}")
    sink.close()
    assert {key: (version, value) for key, value, version in target.rows()} == present


def test_upsert_replaces_every_field_and_keeps_other_columns(target: Any) -> None:
    target.run(
        'CREATE TABLE hcp (id TEXT PRIMARY KEY, v TEXT, _version INTEGER NOT NULL, note TEXT DEFAULT "n")'
    )
    schema = target.schema("id", _nullable("v"))
    sink = target.sink(schema)
    target.write(sink, schema, [{"id": "a", "v": "1"}])
    target.run("UPDATE hcp SET note = 'mine'")
    target.write(sink, schema, [{"id": "a", "v": None}, {"id": "b", "v": "2"}], seq=2)
    assert target.rows("id, v, note") == [("a", None, "mine"), ("b", "2", "n")]


def test_one_key_several_times_in_a_batch_ends_at_the_last(target: Any) -> None:
    schema = target.schema("id", "v")
    outcomes = target.write(target.sink(schema), schema, [{"id": "a", "v": str(n)} for n in range(5)])
    assert outcomes == [APPLIED] * 5
    assert target.rows("id, v") == [("a", "4")]


def test_insert_refuses_existing_keys_and_writes_the_rest(target: Any) -> None:
    schema = target.schema("id", "v")
    sink = target.sink(schema, Mode.INSERT)
    assert target.write(sink, schema, [{"id": "a", "v": "1"}]) == [APPLIED]
    rows = [
        {"id": "b", "v": "2"},
        {"id": "a", "v": "never"},
        {"id": "c", "v": "3"},
        {"id": "b", "v": "never"},
    ]
    outcomes = target.write(sink, schema, rows, seq=2)
    assert [outcome.code for outcome in outcomes] == ["", "sql-key-exists", "", "sql-key-exists"]
    assert outcomes[1].disposition is Disposition.DEAD_LETTERED
    assert target.rows("id, v") == [("a", "1"), ("b", "2"), ("c", "3")]


def test_update_changes_only_what_is_there(target: Any) -> None:
    schema = target.schema("id", "v", "w")
    target.write(target.sink(schema), schema, [{"id": k, "v": "1", "w": "1"} for k in "ab"], versions=[5, 50])
    sink = target.sink(schema, Mode.UPDATE)
    rows = [{"id": k, "v": "2", "w": "3"} for k in "abc"]
    outcomes = target.write(sink, schema, rows, seq=2, versions=[6, 7, 8])
    assert [outcome.code or outcome.disposition for outcome in outcomes] == [
        Disposition.APPLIED,
        Disposition.SUPERSEDED,
        "sql-key-missing",
    ]
    assert target.rows() == [("a", "2", "3", 6), ("b", "1", "1", 50)]
    assert target.write(sink, schema, rows[:2], seq=3, versions=[60, 61]) == [APPLIED] * 2


def test_append_needs_no_key_and_takes_equal_records(target: Any) -> None:
    schema = target.schema("v", key=())
    sink = target.sink(schema, Mode.APPEND)
    assert target.write(sink, schema, [{"v": "same"}] * 3) == [APPLIED] * 3
    assert target.rows("v") == [("same",)] * 3


@pytest.mark.parametrize("mode", [Mode.UPSERT, Mode.INSERT, Mode.UPDATE])
def test_the_other_modes_need_a_key(target: Any, mode: Mode) -> None:
    with pytest.raises(ConfigurationError) as caught:
        target.sink(target.schema("v", key=()), mode)
    assert caught.value.code == "sql-key-required"
    assert "primary_key" in caught.value.hint


@pytest.mark.parametrize("mode", [Mode.UPSERT, Mode.UPDATE])
def test_omitted_nulls_leave_the_value_alone(target: Any, mode: Mode) -> None:
    schema = target.schema("id", _nullable("v"), Field(name="w", type=FieldType.STRING, optional=True))
    target.write(
        target.sink(schema), schema, [{"id": "a", "v": "1", "w": "1"}, {"id": "b", "v": "1", "w": "1"}]
    )
    sink = target.sink(schema, mode, omit_nulls=True)
    target.write(sink, schema, [{"id": "a", "v": None, "w": "2"}, {"id": "b", "v": "2"}], seq=2)
    assert target.rows() == [("a", "1", "2", 2000), ("b", "2", "1", 2001)]


@pytest.mark.parametrize("mode", [Mode.UPSERT, Mode.UPDATE])
def test_a_table_of_keys_alone_works(target: Any, mode: Mode) -> None:
    schema = target.schema("a", "b", key=("b", "a"))
    target.write(target.sink(schema), schema, [{"a": "1", "b": "2"}])
    assert target.write(target.sink(schema, mode), schema, [{"a": "1", "b": "2"}], seq=2) == [APPLIED]
    assert target.rows() == [("1", "2", 2000)]


@pytest.mark.parametrize("ours", [True, False])
def test_a_key_without_a_value_is_refused(target: Any, ours: bool) -> None:
    if not ours:  # SQLite would number the row itself
        target.run("CREATE TABLE hcp (id INTEGER PRIMARY KEY, v TEXT, _version INTEGER NOT NULL)")
    schema = target.schema(Field(name="id", type=FieldType.INTEGER, nullable=True), "v")
    outcomes = target.write(target.sink(schema), schema, [{"id": None, "v": "x"}, {"id": 1, "v": "y"}])
    assert [outcome.code for outcome in outcomes] == ["sql-key-null", ""]
    assert target.rows("id, v") == [(1, "y")]


def test_a_constraint_refuses_one_record_and_names_no_value(target: Any) -> None:
    target.run(
        "CREATE TABLE hcp (id TEXT PRIMARY KEY, v TEXT CHECK (length(v) < 9), _version INTEGER NOT NULL)"
    )
    schema = target.schema("id", "v")
    outcomes = target.write(
        target.sink(schema), schema, [{"id": "a", "v": "confidential"}, {"id": "b", "v": "x"}]
    )
    assert [outcome.code for outcome in outcomes] == ["sql-constraint", ""]
    assert "confidential" not in outcomes[0].message
    assert "CHECK constraint failed" in outcomes[0].message


def test_conflict_clauses_of_the_table_lose_nobody(target: Any) -> None:
    """The table itself says that a conflict removes the other row, or drops ours silently."""
    target.run(
        "CREATE TABLE hcp (id TEXT PRIMARY KEY ON CONFLICT REPLACE, v TEXT UNIQUE ON CONFLICT REPLACE,"
        " w TEXT UNIQUE ON CONFLICT IGNORE, _version INTEGER NOT NULL)"
    )
    schema = target.schema("id", "v", "w")
    sink = target.sink(schema)
    target.write(sink, schema, [{"id": "a", "v": "1", "w": "1"}])
    outcomes = target.write(
        sink, schema, [{"id": "b", "v": "1", "w": "2"}, {"id": "c", "v": "3", "w": "1"}], seq=2
    )
    assert [outcome.code for outcome in outcomes] == ["sql-constraint", "sql-constraint"]
    assert target.rows("id, v, w") == [("a", "1", "1")]


def test_an_empty_batch_is_written_too(target: Any) -> None:
    schema = target.schema("id")
    assert target.write(target.sink(schema), schema, []) == []
    assert target.rows("seq", "_connector_checkpoint") == [(1,)]


def test_a_batch_of_another_schema_is_a_fault_of_the_caller(target: Any) -> None:
    sink = target.sink(target.schema("id"))
    with pytest.raises(RuntimeError):
        target.write(sink, target.schema("id", "v"), [{"id": "a", "v": "x"}])
