"""INC: going on where the last read ended, without loss."""

import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from connector_sdk.conformance.anatomy import Anatomy
from connector_sdk.conformance.book import Number
from connector_sdk.conformance.catalogue import rule
from connector_sdk.conformance.comparing import agree, moment
from connector_sdk.conformance.lab import Lab, Visit
from connector_sdk.conformance.outcome import Tier
from connector_sdk.conformance.player import Fault, Seen
from connector_sdk.conformance.player.aim import on_data
from connector_sdk.conformance.player.faults import answering, with_tree

LARGEST = 64 * 1024
"""Bytes of a cursor at most: it is written at every commit."""


@rule("INC-01", Tier.BRONZE, gate="incremental", requires=("RD-01",))
def cursors_are_small_json(lab: Lab) -> None:
    """A cursor is JSON, of at most 64 KiB, and the same after it was written and read.

    The ledger keeps it as JSON text; what does not survive that makes the next run begin elsewhere.
    """
    for stream in lab.book.streams:
        for page in lab.clean(stream).pages:
            text = json.dumps(page.cursor)
            lab.holds(json.loads(text) == page.cursor, f"{stream}: a cursor is not the same after JSON")
            lab.holds(len(text) <= LARGEST, f"{stream}: a cursor has {len(text)} bytes")


@rule("INC-02", Tier.BRONZE, gate="incremental", requires=("RD-01",))
def goes_on_from_the_cursor(lab: Lab) -> None:
    """A second read asks for what changed, and gives that alone.

    A connector that silently reads everything again costs the system, doubles what cannot be recognised, and
    hides that its cursor has never worked.
    """
    for stream in (each.stream for each in lab.anatomies() if each.incremental):
        with lab.visit(f"read.{stream}.full") as visit:
            _first, state = _read_full(lab, visit, stream)
            before = {(seen.target, seen.body) for seen in visit.asked}
            visit.player.play(f"read.{stream}.delta")
            reading = visit.read(stream, state)
            after = {(seen.target, seen.body) for seen in visit.asked} - before
        lab.holds(bool(after), f"{stream}: the second read asked what the first had asked, without a cursor")
        lab.sends(reading, _new(lab, stream), f"{stream}, read on")


@rule("INC-03", Tier.BRONZE, gate="incremental", requires=("INC-02",), faults=True)
def ties_are_not_lost(lab: Lab) -> None:
    """A record that changed at the very moment of the cursor is not passed over.

    Clocks of systems tick in seconds, and several records share a tick: asking for what is later than the
    last one loses those that came after it within the same.
    """
    for stream in (each.stream for each in lab.anatomies() if each.incremental):
        parts = lab.anatomy(stream)
        field = parts.cursor_field
        latest = max((record[field] for record in lab.book.golden(stream)), key=_order)
        new = _new(lab, stream)

        def tied(_seen: Seen, tree: Any, parts: Anatomy = parts, latest: Any = latest, new: Any = new) -> Any:
            return parts.with_records(
                tree,
                [
                    {**record, parts.cursor_field: latest}
                    if any(agree(one, record) for one in new)
                    else record
                    for record in parts.records_in(tree)
                ],
            )

        with lab.visit(f"read.{stream}.full") as visit:
            _first, state = _read_full(lab, visit, stream)
            visit.player.play(f"read.{stream}.delta")
            fault = Fault("a tie at the cursor", with_tree(tied), on_data(), times=None)
            visit.player.inject(fault)
            before = len(visit.asked)
            reading = visit.read(stream, state)
            asked = visit.asked[before:]
        lab.sends(
            reading, [{**one, field: latest} for one in new], f"{stream}, a record tying with the cursor"
        )
        lab.holds(
            not _later(asked, latest), f"{stream}: it was asked for what is later than the cursor alone"
        )


@rule("INC-05", Tier.BRONZE, gate="incremental", requires=("RD-01",), faults=True)
def cursors_are_never_ahead(lab: Lab) -> None:
    """After an error at any page, the cursor leads to everything that was not given out.

    A cursor that moves before its records do makes every error a loss, which the next run makes permanent.
    """
    for stream in (each.stream for each in lab.anatomies() if each.incremental):
        wanted = lab.clean(stream).records
        names = [f"read.{stream}.{part}" for part in ("full", "delta", "resume")]
        everything = [name for name in names if lab.book.scenario(name)]
        for page in range(1, len(lab.anatomy(stream).data())):
            fault = Fault("a refusal", answering(400), on_data(page))
            with lab.visit(f"read.{stream}.full", faults=[fault]) as visit:
                broken = visit.read(stream)
                lab.holds(broken.raised is not None, f"{stream}: a refusal of page {page + 1} went unnoticed")
                visit.player.play(*everything)
                rest = visit.read(stream, broken.state)
            lost = len(set(wanted) - set(broken.records) - set(rest.records))
            lab.holds(
                rest.raised is None and lost == 0,
                f"{stream}: after an error at page {page + 1}, {lost} records were passed over"
                if rest.raised is None
                else f"{stream}: after an error at page {page + 1}, going on failed",
            )


@rule("INC-09", Tier.SILVER, gate="incremental", requires=("RD-01",))
def foreign_cursors_are_refused(lab: Lab) -> None:
    """A cursor that the connector never gave out is refused, before any record is asked for.

    Taking it for "from the beginning" hides the loss of a cursor, and reads everything again unasked.
    """
    for stream in (each.stream for each in lab.anatomies() if each.incremental):
        for foreign in ({"format": 999_999, "x": "y"}, ["a", 1], "2001"):
            with lab.visit(f"read.{stream}.full") as visit:
                reading = visit.read(stream, foreign)
                asked = sum(1 for seen in visit.asked if seen.index in lab.anatomy(stream).pages)
            lab.holds(
                reading.raised is not None and reading.raised.from_sdk,
                f"{stream}: a cursor of another make was taken, or not refused with an error of the SDK",
            )
            lab.holds(asked == 0, f"{stream}: {asked} requests were sent for a cursor of another make")


def _read_full(lab: Lab, visit: Visit, stream: str) -> tuple[list[bytes], Any]:
    reading = visit.read(stream)
    lab.same(reading, stream, f"{stream}, read in full")
    return reading.records, reading.state


def _new(lab: Lab, stream: str) -> list[dict[str, Any]]:
    """Return the records of the second read that the first did not have."""
    known = lab.book.golden(stream)
    return [one for one in lab.book.golden(stream, "delta") if one not in known]


def _later(asked: Sequence[Seen], latest: Any) -> bool:
    """Tell whether the moments that requests name, if any, all lie behind the latest that was read.

    One of several may: the end of what is asked for, or where the next part of it begins.
    """
    newest = moment(latest) if isinstance(latest, str) else None
    named = [found for seen in asked for text in seen.query.values() if (found := moment(text))]
    return newest is not None and bool(named) and min(named) > newest


def _order(value: Any) -> Any:
    return Decimal(value) if isinstance(value, Number) else value
