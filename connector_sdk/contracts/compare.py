"""How what a source offers differs from what is pinned, and which differences forbid reading."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from msgspec.structs import replace

from connector_sdk.contracts.contract import Contract
from connector_sdk.errors import ContractError
from connector_sdk.schema import Field, FieldType, Schema

Kind = Literal["added", "removed", "type", "nullable", "optional", "key"]

_HOLDS: dict[FieldType, frozenset[FieldType]] = {
    FieldType.DECIMAL: frozenset({FieldType.INTEGER, FieldType.FLOAT}),
    FieldType.FLOAT: frozenset({FieldType.INTEGER, FieldType.DECIMAL}),
    FieldType.JSON: frozenset(FieldType),
    **{kind: frozenset({FieldType.STRING}) for kind in FieldType if kind.temporal},
}
"""Pinned type: offered types of the same JSON form; the decoder refuses each record that does not fit."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One way in which the offered schema is not the pinned one; `breaking` ones forbid reading.

    `field` is empty where the key as a whole differs; `old` and `new` are types, `key` a list of names.
    """

    field: str
    kind: Kind
    old: str
    new: str
    breaking: bool
    message: str


def compare(pinned: Schema, offered: Schema, *, textual: bool = False) -> list[Difference]:
    """Return the differences that records could show, in the order of the pinned fields, new ones last.

    A `textual` source (CSV) may offer string for any declared type. What the source merely no longer uses
    (a null, an absence, a wider type) is no difference.
    """
    found: list[Difference] = []
    for field in pinned.fields:
        if field.name in offered:
            found += _changed(pinned, field, offered[field.name], offered, textual=textual)
        else:
            found.append(_removed(pinned, field))
    for field in offered.fields:
        if field.name not in pinned:
            what = f"field {field.name!r} is new in the source"
            found.append(Difference(field.name, "added", "", str(field.type), False, what))
    if offered.key and offered.key != pinned.key:
        old, new = ", ".join(pinned.key), ", ".join(offered.key)
        what = f"the key is {new!r}, no longer {old!r}" if old else f"the key is {new!r}, where none was"
        found.append(Difference("", "key", old, new, True, what))
    return found


def require_same(
    contract: Contract, offered: Schema, *, textual: bool = False, used: Callable[[str], str] = lambda _: ""
) -> tuple[Difference, ...]:
    """Return the differences to report; raises ContractError (contract-changed) naming each that forbids.

    `used` says of a field what uses it, in words that can follow what is wrong with it.
    """
    found = compare(contract.schema, offered, textual=textual)
    refused = [
        each
        for each in found
        if each.breaking or (each.kind == "added" and contract.on_new_field == "refuse")
    ]
    if refused:
        what = [each.message + (used(each.field) if each.kind != "added" else "") for each in refused]
        if any(each.kind == "removed" for each in refused):
            # Perhaps one of them is the new name of what is missing.
            what += [each.message for each in found if each.kind == "added" and each not in refused]
        raise ContractError(
            f"stream {contract.stream!r} is not what its contract says: {'; '.join(what)}",
            code="contract-changed",
            hint="look with `connector-sdk contract diff P`; accept with `connector-sdk contract pin P`",
        )
    return tuple(found)


def merge(pinned: Schema, offered: Schema, *, textual: bool = False) -> Schema:
    """Return the schema to pin anew: what the source offers, with what people declared and still holds.

    Declared are: types that hold what is offered, personal marks, permitted nulls and absences, optional
    fields not seen this time, key, cursor and subject.
    """
    fields = [_merged(pinned, field, textual=textual) for field in offered.fields]
    fields += [field for field in pinned.fields if pinned.optional(field) and field.name not in offered]
    names = {field.name for field in fields}
    kept_key = pinned.key if pinned.key and names.issuperset(pinned.key) else ()
    return Schema(
        fields=tuple(fields),
        key=offered.key or kept_key,
        cursor=pinned.cursor if pinned.cursor in names else offered.cursor,
        subject=pinned.subject if pinned.subject in names else offered.subject,
    )


def _removed(pinned: Schema, field: Field) -> Difference:
    optional = pinned.optional(field)
    what = f"field {field.name!r} is not there" + (" (it is optional)" if optional else "")
    return Difference(field.name, "removed", str(field.type), "", not optional, what)


def _changed(pinned: Schema, field: Field, new: Field, offered: Schema, *, textual: bool) -> list[Difference]:
    found: list[Difference] = []
    if not _holds(field.type, new, textual=textual):
        what = f"field {field.name!r} is {new.type}, no longer {field.type}"
        found.append(Difference(field.name, "type", str(field.type), str(new.type), True, what))
    if offered.nullable(new) and not pinned.nullable(field):
        what = f"field {field.name!r} may be null, which the contract does not permit"
        found.append(Difference(field.name, "nullable", "not null", "nullable", False, what))
    if offered.optional(new) and not pinned.optional(field):
        what = f"field {field.name!r} may be absent, which the contract does not permit"
        found.append(Difference(field.name, "optional", "required", "optional", False, what))
    return found


def _holds(pinned: FieldType, offered: Field, *, textual: bool) -> bool:
    if pinned is offered.type or offered.unseen or (textual and offered.type is FieldType.STRING):
        return True
    return offered.type in _HOLDS.get(pinned, ())


def _merged(pinned: Schema, new: Field, *, textual: bool) -> Field:
    if new.name not in pinned:
        return new
    old = pinned[new.name]
    holds = _holds(old.type, new, textual=textual)
    return replace(
        new,
        type=old.type if holds else new.type,
        nullable=old.nullable or new.nullable,
        optional=old.optional or new.optional,
        personal=old.personal or new.personal,
        unseen=False,
    )
