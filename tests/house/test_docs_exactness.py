"""The page on exactness says what happens: every row of its tables is moved."""

import ast
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from connector_sql.sink import SqlSink
from connector_sql.types import STORAGE

from connector_sdk.connector import Batch, Call, WritePolicy
from connector_sdk.decode import Decoder, encode_record, parse_text
from connector_sdk.errors import RecordError
from connector_sdk.schema import Field, FieldType, Schema
from tests.house.tree import coded, page, section, tables

PAGE = page("exactness.md")


def _schema(kind: str) -> Schema:
    fields = (Field(name="id", type=FieldType.INTEGER), Field(name="value", type=FieldType(kind)))
    return Schema(fields=fields, key=("id",))


def _cells(heading: str) -> list[list[str]]:
    rows = tables(section(PAGE, heading))[0][1:]
    return [[(coded(cell) or [cell])[0] for cell in row] for row in rows]


def test_every_logical_type_has_its_row() -> None:
    rows = tables(section(PAGE, "Types"))[0][1:]
    assert [coded(row[0])[0] for row in rows] == [kind.value for kind in FieldType]
    assert {coded(row[0])[0]: coded(row[-1])[0] for row in rows} == {
        kind.value: storage.declared for kind, storage in STORAGE.items()
    }


@pytest.mark.req("A11-4.8")
@pytest.mark.parametrize("row", _cells("What arrives"), ids=lambda row: f"{row[0]} {row[1]}")
def test_what_arrives(row: list[str], tmp_path: Path) -> None:
    kind, text, stored = row
    schema = _schema(kind)
    payload = f'{{"id": 1, "value": {text}}}'.encode()
    (record,) = Decoder(schema).decode_page([payload])
    assert not isinstance(record, RecordError), record
    assert Decoder(schema).decode_page([encode_record(record, schema)]) == [record]
    assert _in_sqlite(tmp_path / "target.db", schema, payload, record) == ast.literal_eval(stored)


@pytest.mark.req("A11-5")
@pytest.mark.parametrize("row", _cells("What is refused"), ids=lambda row: f"{row[0]} {row[1]}")
def test_what_is_refused(row: list[str]) -> None:
    kind, text, code = row
    (refused,) = Decoder(_schema(kind)).decode_page([f'{{"id": 1, "value": {text}}}'.encode()])
    assert isinstance(refused, RecordError)
    assert refused.code == code


@pytest.mark.req("A11-5")
@pytest.mark.parametrize("row", _cells("CSV"), ids=lambda row: f"{row[0]} {row[1]}")
def test_what_a_text_becomes(row: list[str]) -> None:
    kind, text, expected = row
    schema = _schema(kind)
    given = {"id": 1, "value": text}
    if expected == "refused":
        with pytest.raises(RecordError) as refused:
            encode_record(parse_text(schema)(given), schema)
        assert refused.value.code == "text-not-exact"
    else:
        assert encode_record(parse_text(schema)(given), schema) == f'{{"id":1,"value":{expected}}}'.encode()


def _in_sqlite(path: Path, schema: Schema, payload: bytes, record: Any) -> Any:
    sink, call, write = SqlSink(path, "t"), Call(), WritePolicy()
    try:
        sink.prepare(call, schema, write)
        batch = Batch("p", "p", 1, 1, schema, [payload], [record], [1])
        assert [outcome.disposition for outcome in sink.write(call, batch)] == ["applied"]
    finally:
        sink.close()
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT value FROM t").fetchone()[0]
