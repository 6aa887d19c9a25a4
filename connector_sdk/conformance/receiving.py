"""What the played system holds after a write, against what a sink was given."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from connector_sdk.conformance.book import Exchange, SeededBook, Tree, find, parse, without
from connector_sdk.conformance.child import Writing
from connector_sdk.conformance.comparing import same_value, shown
from connector_sdk.conformance.lab import Lab, Visit
from connector_sdk.errors import RecordError

SAFE: Final = frozenset({"E", "X"})
"""The classes of delivery in which a batch may be written twice."""


def writes(book: SeededBook, sink: str, part: str = "") -> dict[int, Exchange]:
    """Return the exchanges that write to a sink, by their place among those for data."""
    name = f"write.{sink}.{part}" if part else f"write.{sink}"
    data = (each for each in book.scenario(name) if not each.issues_token)
    return {index: each for index, each in enumerate(data) if each.is_write}


def batching(book: SeededBook, sink: str) -> bool:
    """Tell whether one request carries several of a sink's records."""
    path = book.roles(sink).input
    return any(each.asks_json and len(find(each.body, path)) > 1 for each in writes(book, sink).values())


def repeatable(lab: Lab, sink: str) -> bool:
    """Tell whether a batch may be written to a sink twice, as the manifest says.

    Where it says nothing of the one sink, because sinks are made on demand, the requests tell: by a key, or
    by replacing what is there.
    """
    declared = {each.name: each.delivery for each in lab.examination.described.sinks}
    delivery = declared.get(sink, declared.get(None))
    if delivery is not None:
        return delivery in SAFE
    return all(
        each.method in {"PUT", "PATCH"} or any("key" in name.lower() for name in each.headers)
        for each in writes(lab.book, sink).values()
    )


def held(visit: Visit, sink: str) -> list[tuple[Tree, bool]]:
    """Return the records that the system holds, each as often as it holds it.

    What came in a body of another form (one record of a batch, a request that begins or ends a job) is there
    as well, with False.
    """
    path = visit.lab.book.roles(sink).input
    found: list[tuple[Tree, bool]] = []
    for bodies in visit.player.stored.values():
        for body in bodies:
            with suppress(RecordError):
                tree = parse(body)
                records = find(tree, path)
                found += [(each, True) for each in records] or [(tree, False)]
    return found


def holds_what_was_given(visit: Visit, sink: str, writing: Writing, during: str) -> None:
    """Assert that all records were applied, and that the system holds each of them once and nothing else."""
    lab = visit.lab
    if writing.raised is not None:
        lab.fails(f"{during}: the write ended with {shown(writing.raised)}")
    given = lab.book.inputs(sink)
    applied = writing.applied
    lab.holds(applied == len(given), f"{during}: {applied} of {len(given)} records are said to be applied")
    lost, more = _differences(given, held(visit, sink), lab.book.roles(sink).ignore)
    lab.holds(
        lost == 0, f"{during}: {lost} of {len(given)} records are said to be applied, and are not there"
    )
    lab.holds(more == 0, f"{during}: {more} records are there twice, or are none that were given")


def _differences(
    given: Sequence[Tree], there: Sequence[tuple[Tree, bool]], ignored: Sequence[str]
) -> tuple[int, int]:
    """Count what was given and is not there, and what is there beyond what was given."""
    waiting, more = list(given), 0
    kept = [(without(each, ignored), sure) for each, sure in there]
    for each, sure in kept:
        at = next((at for at, one in enumerate(waiting) if same_value(each, one)), None)
        if at is not None:
            del waiting[at]
        elif sure or any(same_value(each, one) for one in given):
            more += 1
    # Records given twice under one identity are there once.
    lost = sum(1 for each in waiting if not any(same_value(each, one) for one, _sure in kept))
    return lost, more
