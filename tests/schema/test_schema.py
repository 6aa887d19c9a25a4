"""Schemas, and the classes authors write them with."""

import subprocess
import sys
from datetime import datetime
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Annotated, Any

import msgspec
import pytest
from msgspec import UNSET, field

from connector_sdk.errors import ConfigurationError
from connector_sdk.schema import (
    Cursor,
    Field,
    FieldType,
    Key,
    Local,
    Maybe,
    Personal,
    Record,
    Schema,
    record_type,
    schema_of,
)
from tests.schema.author_example import Sample

X = FieldType


def test_an_authors_class_becomes_a_schema() -> None:
    schema = schema_of(Sample)
    assert schema.key == ("id",)
    assert schema.cursor == "updated_at"
    assert schema.fields == (
        Field(name="id", type=X.STRING),
        Field(name="updated_at", type=X.DATETIME),
        Field(name="initials", type=X.STRING, nullable=True, optional=True, personal=True),
        Field(name="count", type=X.INTEGER),
        Field(name="dose", type=X.DECIMAL, nullable=True),
        Field(name="ratio", type=X.FLOAT),
        Field(name="fasting", type=X.BOOLEAN),
        Field(name="drawn", type=X.LOCAL_DATETIME),
        Field(name="born", type=X.DATE),
        Field(name="at", type=X.TIME),
        Field(name="tags", type=X.JSON),
        Field(name="more", type=X.JSON, nullable=True, optional=True),
        Field(name="rest", type=X.JSON, nullable=True),
    )


def test_names_in_the_source_may_differ() -> None:
    class Renamed(Record, rename="camel"):
        sample_id: Annotated[str, Key]
        taken_at: Annotated[Maybe[datetime], Cursor, Personal] = field(default=UNSET, name="@taken")

    schema = schema_of(Renamed)
    assert schema.names == ("sampleId", "@taken")
    assert (schema.key, schema.cursor, schema["@taken"].personal) == (("sampleId",), "@taken", True)


@pytest.mark.slow
def test_mypy_reads_it_strictly() -> None:
    example = Path(__file__).with_name("author_example.py")
    command = [sys.executable, "-m", "mypy", "--strict", "--follow-imports=silent", str(example)]
    root = Path(__file__).parents[2]
    found = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout


def test_records_are_frozen_and_keyword_only() -> None:
    class Small(Record):
        id: str = UNSET  # type: ignore[assignment]  # the base forbids nothing here
        n: int

    with pytest.raises(TypeError):
        Small("1", 2)  # type: ignore[misc]  # that is what is tested
    with pytest.raises(AttributeError):
        Small(n=1).n = 2  # type: ignore[misc]  # that is what is tested


def _record(hint: Any, **default: Any) -> type[Record]:
    """Make a record type `Odd` with the field `x`."""
    body = {"__annotations__": {"x": hint}, "__module__": __name__, **default}
    return type(Record)("Odd", (Record,), body)


class Colour(Enum):
    RED = 1


@pytest.mark.parametrize("hint", [bytes, Colour, int | str, set[str], complex, None, Annotated[int, Local]])
def test_what_has_no_exact_json_form_is_refused(hint: Any) -> None:
    record = _record(hint)
    with pytest.raises(TypeError, match=r"Odd\.x: "):
        schema_of(record)


@pytest.mark.parametrize("default", [5, None, field(default_factory=int)])
def test_a_default_would_invent_a_value(default: Any) -> None:
    record = _record(int | None, x=default)
    with pytest.raises(TypeError, match="only default is UNSET"):
        schema_of(record)


def test_a_stream_has_one_cursor() -> None:
    class Two(Record):
        a: Annotated[int, Cursor]
        b: Annotated[int, Cursor]

    with pytest.raises(TypeError, match="one cursor"):
        schema_of(Two)


A, B = Field(name="a", type=X.STRING), Field(name="b", type=X.JSON)


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        (Schema(fields=(A, A)), "field 'a' is there twice"),
        (Schema(fields=(A,), key=("a", "a")), "the key names a field twice"),
        (Schema(fields=(A,), key=("A",)), "its key 'A' is none of its fields"),
        (Schema(fields=(A,), cursor="b"), "its cursor 'b'"),
        (Schema(fields=(A,), subject="b"), "its subject 'b'"),
        (Schema(fields=(A, B), key=("b",)), "key field 'b' has the type json"),
    ],
)
def test_a_schema_holds_together(schema: Schema, said: str) -> None:
    with pytest.raises(ConfigurationError, match=said) as caught:
        record_type(schema)
    assert caught.value.code == "schema-unsound"


def test_a_schema_is_a_value() -> None:
    one, two = (Schema(fields=(A, B), key=("a",)) for _ in range(2))
    assert one == two
    assert hash(one) == hash(two)
    assert record_type(one) is record_type(two)
    assert one != Schema(fields=(B, A), key=("a",))
    assert ("a" in one, "c" in one, one["b"]) == (True, False, B)


def test_records_of_a_schema_keep_its_order() -> None:
    struct = record_type(Schema(fields=(Field(name="z", type=X.DECIMAL, optional=True), A)))
    assert msgspec.structs.astuple(struct(f1="x")) == (UNSET, "x")
    assert msgspec.structs.astuple(struct(f0=Decimal(1), f1="x")) == (Decimal(1), "x")
    assert struct.__struct_encode_fields__ == ("z", "a")
