"""Every logical type arrives exactly, seen through the standard library's sqlite3 alone."""

import datetime as dt
import json
import math
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import UNSET

from connector_sdk.connector import APPLIED
from connector_sdk.schema import Field, FieldType

pytestmark = pytest.mark.slow

Pair = tuple[Any, Any]
"""What a record holds, and what SQLite must give back for it."""


def _decimal_text(draw: st.DrawFn) -> str:
    digits = draw(st.text("0123456789", min_size=1, max_size=40)).lstrip("0") or "0"
    scale = draw(st.integers(0, 6))
    sign = draw(st.sampled_from(["", "-"]))
    return f"{sign}{digits}" + (
        f".{draw(st.text('0123456789', min_size=scale, max_size=scale))}" if scale else ""
    )


@st.composite
def decimals(draw: st.DrawFn) -> Pair:
    text = _decimal_text(draw)
    value = int(text) if "." not in text and text != "-0" and draw(st.booleans()) else Decimal(text)
    return value, text


@st.composite
def moments(draw: st.DrawFn) -> Pair:
    zone = dt.timezone(dt.timedelta(minutes=draw(st.integers(-14 * 60, 14 * 60))))
    value = draw(st.datetimes()).replace(tzinfo=zone)
    text = value.isoformat()
    return value, text[:-6] + "Z" if text.endswith("+00:00") else text


@st.composite
def json_texts(draw: st.DrawFn) -> Pair:
    leaf = st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.just(1.10)
    value = draw(
        st.recursive(leaf, lambda v: st.lists(v, max_size=3) | st.dictionaries(st.text(), v, max_size=3))
    )
    text = json.dumps(value, indent=draw(st.sampled_from([None, 1])), ensure_ascii=draw(st.booleans()))
    return msgspec.Raw(text.encode()), None if value is None else text


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)

PAIRS: dict[FieldType, st.SearchStrategy[Pair]] = {
    FieldType.STRING: (
        texts | st.sampled_from(["007", "1.10", "1e5", "", "null", "a\0b", "é", "e\u0301", "😀"])
    ).map(lambda text: (text, text)),
    FieldType.INTEGER: st.integers(-(2**63), 2**63 - 1).map(lambda number: (number, number)),
    FieldType.DECIMAL: decimals(),
    FieldType.FLOAT: st.floats(allow_nan=False, allow_infinity=False)
    .filter(lambda number: math.copysign(1, number) > 0 or number != 0)
    .map(lambda number: (number, number)),
    FieldType.BOOLEAN: st.booleans().map(lambda flag: (flag, 1 if flag else 0)),
    FieldType.DATE: st.dates().map(lambda day: (day, day.isoformat())),
    FieldType.TIME: st.times().map(lambda time: (time, time.isoformat())),
    FieldType.DATETIME: moments(),
    FieldType.LOCAL_DATETIME: st.datetimes().map(lambda moment: (moment, moment.isoformat())),
    FieldType.JSON: json_texts(),
}
SQLITE_TYPE = {FieldType.INTEGER: int, FieldType.BOOLEAN: int, FieldType.FLOAT: float}


def test_every_type_is_covered() -> None:
    assert set(PAIRS) == set(FieldType)


@pytest.mark.parametrize("kind", list(FieldType))
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_values_arrive_exactly(kind: FieldType, data: st.DataObject, new_target: Callable[[], Any]) -> None:
    """Objective: what is stored equals what the record held, in value, digits and kind."""
    pairs = data.draw(st.lists(PAIRS[kind], min_size=1, max_size=8))
    missing = data.draw(st.sampled_from([None, UNSET]))
    target = new_target()
    schema = target.schema(
        Field(name="n", type=FieldType.INTEGER),
        Field(name="v", type=kind, nullable=missing is None, optional=missing is UNSET),
        key=("n",),
    )
    rows = [{"n": number, "v": value} for number, (value, _) in enumerate(pairs)]
    rows.append({"n": -1} if missing is UNSET else {"n": -1, "v": None})
    sink = target.sink(schema)
    assert target.write(sink, schema, rows) == [APPLIED] * len(rows)
    sink.close()
    found = dict(target.rows("n, v"))
    expected = {number: text for number, (_, text) in enumerate(pairs)} | {-1: None}
    assert found == expected
    stored = {type(value) for value in found.values() if value is not None}
    assert stored <= {SQLITE_TYPE.get(kind, str)}


@pytest.mark.parametrize("kind", [kind for kind in FieldType if kind is not FieldType.JSON])
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_keys_of_any_type_find_their_row(
    kind: FieldType, data: st.DataObject, new_target: Callable[[], Any]
) -> None:
    pairs = data.draw(st.lists(PAIRS[kind], min_size=1, max_size=5, unique_by=lambda pair: pair[1]))
    target = new_target()
    schema = target.schema(Field(name="k", type=kind), "v", key=("k",))
    sink = target.sink(schema)
    target.write(sink, schema, [{"k": key, "v": "old"} for key, _ in pairs])
    target.write(sink, schema, [{"k": key, "v": "new"} for key, _ in pairs], seq=2)
    sink.close()
    assert target.rows("k, v") == [(text, "new") for _, text in pairs]


def test_a_negative_zero_is_refused_because_sqlite_would_lose_its_sign(target: Any) -> None:
    schema = target.schema("id", Field(name="v", type=FieldType.FLOAT, nullable=True))
    rows = [{"id": "a", "v": 0.0}, {"id": "b", "v": -0.0}, {"id": "c", "v": None}]
    outcomes = target.write(target.sink(schema), schema, rows)
    assert [outcome.code for outcome in outcomes] == ["", "sql-negative-zero", ""]
    assert target.rows("id, v") == [("a", 0.0), ("c", None)]


def test_what_the_driver_cannot_take_is_refused_without_its_value(target: Any) -> None:
    schema = target.schema(
        Field(name="id", type=FieldType.INTEGER), Field(name="v", type=FieldType.STRING), key=("id",)
    )
    rows = [{"id": 1, "v": "x"}, {"id": 2**63, "v": "secret"}, {"id": 3, "v": "secret\ud800"}]
    outcomes = target.write(target.sink(schema), schema, rows)
    assert [outcome.code for outcome in outcomes] == ["", "sql-value-unfit", "sql-value-unfit"]
    assert "secret" not in str(outcomes)
    assert target.rows("id, v") == [(1, "x")]


def test_columns_are_declared_for_other_readers(target: Any) -> None:
    schema = target.schema(
        *(Field(name=kind.value, type=kind, nullable=True) for kind in FieldType), key=("string",)
    )
    target.sink(schema)
    declared = target.run("SELECT name, type, \"notnull\", pk FROM pragma_table_info('hcp')")
    assert declared == [
        ("string", "TEXT", 1, 1),
        ("integer", "BIGINT", 0, 0),
        ("decimal", "TEXT", 0, 0),
        ("float", "REAL", 0, 0),
        ("boolean", "BOOLEAN", 0, 0),
        ("date", "TEXT", 0, 0),
        ("time", "TEXT", 0, 0),
        ("datetime", "TEXT", 0, 0),
        ("local_datetime", "TEXT", 0, 0),
        ("json", "TEXT", 0, 0),
        ("_version", "INTEGER", 1, 0),
    ]
