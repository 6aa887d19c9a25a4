"""What becomes of rules whatever they assert."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from connector_sdk.conformance import runner
from connector_sdk.conformance.book import read_book, seeded
from connector_sdk.conformance.catalogue import Rule
from connector_sdk.conformance.examination import Examination
from connector_sdk.conformance.lab import Lab
from connector_sdk.conformance.outcome import Result, Status, Tier
from tests.conformance.examining import CONNECTORS, SEED


@pytest.fixture
def examination(tmp_path: Path) -> Examination:
    return Examination("lims", seeded(read_book(CONNECTORS / "lims" / "book"), SEED), Path(), tmp_path)


def a_rule(id_: str, check: Callable[[Lab], None], *, faults: bool = False, judges: bool = False) -> Rule:
    return Rule(id_, Tier.BRONZE, "", (), faults=faults, judges=judges, title="", why="", check=check)


def test_a_rule_that_aimed_no_fault_at_anything_says_so(examination: Examination) -> None:
    idle = a_rule("A-01", lambda _: None, faults=True)
    result = runner.judged(examination, idle)
    assert (result.status, result.reason) == (Status.PASS, runner.NOT_TRIED)
    examination.tried.add("A-01")
    assert runner.judged(examination, idle).reason == ""
    assert runner.judged(examination, a_rule("B-01", lambda _: None)).reason == ""


def test_what_one_judging_rule_sees_last_counts_for_another_that_ended_before(
    examination: Examination, monkeypatch: pytest.MonkeyPatch
) -> None:
    first_ended = threading.Event()
    told: list[tuple[str, Status]] = []

    def last(lab: Lab) -> None:
        assert first_ended.wait(10)
        lab.examination.findings.add("A-01", "a connection was tried")

    every = {
        "A-01": a_rule("A-01", lambda _: first_ended.set(), judges=True),
        "B-01": a_rule("B-01", last, judges=True),
    }
    monkeypatch.setattr(runner, "rules", lambda: every)
    examination.__dict__["capabilities"] = frozenset({"read"})
    running = runner._Runner(examination, lambda rule, result: told.append((rule, result.status)))
    results = running.results(frozenset(every))
    assert results["A-01"] == Result(
        Status.FAIL, "a connection was tried", results["A-01"].seconds, results["A-01"].facts
    )
    assert told == [("A-01", Status.FAIL), ("B-01", Status.PASS)]
