"""PAG: all pages, and never fewer without an error."""

from typing import Any

from connector_sdk.conformance.anatomy import Anatomy
from connector_sdk.conformance.book import changed, find, parse
from connector_sdk.conformance.catalogue import rule
from connector_sdk.conformance.comparing import agree
from connector_sdk.conformance.lab import Lab
from connector_sdk.conformance.outcome import Tier
from connector_sdk.conformance.player import Fault, Seen
from connector_sdk.conformance.player.aim import on_data
from connector_sdk.conformance.player.faults import with_tree

REPEATS = 2
"""How often a page may be asked for again before that is noticed."""


@rule("PAG-01", Tier.BRONZE, gate="paging", requires=("RD-01",))
def all_pages(lab: Lab) -> None:
    """Every record of every page is read.

    A connector that stops early reports success with a part of the data: the most common loss there is, and
    the one that nobody sees.
    """
    for stream in (each.stream for each in lab.anatomies() if each.paged):
        known = lab.book.golden(stream)
        found = [parse(record) for record in lab.clean(stream).records]
        missing = sum(1 for sent in known if not any(agree(record, sent) for record in found))
        lab.holds(missing == 0, f"{stream}: {missing} of {len(known)} records never came")
        lab.facts.append(f"{stream}: {len(known)} records on {len(lab.anatomy(stream).pages)} pages")


@rule("PAG-02", Tier.BRONZE, gate="paging", requires=("PAG-01",), faults=True)
def an_empty_page_is_no_end(lab: Lab) -> None:
    """A page without records, after which others follow, does not end the read.

    Systems filter a page after they cut it: where it comes out empty, a connector that stops loses the rest.
    """
    for parts in (each for each in lab.anatomies() if each.paged and (each.next or each.total)):
        # A system with neither says with an empty page that there is no more.
        empty = min(1, len(parts.pages) - 2)  # after the last one, no others follow
        before, gone = sum(parts.counts[:empty]), parts.counts[empty]

        def emptied(
            seen: Seen, tree: Any, parts: Anatomy = parts, gone: int = gone, empty: int = empty
        ) -> Any:
            tree = parts.with_total(tree, lambda total: total - gone)
            return parts.with_records(tree, []) if seen.index == parts.pages[empty] else tree

        fault = Fault("an empty page", with_tree(emptied), on_data(), times=None, expect=(empty + 1, None))
        with lab.visit(parts.scenario(), faults=[fault]) as visit:
            reading = visit.read(parts.stream)
        clean = lab.clean(parts.stream).records
        wanted = clean[:before] + clean[before + gone :]
        assertion = lab.equal if parts.next else lab.never_other
        assertion(reading, wanted, f"{parts.stream}, page {empty + 1} being empty")


@rule("PAG-04", Tier.BRONZE, gate="paging", requires=("PAG-01",), faults=True)
def loops_are_noticed(lab: Lab) -> None:
    """A system that gives the same page again and again is not asked for ever, nor believed.

    Such a read never ends, and fills the target with the same records until somebody looks.
    """
    for parts in (each for each in lab.anatomies() if each.paged):
        first = parts.data()[parts.pages[0]].response

        def again(seen: Seen, tree: Any, parts: Anatomy = parts, first: Any = first) -> Any:
            if not parts.next:
                return first if seen.index > parts.pages[0] else tree
            known = find(first, parts.next)[0]
            return changed(tree, parts.next, lambda _: known) if seen.index == parts.pages[1] else tree

        fault = Fault("the same page again", with_tree(again), on_data(), times=None, expect=(2, None))
        with lab.visit(parts.scenario(), faults=[fault]) as visit:
            reading = visit.read(parts.stream, pages=20)
            asked = [seen for seen in visit.asked if seen.index in parts.pages]
            repeats = max(seen.nth for seen in asked) if parts.next else len(asked) - 2
        lab.sdk_error(reading, f"{parts.stream}, pages repeating")
        lab.holds(repeats <= REPEATS, f"{parts.stream}: the same page was asked for {repeats} times more")


@rule("PAG-05", Tier.BRONZE, gate="read", requires=("RD-01",), faults=True)
def nothing_is_no_error(lab: Lab) -> None:
    """A system without records is read without an error, and can be read on from there.

    Where nothing new is the ordinary case, an error each night is soon ignored; and a cursor lost with it
    means that everything is read again, or that what comes next is passed over.
    """
    for parts in lab.anatomies():
        last = parts.data()[parts.pages[-1]].response

        def nothing(seen: Seen, tree: Any, parts: Anatomy = parts, last: Any = last) -> Any:
            if seen.index not in parts.pages:
                return tree
            return parts.with_records(parts.with_total(last, lambda _: 0), [])

        fault = Fault("no records", with_tree(nothing), on_data(), times=None)
        with lab.visit(parts.scenario(), faults=[fault]) as visit:
            reading = visit.read(parts.stream)
            lab.equal(reading, [], f"{parts.stream}, having no records")
            lab.equal(visit.read(parts.stream, reading.state), [], f"{parts.stream}, read on from there")


@rule("TRU-05", Tier.BRONZE, gate="total", requires=("PAG-01",), faults=True)
def totals_are_held_against(lab: Lab) -> None:
    """Where the system says how many records there are, fewer are not taken for all.

    The total is the one proof of completeness that such a system gives; a connector that reads it and does
    not compare reports success with a part of the data.
    """
    for parts in (each for each in lab.anatomies() if each.total):

        def more(_seen: Seen, tree: Any, parts: Anatomy = parts) -> Any:
            return parts.with_total(tree, lambda total: total + 1)

        fault = Fault("a total of one more", with_tree(more), on_data(), times=None)
        with lab.visit(parts.scenario(), faults=[fault]) as visit:
            reading = visit.read(parts.stream)
        lab.sdk_error(reading, f"{parts.stream}, one record short of the total")
