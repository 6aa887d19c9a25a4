"""A statement that somebody edited who has the key is refused wherever it contradicts itself or the wheel."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.conformance.evidence.looking import look, refused
from tests.conformance.evidence.samples import Case


def _set(**values: Any) -> Callable[[dict[str, Any]], None]:
    return lambda tree: tree["predicate"]["x-conformance"].update(values)


def _in(*way: str | int, value: Any) -> Callable[[dict[str, Any]], None]:
    def change(tree: Any) -> None:
        for step in way[:-1]:
            tree = tree[step]
        tree[way[-1]] = value

    return change


def _without(*way: str | int) -> Callable[[dict[str, Any]], None]:
    def change(tree: Any) -> None:
        for step in way[:-1]:
            tree = tree[step]
        del tree[way[-1]]

    return change


def _status(rule: str, status: str) -> Callable[[dict[str, Any]], None]:
    return _in("predicate", "x-conformance", "results", rule, "status", value=status)


_RESULTS = ("predicate", "x-conformance", "results")
_BOOK = ("predicate", "configuration", 2)
_DECLARED = ("predicate", "configuration", 3, "annotations", "declared")
_CODE = ("predicate", "configuration", 5)

EDITED = {
    "a rule is missing": (_without(*_RESULTS, "RTY-02"), "rules", "says nothing about RTY-02"),
    "a rule is added": (
        _in(*_RESULTS, "XXX-01", value={"status": "pass", "tier": "bronze"}),
        "rules",
        "has no rule 'XXX-01'",
    ),
    "a rule failed": (_status("RTY-02", "fail"), "tier", "claims silver, its results come to bronze"),
    "a rule errored": (_status("CAP-01", "error"), "tier", "claims silver, its results come to none"),
    "a rule is left out": (_status("RTY-02", "omit"), "omission", "RTY-02 is left out"),
    "a rule that another needs failed": (_status("RD-01", "fail"), "order", "though RD-01, which it needs"),
    "a rule is told that does not count": (_status("WRT-01", "pass"), "omission", "does not count here"),
    "a rule is skipped": (_status("RTY-02", "skip"), "form", "another form"),
    "a rule has another tier": (_in(*_RESULTS, "RD-01", "tier", value="gold"), "form", "not written as"),
    "a summary hides a rule": (_in("predicate", "warnedTests", value=[]), "summary", "warnedTests"),
    "a summary names one twice": (
        _in("predicate", "warnedTests", value=["WRT-01", "WRT-01", "WRT-02"]),
        "summary",
        "warnedTests",
    ),
    "a summary is not sorted": (
        _in("predicate", "warnedTests", value=["WRT-02", "WRT-01"]),
        "summary",
        "warnedTests",
    ),
    "the result is prettier": (_in("predicate", "result", value="PASSED"), "summary", "result"),
    "the tier is claimed": (_set(tier="gold"), "tier", "claims gold, its results come to silver"),
    "the highest tier is claimed": (_set(highest="gold"), "book", "claims gold as reachable"),
    "a capability is added": (
        _in(*_DECLARED, value=["read", "wheel", "write"]),
        "omission",
        "WRT-01 is left out, though",
    ),
    "a capability is dropped": (
        _in(*_DECLARED, value=[]),
        "omission",
        "RD-01 is told as passed",
    ),
    "a gate is turned round": (
        _in(*_DECLARED, value=["incremental", "read", "wheel"]),
        "omission",
        "INC-09 is told as passed",
    ),
    "the environment is edited": (
        _in("predicate", "configuration", 4, "annotations", "python", value="3.13.0"),
        "form",
        "not written as",
    ),
    "the catalogue is old": (
        _in("predicate", "configuration", 1, "digest", "sha256", value="0" * 64),
        "edition",
        "not those published",
    ),
    "the catalogue is annotated": (
        _in("predicate", "configuration", 1, "annotations", value={"note": "believe me"}),
        "form",
        "not written as",
    ),
    "the edition is over": (
        _in("predicate", "configuration", 0, "annotations", "edition", value="2019.1"),
        "edition",
        "'2019.1' is not among those known here: 2026.1",
    ),
    "the run is in the future": (_set(started="2026-11-22T09:36:00.000000Z"), "time", "in the future"),
    "the start has no zone": (_set(started="2026-11-22T08:30:00"), "form", "another form"),
    "the start is before all time": (_set(started="0001-01-01T00:00:00+23:00"), "form", "no moment"),
    "the start is after all time": (_set(started="9999-12-31T23:59:59-23:00"), "form", "no moment"),
    "the seed is endless": (_set(seed=10**4000), "form", "another form"),
    "the seed is negative": (_set(seed=-1), "form", "another form"),
    "the seed is no whole number": (_set(seed=1.5), "form", "not whole"),
    "the format is newer": (_set(format=2), "form", "another form"),
    "something is added": (_set(note="believe me"), "form", "another form"),
    "the extension is gone": (_without("predicate", "x-conformance"), "form", "another form"),
    "the wheel's digest": (_in("subject", 0, "digest", "sha256", value="0" * 64), "wheel", "another file"),
    "the wheel's name": (
        _in("subject", 0, "name", value="acme_lims-1.4.1-py3-none-any.whl"),
        "wheel",
        "about",
    ),
    "the wheel's place": (_in("subject", 0, "name", value="../acme.whl"), "wheel", "about '../acme.whl'"),
    "two subjects": (lambda tree: tree["subject"].append(tree["subject"][0]), "form", "another form"),
    "the code": (_in(*_CODE, "digest", "sha256", value="0" * 64), "wheel", "other code"),
    "the project": (_in(*_CODE, "annotations", "distribution", value="globex"), "trust", "not trusted for"),
    "the version": (_in(*_CODE, "annotations", "version", value="1.4.1"), "wheel", "version '1.4.1', not"),
    "the connector": (
        _in(*_CODE, "annotations", "connector", value="globex"),
        "wheel",
        "no connector 'globex'",
    ),
    "the predicate's type": (
        _in("predicateType", value="https://x.example/v1"),
        "form",
        "no in-toto statement",
    ),
    "the statement's type": (_in("_type", value="https://in-toto.io/Statement/v0.1"), "form", "no in-toto"),
    "a resource is gone": (_without("predicate", "configuration", 4), "form", "does not name"),
    "the book's origin is unknown": (_in(*_BOOK, "annotations", "kinds", value=["hearsay"]), "form", "form"),
    "the book has no origin": (_in(*_BOOK, "annotations", "kinds", value=[]), "book", "where the book comes"),
    "the documentation is not named": (_in(*_BOOK, "annotations", "sources", value=[]), "book", "names none"),
    "the book's date is none": (_in(*_BOOK, "annotations", "recorded", value="2026-02-30"), "book", "date"),
    "the book is of tomorrow": (_in(*_BOOK, "annotations", "recorded", value="2026-11-24"), "book", "future"),
    "the book is a simulator's": (
        _in(*_BOOK, "annotations", "kinds", value=["simulator"]),
        "book",
        "claims silver as reachable; its edition and book allow bronze",
    ),
}


@pytest.mark.parametrize("what", EDITED)
def test_a_statement_edited_by_whoever_has_the_key_is_refused(case: Case, what: str) -> None:
    change, kind, words = EDITED[what]
    evidence = case.resigned(change)
    assert evidence != case.evidence
    refused(look(case, evidence), kind, words)
