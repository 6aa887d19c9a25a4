"""Examine a wheel where nothing else is installed, or an installed connector where it is."""

import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from connector_sdk.conformance.book import read_book
from connector_sdk.conformance.certificate import Report, Subject
from connector_sdk.conformance.runner import Progress, Request, book_of, examine, wanted_rules
from connector_sdk.conformance.wheel.code import installed_code
from connector_sdk.conformance.wheel.environment import fresh
from connector_sdk.conformance.wheel.inspection import inspect
from connector_sdk.digest import digest
from connector_sdk.plugins.discovery import owner, point_of

Step = Callable[[str], None]


def examine_wheel(
    wheel: Path,
    book: Path,
    seed: int,
    *,
    wheelhouse: Path | None = None,
    only: tuple[str, ...] = (),
    progress: Progress = lambda _rule, _result: None,
    step: Step = lambda _: None,
) -> Report:
    """Install a wheel in a fresh environment, without any index, and hold its connector to the rules.

    `wheelhouse` is a folder of wheels that it may require; without one they are what is installed beside the
    SDK. `step` is told what is done before the first rule. A wheel that must not be installed is not run.
    Raises ConfigurationError (wheel-unreadable, environment-unusable), and what `examine` raises.
    """
    step("reading the wheel")
    facts = inspect(wheel)
    subject = Subject(wheel.name, facts.sha256, facts.name, facts.version, facts.code)
    # A wheel without one connector breaks a rule; that is told under the name that the book has.
    connector = facts.connectors[0] if len(facts.connectors) == 1 else read_book(book).connector
    # What examining would refuse is refused before an environment is made, which takes long.
    book_of(connector, book)
    wanted_rules(only)
    with tempfile.TemporaryDirectory(prefix="certify-") as folder:
        environment = fresh(wheel, facts, Path(folder), wheelhouse, step)
        step("starting the connector")
        request = Request(
            subject, connector, environment.python, book, seed, facts, only, problems=environment.problems
        )
        report = examine(request, progress)
    lock = digest(dict(environment.installed))
    return replace(report, environment={**report.environment, "lock": lock})


def examine_installed(
    connector: str,
    book: Path,
    seed: int,
    *,
    only: tuple[str, ...] = (),
    progress: Progress = lambda _rule, _result: None,
) -> Report:
    """Hold a connector to the rules as it is installed beside the SDK: an author's look, never evidence.

    Raises ConfigurationError (unknown-connector, ambiguous-connector), and what `examine` raises.
    """
    distribution, version = owner(point_of(connector))
    subject = Subject(distribution, "", distribution, version, installed_code(distribution))
    return examine(Request(subject, connector, Path(sys.executable), book, seed, only=only), progress)
