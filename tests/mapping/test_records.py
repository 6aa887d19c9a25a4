"""What becomes of records: copies are lossless, codes are translated or refused, null is not absent."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import UNSET

from connector_sdk.decode import Decoder, encode_record
from connector_sdk.errors import RecordError
from connector_sdk.mapping import Mapping, compile_mapping, read_mapping
from connector_sdk.schema import Field, FieldType, Schema, record_type
from tests.decode.samples import rows, schemas, values_of
from tests.mapping.source import CONTACT, HEAD, write

READABLE = st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1)


def mapped(mapping: Mapping, *records: dict[str, Any]) -> list[Any]:
    """Map records given as mappings, and return what each became, by field."""
    struct = record_type(mapping.source)
    names = mapping.source.names
    made = [
        struct(**{f"f{names.index(name)}": value for name, value in record.items()}) for record in records
    ]
    found = mapping.apply(made)
    assert len(found) == len(records)
    return [each if isinstance(each, RecordError) else _by_name(mapping, each) for each in found]


def _by_name(mapping: Mapping, record: Any) -> dict[str, Any]:
    values = (getattr(record, name) for name in record.__struct_fields__)
    return dict(zip(mapping.schema.names, values, strict=True))


@dataclass
class Contacts:
    folder: Path

    def __call__(self, *rules: str, keys: str = "") -> Mapping:
        return compile_mapping(read_mapping(write(self.folder, *rules, keys=keys)), CONTACT)


@pytest.fixture(name="mapping")
def _mapping(tmp_path: Path) -> Callable[..., Mapping]:
    return Contacts(tmp_path)


def contact(**values: Any) -> dict[str, Any]:
    record = {"Id": "1", "Email": None, "Tier": 2, "Active": True, "Spend": None, "Modified": None}
    return {**record, **values}


def test_a_rule_copies_and_renames(mapping: Contacts) -> None:
    made = mapping("to: id, from: Id", "to: mail, from: Email")
    assert mapped(made, contact(Email="a@example.org"), contact(Id="2")) == [
        {"id": "1", "mail": "a@example.org"},
        {"id": "2", "mail": None},
    ]


def test_the_only_field_can_be_mapped(mapping: Contacts) -> None:
    assert mapped(mapping("to: id, from: Id"), contact(Id="ab")) == [{"id": "ab"}]


@pytest.mark.req("A11-4.8", "P11-10a-3")
@settings(deadline=None, max_examples=30)
@given(data=st.data(), source=schemas(READABLE))
def test_copying_is_lossless(data: st.DataObject, source: Schema) -> None:
    """Every type, nulls and absences included, in any order of fields."""
    texts = [encode_record(row, source) for row in data.draw(st.lists(rows(source), min_size=1, max_size=3))]
    before = Decoder(source).decode_page(texts)
    order = data.draw(st.permutations(source.names))
    with TemporaryDirectory() as folder:
        path = Path(folder, "mapping.yaml")
        rules = "".join(f'  - {{to: "new {name}", from: "{name}"}}\n' for name in order)
        path.write_text(f"{HEAD}rules:\n{rules}", encoding="utf-8")
        mapping = compile_mapping(read_mapping(path), source)
    after = mapping.apply(before)
    for old, new in zip(before, after, strict=True):
        assert values_of(mapping.schema, new) == {
            f"new {name}": value for name, value in values_of(source, old).items()
        }
    again = Decoder(mapping.schema).decode_page([encode_record(record, mapping.schema) for record in after])
    schema = mapping.schema
    assert [values_of(schema, one) for one in again] == [values_of(schema, one) for one in after]


@pytest.mark.parametrize(
    ("rule", "field", "values", "given"),
    [
        ('args: {map: {M: male, "": none}}', "Email", ["M", "", None], ["male", "none", None]),
        ('args: {map: {"1": low, "-2": under}}', "Tier", [1, -2], ["low", "under"]),
        ('args: {map: {"true": A, "false": B}}', "Active", [True, False], ["A", "B"]),
        ('args: {type: integer, map: {"2": 20}, unmapped: keep}', "Tier", [2, 3], [20, 3]),
        ("args: {map: {a: b}, unmapped: keep}", "Email", ["a", "A", "c", None], ["b", "A", "c", None]),
        ('args: {type: boolean, map: {"1": true, "0": false}}', "Tier", [1, 0], [True, False]),
        ("args: {type: decimal, map: {a: 1.10, b: 2}}", "Email", ["a", "b"], ["1.10", "2"]),
    ],
)
def test_a_code_list_translates(
    mapping: Contacts, rule: str, field: str, values: list[Any], given: list[Any]
) -> None:
    made = mapping("to: id, from: Id", f"to: code, from: {field}, op: codelist, {rule}")
    found = mapped(made, *(contact(**{field: value}) for value in values))
    codes = [each["code"] for each in found]
    wanted = "decimal" in rule
    assert ([str(code) for code in codes] if wanted else codes) == given
    assert wanted or [type(code) for code in codes] == [type(value) for value in given]


@pytest.mark.req("A11-5")
def test_a_code_that_is_not_in_the_list_sets_its_record_aside_and_no_other(mapping: Contacts) -> None:
    made = mapping("to: id, from: Id", "to: sex, from: Gender, op: codelist, args: {map: {M: male}}")
    one, two, three = mapped(
        made, contact(Gender="M"), contact(Gender="m-canary"), contact(Id="3", Gender=None)
    )
    assert one == {"id": "1", "sex": "male"}
    assert isinstance(two, RecordError)
    assert (two.code, str(two)) == (
        "code-not-mapped",
        "'sex': the code in field 'Gender' is not in the list",
    )
    assert "canary" not in f"{two!r} {two.hint} {two.location}"
    assert three == {"id": "3", "sex": None}


@pytest.mark.req("A11-4.8")
@pytest.mark.parametrize("op", ["copy", "codelist, args: {map: {M: male}}"])
def test_null_is_not_absent(mapping: Contacts, op: str) -> None:
    made = mapping("to: id, from: Id", f"to: sex, from: Gender, op: {op}")
    null, absent = mapped(made, contact(Gender=None), contact(Gender=UNSET))
    assert null["sex"] is None
    assert absent["sex"] is UNSET


def test_a_null_is_a_dead_letter_where_the_rule_says_so(mapping: Contacts) -> None:
    made = mapping("to: id, from: Id", 'to: sex, from: Gender, "null": dead_letter')
    assert not made.schema["sex"].nullable
    null, absent, there = mapped(made, contact(Gender=None), contact(Gender=UNSET), contact(Gender="M"))
    assert isinstance(null, RecordError)
    assert (null.code, str(null)) == (
        "field-null",
        "'sex': field 'Gender' is null where the target needs a value",
    )
    assert absent["sex"] is UNSET
    assert there["sex"] == "M"


@pytest.mark.req("G1")
def test_a_record_without_its_key_is_a_dead_letter(mapping: Contacts) -> None:
    made = mapping("to: sex, from: Gender", "to: mail, from: Email", keys="keys: {business: [sex, mail]}\n")
    assert made.schema.key == ("sex", "mail")
    full, null, absent = mapped(
        made,
        contact(Gender="M", Email="a"),
        contact(Gender="M", Email=None),
        contact(Gender=UNSET, Email="a"),
    )
    assert full == {"sex": "M", "mail": "a"}
    assert isinstance(null, RecordError)
    assert isinstance(absent, RecordError)
    assert (null.code, absent.code) == ("field-null", "field-missing")


def test_marks_go_with_their_fields(mapping: Contacts) -> None:
    made = mapping(
        "to: mail, from: Email",
        "to: id, from: Id",
        "to: changed, from: Modified",
        "to: sex, from: Gender, op: codelist, args: {map: {M: male}}",
        'to: domain, from: Email, op: codelist, args: {type: integer, map: {"a": 1}}',
    )
    field = made.schema.fields
    assert field == (
        Field(name="mail", type=FieldType.STRING, nullable=True, personal=True),
        Field(name="id", type=FieldType.STRING),
        Field(name="changed", type=FieldType.DATETIME),
        Field(name="sex", type=FieldType.STRING, nullable=True, optional=True),
        Field(name="domain", type=FieldType.INTEGER, nullable=True, personal=True),
    )
    assert (made.schema.key, made.schema.cursor, made.schema.subject) == (("id",), "changed", "id")
    assert mapping("to: id, from: Id").schema.cursor is None
