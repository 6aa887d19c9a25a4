"""A table that is there already is used only when it keeps every value exactly; it is never changed."""

import sqlite3
from typing import Any

import pytest

from connector_sdk.connector import APPLIED, Mode, WritePolicy
from connector_sdk.errors import ContractError
from connector_sdk.schema import Field, FieldType

VERSION = "_version INTEGER NOT NULL DEFAULT 0"
T = FieldType

EXACT = {
    T.STRING: {"TEXT", "VARCHAR(3)", "CLOB", "BLOB", ""},
    T.INTEGER: {"INTEGER", "BIGINT", "NUMERIC", "BOOLEAN", "DECIMAL(9)", "DATE", "BLOB", ""},
    T.DECIMAL: {"TEXT", "VARCHAR(3)", "CLOB", "BLOB", ""},
    T.FLOAT: {"REAL", "DOUBLE", "BLOB", ""},
    T.BOOLEAN: {"INTEGER", "BIGINT", "NUMERIC", "BOOLEAN", "DECIMAL(9)", "DATE", "BLOB", ""},
    T.DATE: {"TEXT", "VARCHAR(3)", "CLOB", "BLOB", "", "DATE", "NUMERIC", "BOOLEAN", "DECIMAL(9)"},
    T.JSON: {"TEXT", "VARCHAR(3)", "CLOB", "BLOB", ""},
}
DECLARED = sorted(set().union(*EXACT.values()))
SAMPLE = {
    T.STRING: "007",
    T.INTEGER: 7,
    T.DECIMAL: "1.10",
    T.FLOAT: 3.0,
    T.BOOLEAN: 1,
    T.DATE: "2026-01-31",
    T.JSON: "7",
}


def refusal(target: Any, schema: Any, mode: Mode = Mode.UPSERT) -> str:
    before = target.path.read_bytes()
    with pytest.raises(ContractError) as caught:
        target.bare().check(target.call, schema, WritePolicy(mode=mode))
    assert caught.value.code == "sql-table-differs"
    with pytest.raises(ContractError):
        target.sink(schema, mode)
    assert target.path.read_bytes() == before
    return str(caught.value)


def test_a_key_is_never_null_whatever_its_fields_say_of_themselves(target: Any) -> None:
    schema = target.schema(Field(name="id", type=T.STRING, nullable=True, optional=True), "v")
    for seq in (1, 2):
        assert target.write(target.sink(schema), schema, [{"id": "a", "v": "1"}], seq=seq) == [APPLIED]


@pytest.mark.parametrize("declared", DECLARED)
@pytest.mark.parametrize("kind", list(EXACT))
def test_only_columns_that_keep_the_value_are_accepted(target: Any, kind: FieldType, declared: str) -> None:
    """The oracle is SQLite: the column is acceptable where a stored sample comes back as it was."""
    target.run(f"CREATE TABLE hcp (id TEXT PRIMARY KEY, v {declared}, {VERSION})")
    schema = target.schema("id", Field(name="v", type=kind, nullable=True))
    connection = sqlite3.connect(":memory:")
    stored = connection.execute(f"CREATE TABLE t (v {declared})").execute(
        "INSERT INTO t VALUES (?)", (SAMPLE[kind],)
    )
    kept = stored.execute("SELECT v FROM t").fetchone()[0]
    connection.close()
    if declared in EXACT[kind]:
        assert (kept, type(kept)) == (SAMPLE[kind], type(SAMPLE[kind]))
        target.bare().check(target.call, schema, WritePolicy())
    else:
        assert repr(declared) in refusal(target, schema).replace(declared, repr(declared))


@pytest.mark.parametrize(
    ("declared", "good"),
    [("TEXT", True), ("ANY", True), ("BLOB", False), ("INTEGER", False), ("REAL", False)],
)
def test_strict_tables_are_judged_by_their_own_rules(target: Any, declared: str, good: bool) -> None:
    target.run(f"CREATE TABLE hcp (id TEXT PRIMARY KEY, v {declared}, {VERSION}) STRICT")
    schema = target.schema("id", "v")
    if good:
        assert target.write(target.sink(schema), schema, [{"id": "a", "v": "007"}]) == [APPLIED]
        assert target.rows("v") == [("007",)]
    else:
        assert f"declared {declared}" in refusal(target, schema)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (f"id TEXT PRIMARY KEY, {VERSION}", "column 'v' is missing"),
        ("id TEXT PRIMARY KEY, v TEXT", 'ADD COLUMN "_version" INTEGER NOT NULL DEFAULT 0'),
        ("id TEXT PRIMARY KEY, v TEXT, _version INTEGER", "'_version' is not an ordinary INTEGER NOT NULL"),
        (
            "id TEXT PRIMARY KEY, v TEXT, _version TEXT NOT NULL",
            "'_version' is not an ordinary INTEGER NOT NULL",
        ),
        (f"id TEXT, v TEXT, {VERSION}", "nothing makes 'id' unique"),
        (f"id TEXT, v TEXT, {VERSION}, PRIMARY KEY (id, v)", "nothing makes 'id' unique"),
        (f"id TEXT PRIMARY KEY COLLATE NOCASE, v TEXT, {VERSION}", "nothing makes 'id' unique"),
        (f"id TEXT PRIMARY KEY, v TEXT, w TEXT NOT NULL, {VERSION}", "column 'w', which the contract lacks"),
        (f"id TEXT UNIQUE, v TEXT, w TEXT PRIMARY KEY, {VERSION}", "column 'w', which the contract lacks"),
        (f"id TEXT PRIMARY KEY, v TEXT NOT NULL, {VERSION}", "'v' is NOT NULL, but the field may be null"),
        (f"id TEXT PRIMARY KEY, v TEXT AS (id), {VERSION}", "column 'v' is computed"),
    ],
)
def test_each_difference_is_named_with_what_to_do(target: Any, body: str, said: str) -> None:
    target.run(f"CREATE TABLE hcp ({body})")
    schema = target.schema("id", Field(name="v", type=FieldType.STRING, nullable=True))
    assert said in refusal(target, schema)


