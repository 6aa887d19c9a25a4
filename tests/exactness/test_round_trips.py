"""Whatever a source can say arrives unchanged, for every pair of source and sink; what cannot is refused."""

import csv
import io
import json
import sqlite3
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector_sdk.ledger.store import open_store
from connector_sdk.pipeline.assembly import assemble
from connector_sdk.pipeline.definition import load_pipeline
from connector_sdk.pipeline.execution import Options
from connector_sdk.pipeline.outcome import RunReport
from connector_sdk.pipeline.run import run

SQL = '{connector: sql, sink: out, config: {url: "sqlite:///out.db"}}'
JSONL = "{connector: files, config: {path: out.jsonl}}"

pytestmark = pytest.mark.slow

EXAMPLES = settings(max_examples=25, deadline=None)

text = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
number = st.one_of(
    st.integers(),
    st.integers(-(2**80), 2**80),
    st.decimals(allow_nan=False, allow_infinity=False),
    st.sampled_from([Decimal("1.10"), Decimal("0.1000000000000000055511151231257827"), Decimal("1E+400")]),
)
plain = st.one_of(text, st.booleans(), number)
nested = st.recursive(
    plain, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=3)
)


def moved(folder: Path, source: str, destination: str) -> RunReport:
    (folder / "pipeline.yaml").write_text(
        f"format: 1\npipeline: exact\nsource: {source}\ndestination: {destination}\n"
    )
    assembly = assemble(load_pipeline(folder))
    with closing(open_store(assembly.pipeline.ledger, create=True)) as store:
        return run(assembly, store, Options(trigger={"kind": "test"}))


def to_json(value: Any) -> str:
    """Write JSON with every digit; the standard library has no exact decimals."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(key)}:{to_json(part)}" for key, part in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(to_json, value)) + "]"
    return str(value) if isinstance(value, Decimal) else json.dumps(value, ensure_ascii=False)


def exactly(value: Any) -> Any:
    """Tell 1, 1.0, 1.00, -0 and true apart, which Python finds equal; JSON knows no integers of its own."""
    if isinstance(value, dict):
        return {key: exactly(part) for key, part in value.items()}
    if isinstance(value, list):
        return [exactly(part) for part in value]
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return ("number", str(value))
    return (type(value).__name__, value)


def rows(folder: Path, columns: list[str]) -> list[dict[str, Any]]:
    names = ", ".join('"' + column.replace('"', '""') + '"' for column in columns)
    with closing(sqlite3.connect(folder / "out.db")) as connection:
        found = connection.execute(f"select {names} from out order by _version").fetchall()
    return [dict(zip(columns, row, strict=True)) for row in found]


@pytest.mark.req("A11-4.8", "E6-4.2.5")
@EXAMPLES
@given(st.lists(st.dictionaries(text, nested | st.none(), max_size=5), min_size=1, max_size=8))
def test_json_lines_to_json_lines_byte_for_byte(records: list[dict[str, Any]]) -> None:
    lines = "".join(to_json(record) + "\n" for record in records)
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "in.jsonl").write_text(lines, newline="")
        report = moved(folder, "{connector: files, config: {path: in.jsonl}}", JSONL)
        if not any(records):
            return
        assert report.error is None
        assert (folder / "out.jsonl").read_bytes() == lines.encode()


@pytest.mark.req("A11-4.8", "E6-4.2.5")
@pytest.mark.parametrize("kind", ["text", "number", "boolean", "nested"])
@EXAMPLES
@given(data=st.data())
def test_json_lines_to_sqlite(kind: str, data: st.DataObject) -> None:
    values = {"text": text, "number": number, "boolean": st.booleans(), "nested": nested}[kind]
    column = data.draw(st.lists(values | st.none(), min_size=1, max_size=6))
    with TemporaryDirectory() as name:
        folder = Path(name)
        lines = (to_json({"id": f"{index:03d}", "value": value}) for index, value in enumerate(column))
        (folder / "in.jsonl").write_text("\n".join(lines), newline="")
        source = "{connector: files, config: {path: in.jsonl, primary_key: [id]}}"
        assert moved(folder, source, SQL).error is None
        arrived = rows(folder, ["id", "value"])
    assert [row["id"] for row in arrived] == [f"{index:03d}" for index in range(len(column))]
    kinds = {_kind(value) for value in column if value is not None}
    for value, row in zip(column, arrived, strict=True):
        assert exactly(_stored(row["value"], kinds)) == exactly(value)


def _kind(value: Any) -> str:
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return "number"
    return type(value).__name__ if isinstance(value, str | bool) else "json"


def _stored(value: Any, kinds: set[str]) -> Any:
    """Undo what the plugin's README promises for the column's type."""
    if value is None:
        return None
    if kinds == {"str"}:
        return value
    if kinds == {"bool"}:
        return bool(value)
    if kinds == {"number"}:
        return Decimal(value)
    return json.loads(value, parse_float=Decimal, parse_int=Decimal)


cell = st.none() | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)


@pytest.mark.req("A11-4.8", "E6-4.2.5")
@pytest.mark.parametrize("destination", [SQL, JSONL], ids=["SQLite", "JSON Lines"])
@EXAMPLES
@given(table=st.lists(st.tuples(cell, cell), min_size=1, max_size=8))
def test_csv_to_everything(destination: str, table: list[tuple[str | None, str | None]]) -> None:
    out = io.StringIO()
    out.write("id,a,Ünï codé\r\n")
    for index, row in enumerate(table):
        # Every text is quoted, so that an empty one is not null.
        quoted = ("" if value is None else '"' + value.replace('"', '""') + '"' for value in row)
        out.write(f"{index:03d}," + ",".join(quoted) + "\r\n")
    expected = [{"id": f"{index:03d}", "a": row[0], "Ünï codé": row[1]} for index, row in enumerate(table)]
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "in.csv").write_text(out.getvalue(), newline="")
        report = moved(folder, "{connector: files, config: {path: in.csv, primary_key: [id]}}", destination)
        assert report.error is None
        if destination == SQL:
            assert rows(folder, list(expected[0])) == expected
        else:
            lines = (folder / "out.jsonl").read_text().split("\n")[:-1]
            assert [json.loads(line) for line in lines] == expected
    parsed = list(csv.reader(io.StringIO(out.getvalue(), newline="")))
    assert [[value or "" for value in row.values()] for row in expected] == parsed[1:]


@pytest.mark.req("A11-5")
def test_what_sqlite_cannot_tell_apart_is_refused_by_contract(tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text('{"id":"1","a":null}\n{"id":"2"}\n')
    report = moved(tmp_path, "{connector: files, config: {path: in.jsonl, primary_key: [id]}}", SQL)
    assert (report.exit_code, report.read) == (65, 0)
    assert getattr(report.error, "code", "") == "sql-null-and-absent"
    assert "a" in str(report.error)
    assert not (tmp_path / "out.db").exists() or rows_of_any_table(tmp_path / "out.db") == 0


def rows_of_any_table(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        tables = connection.execute("select name from sqlite_master where type = 'table'").fetchall()
        return sum(connection.execute(f'select count(*) from "{name}"').fetchone()[0] for (name,) in tables)


def test_json_lines_keep_null_and_absent_apart(tmp_path: Path) -> None:
    lines = b'{"id":"1","a":null}\n{"id":"2"}\n'
    (tmp_path / "in.jsonl").write_bytes(lines)
    moved(tmp_path, "{connector: files, config: {path: in.jsonl, primary_key: [id]}}", JSONL)
    assert (tmp_path / "out.jsonl").read_bytes() == lines
