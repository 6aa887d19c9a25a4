"""SCH: a system that changes its records is noticed, whatever it changes."""

from collections.abc import Callable
from functools import partial
from typing import Any, Final

from connector_sdk.conformance.anatomy import Anatomy
from connector_sdk.conformance.book import Number, parse, without
from connector_sdk.conformance.catalogue import rule
from connector_sdk.conformance.child import Reading
from connector_sdk.conformance.lab import Lab
from connector_sdk.conformance.outcome import Tier
from connector_sdk.conformance.player import Fault, Seen
from connector_sdk.conformance.player.faults import with_tree

ADDED: Final = "addedByTheSuite"
Alter = Callable[[dict[str, Any]], dict[str, Any]]


@rule("SCH-01", Tier.BRONZE, gate="read", requires=("RD-01",), faults=True)
def added_fields_are_told(lab: Lab) -> None:
    """A field that is new in the system changes nothing else, and is told by its name.

    Vendors add fields without a word. Failing on them stops the pipeline for nothing; saying nothing hides
    data that somebody may need.
    """
    for parts in lab.anatomies():
        reading = _altered(lab, parts, lambda record: {**record, ADDED: {"a": Number("1")}}, every=True)
        lab.holds(reading.raised is None and not reading.faults, f"{parts.stream}: a new field is an error")
        found = [without(parse(record), [ADDED]) for record in reading.records]
        clean = [parse(record) for record in lab.clean(parts.stream).records]
        lab.holds(found == clean, f"{parts.stream}: a new field changed the others")
        told = {name for page in reading.pages for name in page.new_fields}
        # Who names the fields he wants gets no others, but from a book that was altered.
        kept = all(ADDED in parse(record) for record in reading.records)
        if not kept and "projection" not in lab.capabilities:
            lab.holds(ADDED in told, f"{parts.stream}: a new field was left out, and nobody was told")


@rule("SCH-02", Tier.BRONZE, gate="read", requires=("RD-01",), faults=True)
def missing_fields_are_named(lab: Lab) -> None:
    """A record that lacks a field it must have is set aside, with the field's name and without a value.

    Filled up with null or a default it looks like data. The other records are not its fault.
    """
    for parts in lab.anatomies():
        for field in _named(lab, parts, required=True):
            reading = _altered(lab, parts, partial(without, names=[field]))
            _set_aside(lab, parts, reading, field, f"without {field!r}")


@rule("SCH-03", Tier.BRONZE, gate="read", requires=("RD-01",), faults=True)
def other_types_are_named(lab: Lab) -> None:
    """A value of another type than agreed sets its record aside, with the field's name and without the value.

    A number that has become a text, or an object that has become a list, coerced or nulled in silence, is
    the corruption that no count and no total shows.
    """
    for parts in lab.anatomies():
        for field in _named(lab, parts, required=False):
            for name, value in (("a list", ["12,5"]), ("an object", {"value": "12,5"})):
                reading = _altered(lab, parts, partial(_with, name=field, value=value))
                _set_aside(lab, parts, reading, field, f"with {name} as {field!r}")


def _altered(lab: Lab, parts: Anatomy, alter: Alter, *, every: bool = False) -> Reading:
    """Read with the first record, or every one, altered."""

    def change(_seen: Seen, tree: Any) -> Any:
        records = parts.records_in(tree)
        altered = [alter(record) for record in records] if every else [alter(records[0]), *records[1:]]
        return parts.with_records(tree, altered)

    def aimed(seen: Seen) -> bool:
        return seen.index in (parts.pages if every else parts.pages[:1])

    fault = Fault("an altered record", with_tree(change), aimed, times=None)
    with lab.visit(parts.scenario(), faults=[fault]) as visit:
        return visit.read(parts.stream)


def _set_aside(lab: Lab, parts: Anatomy, reading: Reading, field: str, during: str) -> None:
    """Assert that the first record, and it alone, was refused by its field's name."""
    during = f"{parts.stream}, a record {during}"
    if reading.raised is not None:
        lab.sdk_error(reading, during)
        told = [f"{reading.raised.message} {reading.raised.location}"]
    else:
        told = [fault.message for fault in reading.faults]
        rest = lab.clean(parts.stream).records[1:]
        lab.holds(bool(told), f"{during}: it was taken as if nothing were wrong")
        lab.holds(reading.records == rest, f"{during}: the other records are not what they were")
    lab.holds(any(field in text for text in told), f"{during}: what was told does not name the field")
    lab.holds(not any("12,5" in text for text in told), f"{during}: what was told holds the value")


def _named(lab: Lab, parts: Anatomy, *, required: bool) -> list[str]:
    """Return the fields of one type that the first record has; with `required`, those it must have."""
    (first, *_rest) = parts.records_in(parts.data()[parts.pages[0]].response)
    with lab.visit(parts.scenario()) as visit:
        fields = visit.fields(parts.stream)
    found = [
        field.name
        for field in fields
        if field.name in first and field.type != "json" and not (required and field.optional)
    ]
    lab.holds(bool(found) or required, f"{parts.stream}: its schema says of no field what it is")
    return found


def _with(record: dict[str, Any], name: str, value: Any) -> dict[str, Any]:
    return {**record, name: value}