def test_a_partly_unique_key_is_not_unique(target: Any) -> None:
    target.run(
        f"CREATE TABLE hcp (id TEXT, v TEXT, {VERSION})", "CREATE UNIQUE INDEX i ON hcp (id) WHERE v > ''"
    )
    assert "nothing makes 'id' unique" in refusal(target, target.schema("id", "v"))


def test_an_integer_key_numbers_itself_only_in_tables_with_row_ids(target: Any) -> None:
    target.run(f"CREATE TABLE hcp (n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, {VERSION}) WITHOUT ROWID")
    assert "column 'n', which the contract lacks" in refusal(target, target.schema("id"))


def test_all_differences_are_named_at_once(target: Any) -> None:
    target.run("CREATE TABLE hcp (id INTEGER, w TEXT NOT NULL)")
    said = refusal(target, target.schema("id", "v"))
    assert said.count(";") == 4
    assert all(name in said for name in ("'id'", "'v'", "'_version'", "'w'", "unique"))


@pytest.mark.parametrize(
    ("made", "said"),
    [
        ("CREATE VIEW hcp AS SELECT 1 AS id", "it is a view"),
        ("CREATE INDEX hcp ON other (id)", "it is a index"),
        ("CREATE VIRTUAL TABLE hcp USING rtree(id, a, b)", "it is a virtual"),
    ],
)
def test_what_is_no_table_is_refused(target: Any, made: str, said: str) -> None:
    target.run("CREATE TABLE other (id)", made)
    assert said in refusal(target, target.schema("id"))


def test_triggers_are_refused_because_they_may_change_what_is_stored(target: Any) -> None:
    target.run(
        f"CREATE TABLE hcp (id TEXT PRIMARY KEY, v TEXT, {VERSION})",
        "CREATE TRIGGER shout AFTER INSERT ON hcp BEGIN UPDATE hcp SET v = upper(v); END",
    )
    assert "trigger 'shout'" in refusal(target, target.schema("id", "v"))


@pytest.mark.parametrize(
    "body",
    [
        f'"ID" TEXT PRIMARY KEY, "V" TEXT, {VERSION}',
        f"n INTEGER PRIMARY KEY, v TEXT, id TEXT NOT NULL UNIQUE, {VERSION}",
        f"id TEXT PRIMARY KEY, v TEXT, w TEXT NOT NULL DEFAULT 'x', g TEXT AS (v), {VERSION}",
        f"id TEXT, v TEXT, {VERSION}, PRIMARY KEY (id)) WITHOUT ROWID, STRICT --",
    ],
)
def test_tables_that_fit_are_used_as_they_are(target: Any, body: str) -> None:
    target.run(f"CREATE TABLE Hcp ({body}\n)" if "--" not in body else f"CREATE TABLE Hcp ({body[:-2]}")
    before = target.run("SELECT sql FROM sqlite_master")
    schema = target.schema("id", "v")
    sink = target.sink(schema)
    for seq, value in enumerate(("1", "2"), 1):
        assert target.write(sink, schema, [{"id": "a", "v": value}], seq=seq) == [APPLIED]
    assert target.run("SELECT id, v, _version FROM hcp") == [("a", "2", 2000)]
    assert set(before) <= set(target.run("SELECT sql FROM sqlite_master"))


def test_a_table_that_appends_made_lacks_the_key_of_upserts(target: Any) -> None:
    schema = target.schema("id")
    target.sink(schema, Mode.APPEND)
    assert "nothing makes 'id' unique" in refusal(target, schema)


def test_update_needs_nothing_of_columns_it_does_not_write(target: Any) -> None:
    target.run(f"CREATE TABLE hcp (id TEXT PRIMARY KEY, v TEXT, w TEXT NOT NULL, {VERSION})")
    target.run("INSERT INTO hcp (id, v, w) VALUES ('a', '1', 'w')")
    schema = target.schema("id", "v")
    assert target.write(target.sink(schema, Mode.UPDATE), schema, [{"id": "a", "v": "2"}]) == [APPLIED]
    assert target.rows("v, w") == [("2", "w")]


def test_a_strange_table_of_checkpoints_is_refused(target: Any) -> None:
    target.run("CREATE TABLE _connector_checkpoint (pipeline TEXT)")
    assert "_connector_checkpoint" in refusal(target, target.schema("id"))
