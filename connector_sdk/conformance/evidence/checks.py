"""Hold a claim against the rules of its edition: nothing in it is believed that can be worked out."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from connector_sdk.conformance.catalogue import WHEEL
from connector_sdk.conformance.certificate import BookFacts, Report
from connector_sdk.conformance.evidence.claim import Claim
from connector_sdk.conformance.evidence.doubt import Doubt
from connector_sdk.conformance.evidence.editions import WINDOW, Edition
from connector_sdk.conformance.evidence.statement import EXTENSION, statement
from connector_sdk.conformance.outcome import Status, Tier
from connector_sdk.conformance.provenance import limits
from connector_sdk.documents.wording import quote

SKEW: Final = timedelta(minutes=5)
"""How far two machines' clocks may be apart."""

_SUMMARIES: Final = ("result", "passedTests", "warnedTests", "failedTests")
_SHOWN: Final = 5


def recomputed(claim: Claim, edition: Edition) -> Report:
    """Return the claimed report with what its own results and its book come to in this edition.

    A rule that the edition lacks counts as of the lowest tier; the claim is refused for it anyway.
    """
    report = claim.report
    highest = min(
        report.highest, edition.highest, limits(report.book, report.started)[0], key=lambda tier: tier.rank
    )
    tiers = {rule: edition.tiers.get(rule, Tier.BRONZE) for rule in {**report.results, **edition.rules}}
    return replace(report, tiers=tiers, highest=highest)


def edition_of(report: Report, editions: Mapping[str, Edition]) -> Edition | Doubt:
    """Return the edition that a claim names, if it is one that still counts."""
    edition = editions.get(report.edition)
    if edition is None:
        known = ", ".join(sorted(editions)[-WINDOW:])
        return Doubt("edition", f"edition {quote(report.edition)} is not among those known here: {known}")
    if edition.catalogue != report.catalogue:
        return Doubt("edition", f"its rules are not those published as edition {edition.name}")
    return edition


def unsound_results(report: Report, edition: Edition) -> Iterator[Doubt]:
    """Yield what cannot be: rules missing or unknown, results that their capabilities or rules forbid.

    Evidence is about a wheel, so that the rules about wheels count whether or not it says so.
    """
    if missing := edition.rules.keys() - report.results.keys():
        yield Doubt("rules", f"it says nothing about {_some(missing)}")
    if unknown := report.results.keys() - edition.rules.keys():
        yield Doubt("rules", f"edition {edition.name} has no rule {_some(map(quote, unknown))}")
    for rule, result in report.results.items():
        known = edition.rules.get(rule)
        if known is None:
            continue
        concerned = known.concerns(report.capabilities | {WHEEL})
        if result.status is Status.OMIT and concerned:
            yield Doubt("omission", f"{rule} is left out, though the declared capabilities demand it")
        if result.status is Status.PASS:
            if not concerned:
                yield Doubt("omission", f"{rule} is told as passed, though it does not count here")
            for needed in known.requires:
                if needed in report.results and not report.results[needed].stands:
                    yield Doubt(
                        "order", f"{rule} is told as passed, though {needed}, which it needs, did not"
                    )


def unsound_summary(claim: Claim, computed: Report) -> Iterator[Doubt]:
    """Yield where the claim's summary is not what its own results come to, or is written in another way."""
    if claim.report.highest is not computed.highest:
        highest = claim.report.highest
        yield Doubt(
            "book", f"it claims {highest} as reachable; its edition and book allow {computed.highest}"
        )
    remade: dict[str, Any] = statement(computed)["predicate"]
    differing = [part for part in _SUMMARIES if remade[part] != claim.predicate[part]]
    for part in differing:
        yield Doubt("summary", f"{part} is not what the results come to")
    claimed = claim.predicate[EXTENSION]["tier"]
    if claimed != computed.tier.value:
        yield Doubt("tier", f"it claims {claimed}, its results come to {computed.tier}")
    elif not differing and remade != claim.predicate:
        yield Doubt("form", "it is not written as its own content would be")


def unsound_book(book: BookFacts, now: datetime) -> Iterator[Doubt]:
    """Yield what cannot be of a book's origin."""
    if not book.kinds:
        yield Doubt("book", "it does not say where the book comes from")
    if "documentation" in book.kinds and not any(book.sources):
        yield Doubt("book", "the book is said to follow documentation, but names none")
    try:
        recorded = date.fromisoformat(book.recorded)
    except ValueError:
        yield Doubt("book", "the book's date is none")
        return
    if recorded > (now + timedelta(days=1)).date():
        yield Doubt("book", "the book was recorded in the future")


def unsound_time(report: Report, now: datetime) -> Iterator[Doubt]:
    """Yield where a run is said to have begun that cannot have begun yet."""
    if report.started > now + SKEW:
        yield Doubt("time", "the run is said to have begun in the future")


def _some(rules: Iterable[str]) -> str:
    """Name the first few."""
    ordered = sorted(rules)
    more = f" and {len(ordered) - _SHOWN} more" if len(ordered) > _SHOWN else ""
    return ", ".join(ordered[:_SHOWN]) + more
