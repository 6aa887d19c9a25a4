"""Names are quoted, never interpreted; those the database would mistake are refused at once."""

from typing import Any

import pytest
from connector_sql.names import folded
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from connector_sdk.connector import APPLIED, Mode, WritePolicy
from connector_sdk.errors import ConfigurationError, ContractError
from connector_sdk.schema import Field, FieldType

ODD = [
    "select",
    "a b",
    'a"b',
    "a'b",
    "a;b",
    "[a]",
    "`a`",
    "?",
    ":a",
    "%s",
    "{0}",
    "é",
    "表",
    "rowid",
    "\n",
    "-- x",
]
INJECTIONS = ['x"; DROP TABLE victim; --', "x'); DELETE FROM victim; --", 'x" TEXT); DROP TABLE victim; --']


@pytest.mark.parametrize("mode", [Mode.UPSERT, Mode.UPDATE, Mode.INSERT])
def test_odd_and_hostile_column_names_are_only_names(target: Any, mode: Mode) -> None:
    target.run("CREATE TABLE victim (a)", "INSERT INTO victim VALUES (1)")
    names = ODD + INJECTIONS
    schema = target.schema(*names, key=(names[0], names[2], INJECTIONS[0]))
    row = {name: f"value {number}" for number, name in enumerate(names)}
    assert target.write(target.sink(schema), schema, [row]) == [APPLIED]
    expected = "" if mode is not Mode.INSERT else "sql-key-exists"
    sink = target.sink(schema, mode, omit_nulls=True)
    assert [outcome.code for outcome in target.write(sink, schema, [row], seq=2)] == [expected]
    assert target.rows()[0][:-1] == tuple(row.values())
    assert target.run("SELECT name FROM pragma_table_info('hcp')")[:-1] == [(name,) for name in names]
    assert target.rows("a", "victim") == [(1,)]


@pytest.mark.parametrize("table", ODD + INJECTIONS)
def test_odd_and_hostile_table_names_are_only_names(target: Any, table: str) -> None:
    target.run("CREATE TABLE victim (a)", "INSERT INTO victim VALUES (1)")
    target.table = table
    schema = target.schema("id", "v")
    for seq, mode in enumerate((Mode.UPSERT, Mode.UPSERT, Mode.UPDATE), 1):
        sink = target.sink(schema, mode)
        assert target.write(sink, schema, [{"id": "a", "v": str(seq)}], seq=seq) == [APPLIED]
        sink.close()
    assert target.rows("id, v") == [("a", "3")]
    assert target.rows("a", "victim") == [(1,)]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=st.lists(st.text(min_size=1, max_size=6), min_size=2, max_size=6, unique_by=folded))
@example(names=["Ä", "ä", "K", "\u212a"])
def test_any_name_sqlite_can_hold_is_a_column(new_target: Any, names: list[str]) -> None:
    """SQLite folds the letters of ASCII only, so names that differ otherwise are different columns."""
    target = new_target()
    schema = target.schema(*names, key=names[:1])
    row = {name: str(number) for number, name in enumerate(names)}
    if any("\0" in name for name in names):
        with pytest.raises(ContractError):
            target.sink(schema)
        return
    sink = target.sink(schema)
    assert target.write(sink, schema, [row]) == [APPLIED]
    sink.check(target.call, schema, WritePolicy())
    sink.close()
    assert target.rows()[0][:-1] == tuple(row.values())


@pytest.mark.parametrize(
    "names",
    [
        ("id", "ID"),
        ("id", "_version"),
        ("id", "_VERSION"),
        ("id", "_deleted"),
        ("id", ""),
        ("id", "a\0b"),
        ("id", "\ud800"),
    ],
)
def test_names_that_cannot_be_columns_are_refused(target: Any, names: tuple[str, ...]) -> None:
    with pytest.raises(ContractError) as caught:
        target.bare().check(target.call, target.schema(*names), WritePolicy())
    assert caught.value.code == "sql-column-name"
    assert str(caught.value).isprintable()
    assert not target.path.exists()


@pytest.mark.parametrize("table", ["", "a\0b", "sqlite_x", "SQLite_x", "_connector_checkpoint", "\udfff"])
def test_names_that_cannot_be_tables_are_refused(target: Any, table: str) -> None:
    target.table = table
    with pytest.raises(ConfigurationError) as caught:
        target.bare()
    assert caught.value.code == "sql-table-name"


def test_more_columns_than_a_table_may_have_are_refused(target: Any) -> None:
    names = [f"c{number}" for number in range(2000)]
    with pytest.raises(ContractError) as caught:
        target.sink(target.schema(*names, key=("c0",)))
    assert caught.value.code == "sql-too-many-columns"
    schema = target.schema(*names[:-1], key=("c0",))
    sink = target.sink(schema)
    assert target.write(sink, schema, [dict.fromkeys(schema.names, "x")]) == [APPLIED]


def test_null_and_absent_together_are_refused(target: Any) -> None:
    both = Field(name="v", type=FieldType.STRING, nullable=True, optional=True)
    with pytest.raises(ContractError) as caught:
        target.sink(target.schema("id", both))
    assert caught.value.code == "sql-null-and-absent"
    assert "'v'" in str(caught.value)
    assert not target.path.exists()
