"""The rules as tests of pytest, one each: an author's inner loop, never a certificate."""

import inspect
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from connector_sdk.conformance.catalogue import rules
from connector_sdk.conformance.certificate import Subject
from connector_sdk.conformance.hosting import HostFailed, Raised
from connector_sdk.conformance.outcome import Result, Status
from connector_sdk.conformance.runner import STATIC, Request, examination_of, examine, new_seed
from connector_sdk.errors import ConfigurationError

_HINTS: Final = {
    Status.ERROR: "nothing is known of this rule until that is put right",
    Status.BLOCKED: "put that rule right first",
}


def suite(connector: str, book: str = "conformance/") -> Callable[..., None]:
    """Return a test for every rule that counts for an installed connector.

    `book` is the folder of its exchange book, below the project that the calling file stands in. Only the
    selected rules are run, together, when the first of them is asked for. Raises what an unusable book does.
    """
    examined = _request(connector, _folder(book, Path(inspect.stack()[1].filename)))
    results: dict[str, Result] = {}

    @pytest.mark.parametrize("rule", _applicable(examined))
    def test_conformance(rule: str, request: pytest.FixtureRequest) -> None:
        if not results:
            results.update(_examined(examined, _selected(request)))
        _report(rule, results[rule])

    return test_conformance


def _request(connector: str, book: Path) -> Request:
    subject = Subject(connector, "", "", "", "")
    return Request(subject, connector, Path(sys.executable), book, new_seed())


def _folder(book: str, test_file: Path) -> Path:
    for parent in test_file.resolve().parents:
        if (parent / book / "book.yaml").is_file():
            return parent / book
    raise ConfigurationError(
        f"there is no exchange book at {book!r} beside the tests or above them",
        code="book-missing",
        hint="write conformance/book.yaml beside the folder `tests`, or name its folder: suite(NAME, book=…)",
        location=str(test_file),
    )


def _applicable(request: Request) -> list[str]:
    """Return the rules that count; all, where the connector cannot even say what it is."""
    with examination_of(request) as examination:
        try:
            capabilities = examination.capabilities
        except (HostFailed, Raised):
            return [rule for rule in rules() if rule not in STATIC]
    return [rule.id for rule in rules().values() if rule.concerns(capabilities) and rule.id not in STATIC]


def _selected(request: pytest.FixtureRequest) -> tuple[str, ...]:
    """Return the rules whose tests were selected, of all tests that this one stands for."""
    function = request.function
    return tuple(
        str(item.callspec.params["rule"])
        for item in request.session.items
        if isinstance(item, pytest.Function) and item.function is function
    )


def _examined(request: Request, only: tuple[str, ...]) -> Mapping[str, Result]:
    return examine(replace(request, only=only)).results


def _report(rule: str, result: Result) -> None:
    if result.stands:
        return
    about = rules()[rule]
    hint = _HINTS.get(result.status, about.why)
    pytest.fail(f"{rule} ({result.status}): {about.title}\nseen: {result.reason}\n{hint}", pytrace=False)
