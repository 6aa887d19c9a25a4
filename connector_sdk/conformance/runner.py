"""Hold a connector to all rules, and report."""

import logging
import platform
import secrets
import tempfile
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from connector_sdk import __version__
from connector_sdk.clock import SYSTEM_CLOCK
from connector_sdk.conformance.book import Book, read_book, seeded
from connector_sdk.conformance.catalogue import EDITION, Broken, Rule, catalogue_digest, rules
from connector_sdk.conformance.certificate import Report, Subject
from connector_sdk.conformance.comparing import shown
from connector_sdk.conformance.examination import Examination
from connector_sdk.conformance.hosting import HostFailed, Raised
from connector_sdk.conformance.lab import Lab, NotStruck
from connector_sdk.conformance.outcome import Result, Status
from connector_sdk.conformance.provenance import limits
from connector_sdk.conformance.wheel.code import installed_code
from connector_sdk.conformance.wheel.facts import WheelFacts
from connector_sdk.errors import ConfigurationError

LOG: Final = logging.getLogger("connector_sdk.conformance")

WORKERS: Final = 2
"""Rules at a time: each has a process and a server of its own, and mostly waits."""

STATIC: Final = ("PKG-03", "PKG-01")
"""Rules about a wheel that has not been run yet: where one is broken, it never is."""
DESCRIBING: Final = "CAP-01"
"""The rule that the connector tells what it is, without which no other can be chosen."""
NOT_TRIED: Final = "the book has nothing that the rule's faults could strike: it was not tried"
"""What is said of a rule that holds because there was nothing to break it with."""

Progress = Callable[[str, Result], None]


@dataclass(frozen=True, slots=True)
class Request:
    """What to examine: the connector, the interpreter of the environment that has it, its book and a seed.

    `only` names the rules to run, all where there are none; those that they require run too.
    """

    subject: Subject
    connector: str
    python: Path
    book: Path
    seed: int
    wheel: WheelFacts | None = None
    only: tuple[str, ...] = ()
    injecting: bool = True
    problems: tuple[str, ...] = ()
    """What already went wrong with the wheel: then nothing of it is run."""


def new_seed() -> int:
    """Return a seed that nobody can know beforehand."""
    return secrets.randbits(32)


def examine(request: Request, progress: Progress = lambda _rule, _result: None) -> Report:
    """Hold the connector to every rule of the edition and report.

    Raises what an unusable book raises, and ConfigurationError for a rule that does not exist.
    """
    wanted = wanted_rules(request.only)
    started, began = SYSTEM_CLOCK.now(), SYSTEM_CLOCK.monotonic()
    with examination_of(request) as examination:
        highest, caps = limits(examination.book.facts, started)
        results = _Runner(examination, progress).results(wanted)
        capabilities = _capabilities(examination)
    return Report(
        subject=request.subject,
        connector=request.connector,
        edition=EDITION,
        catalogue=catalogue_digest(),
        suite=installed_code("connector-sdk"),
        seed=request.seed,
        started=started,
        seconds=SYSTEM_CLOCK.monotonic() - began,
        capabilities=capabilities,
        book=examination.book.facts,
        environment={
            "python": platform.python_version(),
            "platform": f"{platform.system()}-{platform.machine()}".lower(),
            "connector-sdk": __version__,
        },
        results=results,
        tiers={each.id: each.tier for each in rules().values()},
        highest=highest,
        caps=caps,
    )


def book_of(connector: str, folder: Path) -> Book:
    """Read the book of a connector; raises ConfigurationError (book-other-connector) for that of another."""
    book = read_book(folder)
    if book.connector != connector:
        raise ConfigurationError(
            f"the book is about the connector {book.connector!r}, not {connector!r}",
            code="book-other-connector",
            hint="name the folder of the connector's own book with --book",
            location=str(folder),
        )
    return book


@contextmanager
def examination_of(request: Request) -> Iterator[Examination]:
    """Read the book, put this run's values into it, and end all processes afterwards."""
    book = book_of(request.connector, request.book)
    with (
        tempfile.TemporaryDirectory(prefix="conformance-") as folder,
        Examination(
            connector=request.connector,
            book=seeded(book, request.seed),
            python=request.python,
            folder=Path(folder),
            wheel=request.wheel,
            problems=request.problems,
            injecting=request.injecting,
        ) as examination,
    ):
        yield examination


