"""From source records to target records: one function made once for a mapping, run once for a page."""

from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Any

from msgspec import UNSET

from connector_sdk.errors import RecordError
from connector_sdk.mapping.operations import Convert
from connector_sdk.mapping.target import Made
from connector_sdk.schema import Schema, record_type

Apply = Callable[[Sequence[Any]], list[Any]]


def mover(made: Sequence[Made], source: Schema, target: Schema) -> Apply:
    """Return a function from records of `record_type(source)` to those of `record_type(target)`.

    In the place of a record that cannot be mapped stands its RecordError.
    """
    attributes = [f"f{source.names.index(each.source.name)}" for each in made]
    take: Callable[[Any], tuple[Any, ...]] = attrgetter(*attributes, attributes[0])  # two or more: a tuple
    names = [f"f{index}" for index in range(len(made))]
    struct = record_type(target)
    found = ((name, _conversion(each, target)) for name, each in zip(names, made, strict=True))
    conversions = [(name, convert) for name, convert in found if convert]

    def apply(records: Sequence[Any]) -> list[Any]:
        mapped: list[Any] = []
        for record in records:
            values = dict(zip(names, take(record), strict=False))
            try:
                for name, convert in conversions:
                    values[name] = convert(values[name])
            except RecordError as error:
                mapped.append(error.with_traceback(None))
            else:
                mapped.append(struct(**values))
        return mapped

    return apply


def _conversion(each: Made, target: Schema) -> Convert | None:
    """Return what is done to a field's value, null and absent included; None where it passes as it is."""
    nullable, optional = each.source.nullable, each.source.optional
    convert = each.produced.convert
    if not nullable and not optional:
        return convert
    field = target[each.rule.to]
    no_null = nullable and not target.nullable(field)
    no_absence = optional and not target.optional(field)
    if convert is None and not no_null and not no_absence:
        return None

    def guarded(value: Any) -> Any:
        if value is None:
            if no_null:
                raise _refused(each, "field-null", "null")
            return None
        if value is UNSET:
            if no_absence:
                raise _refused(each, "field-missing", "absent")
            return UNSET
        return convert(value) if convert else value

    return guarded


def _refused(each: Made, code: str, what: str) -> RecordError:
    return RecordError(
        f"{each.rule.to!r}: field {each.source.name!r} is {what} where the target needs a value",
        code=code,
        hint="mend the record at the source, or change the rule's `null` or the mapping's key",
    )
