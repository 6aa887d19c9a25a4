"""RD: what is read is what the system has, once, and no more of it than was asked for."""

from collections.abc import Sequence
from typing import Any

from connector_sdk.conformance.book import parse
from connector_sdk.conformance.catalogue import rule
from connector_sdk.conformance.comparing import agree
from connector_sdk.conformance.lab import Lab
from connector_sdk.conformance.outcome import Tier

AHEAD = 1
"""Pages that may be asked for beyond the one given out: a page's cursor may depend on what follows."""


@rule("RD-01", Tier.BRONZE, gate="read", requires=("CAP-01",))
def unaltered(lab: Lab) -> None:
    """Every record that is read is one of the system's, with the values that the system sent.

    A connector that alters, drops or invents values corrupts everything behind it, and no later check knows
    what the system had said. The values of a run are made up for it, so that nobody can know them beforehand.
    """
    for stream in lab.book.streams:
        known = lab.book.golden(stream)
        reading = lab.clean(stream)
        found = [parse(record) for record in reading.records]
        codes = ", ".join(sorted({fault.code for fault in reading.faults}))
        aside = f": {len(reading.faults)} were set aside ({codes})" if reading.faults else ""
        lab.holds(bool(found) or not known, f"{stream}: not one record came{aside}")
        for number, record in enumerate(found, 1):
            sent = next((other for other in known if agree(record, other)), None)
            if sent is None:
                lab.fails(f"{stream}: record {number} is none that the system sent")
            lost = sorted(set(sent) - set(record))
            lab.holds(not lost, f"{stream}: record {number} lacks {', '.join(map(repr, lost))}")
        if not lab.anatomy(stream).paged:
            lab.holds(len(found) >= len(known), f"{stream}: {len(found)} of {len(known)} records came")
        lab.facts.append(f"{stream}: {len(found)} records compared with the book, value by value")


@rule("RD-02", Tier.BRONZE, gate="read", requires=("RD-01",))
def in_a_stream(lab: Lab) -> None:
    """Records are given out while pages arrive, and no page is asked for long before it is needed.

    A connector that first collects everything needs as much memory as the system has records, and loses all
    of it when the last page fails. One page may be asked for ahead, since it may decide the cursor.
    """
    for parts in lab.anatomies():
        stream, pages = parts.stream, len(parts.pages)
        if pages <= 1 + AHEAD:
            continue
        with lab.visit(parts.scenario()) as visit:
            first = visit.read(stream, pages=1).records
            asked = len({seen.index for seen in visit.asked if seen.index in parts.pages})
        # What is given out together may be made of several of the system's own pages.
        needed = next((at for at in range(1, pages) if sum(parts.counts[:at]) >= len(first)), pages)
        told = f"{stream}: {asked} of {pages} pages were asked for, where {needed} were due"
        lab.holds(asked <= needed + AHEAD, told)
        lab.facts.append(f"{stream}: {asked} requests for {needed} of {pages} pages")


@rule("RD-03", Tier.BRONZE, gate="read", requires=("RD-01",))
def once_and_in_order(lab: Lab) -> None:
    """Reading twice gives the same records in the same order, and none of them twice.

    Duplicates are counted as data by everything that follows, and an order that changes makes it impossible
    to go on where a run broke off.
    """
    for stream in lab.book.streams:
        first = lab.clean(stream).records
        doubled = _doubled(first, lab.book.golden(stream))
        lab.holds(doubled == 0, f"{stream}: {doubled} of {len(first)} records came more than once")
        with lab.visit(f"read.{stream}.full") as visit:
            again = visit.read(stream)
        lab.same(again, stream, f"{stream}, read again")


def _doubled(records: Sequence[bytes], known: Sequence[Any]) -> int:
    """Count the records beyond how often the system sent them, however they are spelled."""
    waiting, doubled = list(known), 0
    for record in map(parse, records):
        at = next((at for at, sent in enumerate(waiting) if agree(record, sent)), None)
        if at is None:
            doubled += 1
        else:
            del waiting[at]
    return doubled