def judged(examination: Examination, rule: Rule) -> Result:
    """Run one rule that counts for the connector."""
    began = SYSTEM_CLOCK.monotonic()
    lab = Lab(examination, rule.id)
    status, reason = Status.PASS, ""
    try:
        with lab:
            rule.check(lab)
        if rule.faults and rule.id not in examination.tried:
            reason = NOT_TRIED
    except Broken as broken:
        status, reason = Status.FAIL, str(broken)
    except NotStruck as unknown:
        status, reason = Status.ERROR, str(unknown)
    except HostFailed as failed:
        status, reason = Status.ERROR, f"the connector's process failed: {failed}"
    except Raised as raised:
        status, reason = Status.FAIL, f"the connector could not be used: {shown(raised.failure)}"
    except Exception as error:
        status, reason = Status.ERROR, f"the suite itself failed: {type(error).__name__}"
        LOG.exception("rule %s failed by itself", rule.id)
    return Result(status, reason, SYSTEM_CLOCK.monotonic() - began, tuple(lab.facts))


class _Runner:
    """Runs the rules of one examination: those about the wheel first, those that judge all visits last."""

    def __init__(self, examination: Examination, progress: Progress) -> None:
        self._examination = examination
        self._progress = progress
        self._ended: dict[str, Future[Result]] = {}
        self._unusable = ""

    def results(self, wanted: frozenset[str]) -> Mapping[str, Result]:
        """Return the result of every rule, in the order of the catalogue."""
        every = list(rules().values())
        static = [each for each in every if each.id in STATIC]
        visiting = [each for each in every if each.id not in STATIC and not each.judges]
        judging = [each for each in every if each.judges]
        with ThreadPoolExecutor(WORKERS) as pool:
            for batch in (static, visiting, judging):
                for rule in batch:
                    self._ended[rule.id] = pool.submit(self._result, rule, wanted)
                wait(self._ended.values())
                if batch is static:
                    self._unusable = self._why_unusable()
        results = {each.id: self._ended[each.id].result() for each in every}
        # They provoke at the same time, and what one of them sees may be another's matter.
        for rule in judging:
            results[rule.id] = self._after_all(rule, results[rule.id])
            self._progress(rule.id, results[rule.id])
        return results

    def _after_all(self, rule: Rule, result: Result) -> Result:
        found = self._examination.findings.of(rule.id)
        if result.status is not Status.PASS or not found:
            return result
        return replace(result, status=Status.FAIL, reason="; ".join(found[:3]))

    def _why_unusable(self) -> str:
        """Say why nothing of the connector can be run, if so; else learn what it declares."""
        for rule, ended in self._ended.items():
            if not ended.result().stands:
                return f"{rule} did not pass, so that nothing of the wheel was run"
        try:
            self._examination.capabilities  # noqa: B018 - asked for once, before many ask for it at once
        except (HostFailed, Raised):
            return f"{DESCRIBING} did not pass, so that nothing is known of the connector"
        return ""

    def _result(self, rule: Rule, wanted: frozenset[str]) -> Result:
        result = self._outcome(rule, wanted)
        if not rule.judges:
            self._progress(rule.id, result)
        return result

    def _outcome(self, rule: Rule, wanted: frozenset[str]) -> Result:
        if rule.id not in wanted:
            return Result(Status.BLOCKED, "not run: other rules were asked for")
        if rule.id not in STATIC:
            if self._unusable and not (rule.id == DESCRIBING and DESCRIBING in self._unusable):
                return Result(Status.BLOCKED, self._unusable)
            if rule.id != DESCRIBING and not rule.concerns(self._examination.capabilities):
                return Result(Status.OMIT, f"the manifest does not declare `{rule.gate}`")
        elif self._examination.wheel is None:
            return Result(Status.OMIT, "what is installed was examined, not a wheel")
        for needed in rule.requires:
            if not self._ended[needed].result().stands:  # submitted before, so that it ends before
                return Result(Status.BLOCKED, f"{needed} did not pass")
        return judged(self._examination, rule)


def _capabilities(examination: Examination) -> frozenset[str]:
    try:
        return examination.capabilities
    except (HostFailed, Raised):
        return frozenset()


def wanted_rules(only: tuple[str, ...]) -> frozenset[str]:
    """Return the rules to run: those asked for, and all that they build upon.

    Raises ConfigurationError (unknown-rule) for one that does not exist.
    """
    every = rules()
    unknown = [each for each in only if each not in every]
    if unknown:
        raise ConfigurationError(
            f"edition {EDITION} has no rule {unknown[0]!r}",
            code="unknown-rule",
            hint=f"it has: {', '.join(every)}",
        )
    wanted = {*(only or every), *STATIC}
    for rule in reversed(list(every.values())):
        if rule.id in wanted:
            wanted.update(rule.requires)
    return frozenset(wanted)
