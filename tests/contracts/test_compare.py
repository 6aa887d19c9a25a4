"""What a source may change without asking, and what it may not."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from connector_sdk.contracts import Contract, compare, merge, require_same
from connector_sdk.decode import infer_schema
from connector_sdk.errors import ContractError
from connector_sdk.schema import Field, FieldType, Schema
from tests.decode.samples import schemas

X = FieldType


def _schema(*fields: Field, **roles: Any) -> Schema:
    return Schema(fields=fields, **roles)


def _pair(pinned: FieldType, offered: FieldType) -> tuple[Schema, Schema]:
    return _schema(Field(name="x", type=pinned)), _schema(Field(name="x", type=offered))


ID, NOTE = Field(name="id", type=X.STRING), Field(name="note", type=X.STRING)
PINNED = _schema(ID, NOTE, key=("id",))


@given(schemas())
def test_the_same_schema_does_not_differ(schema: Schema) -> None:
    assert compare(schema, schema) == []
    assert require_same(Contract(stream="s", schema=schema), schema) == ()
    assert merge(schema, schema) == schema


@pytest.mark.req("A11-5", "A11-4.8")
@pytest.mark.parametrize(
    ("offered", "kind", "breaking", "said"),
    [
        (_schema(ID, key=("id",)), "removed", True, "field 'note' is not there"),
        (
            _schema(ID, replace(NOTE, type=X.INTEGER), key=("id",)),
            "type",
            True,
            "is integer, no longer string",
        ),
        (_schema(ID, NOTE, key=("note",)), "key", True, "the key is 'note', no longer 'id'"),
        (_schema(ID, NOTE, Field(name="new", type=X.DATE), key=("id",)), "added", False, "'new' is new"),
        (_schema(ID, replace(NOTE, nullable=True), key=("id",)), "nullable", False, "'note' may be null"),
        (_schema(ID, replace(NOTE, optional=True), key=("id",)), "optional", False, "'note' may be absent"),
    ],
)
def test_each_kind_of_difference(offered: Schema, kind: str, breaking: bool, said: str) -> None:
    (found,) = compare(PINNED, offered)
    assert (found.kind, found.breaking, said in found.message) == (kind, breaking, True)
    contract = Contract(stream="samples", schema=PINNED)
    if breaking:
        with pytest.raises(ContractError, match="samples") as caught:
            require_same(contract, offered)
        assert caught.value.code == "contract-changed"
        assert said in str(caught.value)
    else:
        assert require_same(contract, offered) == (found,)


def test_every_breaking_difference_is_named() -> None:
    offered = _schema(replace(ID, type=X.INTEGER), Field(name="new", type=X.DATE), key=("new",))
    with pytest.raises(ContractError) as caught:
        require_same(Contract(stream="s", schema=PINNED), offered)
    for said in ("'id' is integer", "'note' is not there", "the key is 'new'"):
        assert said in str(caught.value)


def test_a_field_that_is_new_is_named_where_one_is_gone_since_it_may_be_renamed() -> None:
    contract = Contract(stream="s", schema=PINNED)
    new = Field(name="new", type=X.DATE)
    with pytest.raises(ContractError, match="'new' is new in the source"):
        require_same(contract, _schema(ID, new, key=("id",)))
    with pytest.raises(ContractError) as caught:
        require_same(contract, _schema(replace(ID, type=X.INTEGER), NOTE, new, key=("id",)))
    assert "is new in the source" not in str(caught.value)


def test_a_new_field_is_refused_where_the_contract_says_so() -> None:
    offered = _schema(*PINNED.fields, Field(name="new", type=X.DATE), key=("id",))
    with pytest.raises(ContractError, match="'new' is new in the source") as caught:
        require_same(Contract(stream="s", schema=PINNED, on_new_field="refuse"), offered)
    assert caught.value.code == "contract-changed"


def test_what_the_source_no_longer_uses_is_no_difference() -> None:
    pinned = _schema(ID, replace(NOTE, nullable=True, optional=True), key=("id",))
    assert compare(pinned, _schema(ID, NOTE)) == []
    (removed,) = compare(pinned, _schema(ID))
    assert (removed.kind, removed.breaking) == ("removed", False)


@pytest.mark.parametrize(
    ("pinned", "offered", "holds"),
    [
        (X.DECIMAL, X.INTEGER, True),
        (X.FLOAT, X.DECIMAL, True),
        (X.JSON, X.STRING, True),
        (X.DATE, X.STRING, True),
        (X.LOCAL_DATETIME, X.STRING, True),
        (X.INTEGER, X.DECIMAL, False),
        (X.STRING, X.INTEGER, False),
        (X.STRING, X.DATE, False),
        (X.DATETIME, X.LOCAL_DATETIME, False),
        (X.INTEGER, X.STRING, False),
        (X.BOOLEAN, X.STRING, False),
        (X.STRING, X.JSON, False),
    ],
)
def test_types_that_hold_what_is_offered(pinned: FieldType, offered: FieldType, holds: bool) -> None:
    assert (compare(*_pair(pinned, offered)) == []) == holds
    merged = merge(*_pair(pinned, offered))
    assert merged["x"].type is (pinned if holds else offered)


@pytest.mark.parametrize("kind", FieldType)
def test_a_source_of_texts_may_offer_text_for_any_type(kind: FieldType) -> None:
    assert compare(*_pair(kind, X.STRING), textual=True) == []
    assert merge(*_pair(kind, X.STRING), textual=True)["x"].type is kind


@given(schemas(), schemas(), st.booleans())
def test_what_is_pinned_anew_fits_what_is_offered(pinned: Schema, offered: Schema, textual: bool) -> None:
    merged = merge(pinned, offered, textual=textual)
    assert not [each for each in compare(merged, offered, textual=textual) if each.breaking]
    assert not [each for each in compare(merged, offered, textual=textual) if each.kind == "added"]


def test_pinning_anew_keeps_what_people_declared() -> None:
    pinned = _schema(
        ID,
        replace(NOTE, personal=True, nullable=True),
        Field(name="at", type=X.DATETIME),
        Field(name="rare", type=X.STRING, optional=True),
        key=("id",),
        cursor="at",
        subject="note",
    )
    offered = _schema(
        replace(NOTE, type=X.INTEGER), ID, Field(name="at", type=X.STRING), Field(name="n", type=X.DATE)
    )
    assert merge(pinned, offered) == _schema(
        replace(NOTE, type=X.INTEGER, personal=True, nullable=True),
        ID,
        Field(name="at", type=X.DATETIME),
        Field(name="n", type=X.DATE),
        Field(name="rare", type=X.STRING, optional=True),
        key=("id",),
        cursor="at",
        subject="note",
    )
    gone = merge(pinned, _schema(Field(name="n", type=X.DATE), key=("n",), cursor="n"))
    assert (gone.key, gone.cursor, gone.subject) == (("n",), "n", None)


@pytest.mark.parametrize("kind", list(X))
def test_nothing_but_nulls_does_not_change_a_type(kind: FieldType) -> None:
    pinned = _schema(ID, Field(name="note", type=kind, nullable=True), key=("id",))
    offered = infer_schema([[b'{"id":"a","note":null}']], key=("id",), usual=True)
    assert compare(pinned, offered) == []
    assert merge(pinned, offered) == pinned
