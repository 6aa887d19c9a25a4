"""What the book of a wrong connector agrees with is found all the same."""

import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from connector_sdk.conformance.comparing import moment
from connector_sdk.conformance.outcome import Result, Status
from tests.conformance.examining import CONNECTORS, examined, source_of

LATER = """
from connector_sdk.connector.rest.steps import Steps

Steps.since = property(lambda self: None if self._bound is None else "2026-11-05T16:20:01Z")
"""
LINKED = '''
import msgspec

from connector_sdk import InvalidInputError, Page, Stream


class Linked(Stream):
    """Goes wherever an answer leads."""

    record = Sample

    def __init__(self, connector=None):
        self._connector = connector

    def bound(self, connector):
        return Linked(connector)

    def read(self, call, position):
        where, number = "/samples", 1
        while where:
            answer = msgspec.json.decode(self._asked(where), type=dict[str, msgspec.Raw])
            if "data" not in answer:
                raise InvalidInputError("no samples", code="lims:none", hint="look there")
            records = [bytes(each) for each in msgspec.json.decode(answer["data"], type=list[msgspec.Raw])]
            yield Page(records, None, number)
            number += len(records)
            where = msgspec.json.decode(answer["next"])

    def _asked(self, where):
        return self._connector.http.get(where).content


Lims.samples = Linked()
'''
CREDULOUS = """
from urllib.request import Request, urlopen


class Credulous(OAuth2ClientCredentials):
    seen = {}

    def apply(self, request, send):
        super().apply(request, send)
        self.seen["Authorization"] = request.headers["Authorization"]


def asked(self, where):
    if where.startswith("http"):
        with urlopen(Request(where, headers=Credulous.seen)) as answer:
            return answer.read()
    return self._connector.http.get(where).content


Linked._asked = asked
OAuth2ClientCredentials = Credulous
"""


def with_book(folder: Path, changes: Mapping[str, tuple[str, str]]) -> Path:
    """Copy the book of `lims` with one text replaced in each of some files."""
    shutil.copytree(CONNECTORS / "lims" / "book", folder)
    for name, (old, new) in changes.items():
        text = (folder / name).read_text(encoding="utf-8")
        assert text.count(old) == 1
        (folder / name).write_text(text.replace(old, new), encoding="utf-8")
    return folder


@pytest.mark.slow
def test_asking_for_what_is_later_than_the_cursor_is_found_though_the_book_says_so(tmp_path: Path) -> None:
    asked = 'updated_since: "2026-11-05T16:20:0'
    book = with_book(tmp_path / "book", {"book.yaml": (f"{asked}0Z", f"{asked}1Z")})
    report = examined(tmp_path / "e", "lims", source_of("lims") + LATER, only=["INC-03"], book=book)
    assert report.results["INC-02"].status is Status.PASS
    assert _failed(report.results["INC-03"], "later than the cursor alone")


@pytest.mark.slow
@pytest.mark.parametrize(("spoils", "status"), [("", Status.PASS), (CREDULOUS, Status.FAIL)])
def test_credentials_that_follow_a_link_elsewhere_are_found(
    tmp_path: Path, spoils: str, status: Status
) -> None:
    links = {
        f"samples-{page}.json": (f'"{then}"', f'"${{SERVER}}/samples?cursor={then}"')
        for page, then in ((1, "p2"), (2, "p3"))
    }
    book = with_book(tmp_path / "book", links)
    source = source_of("lims") + LINKED + spoils
    result = examined(tmp_path / "e", "lims", source, only=["AUT-07"], book=book).results["AUT-07"]
    assert result.status is status, result
    assert status is Status.PASS or "a link elsewhere: another origin got credentials" in result.reason


@pytest.mark.slow
def test_a_book_that_marks_nothing_personal_proves_nothing_about_it(tmp_path: Path) -> None:
    marked = '  phi: ["$.data[*].initials"]'
    book = with_book(tmp_path / "book", {"book.yaml": (marked, "  phi: []")})
    report = examined(tmp_path / "e", "lims", only=["PHI-01"], book=book)
    assert _failed(report.results["PHI-01"], "marks no personal value")


def _failed(result: Result, saw: str) -> bool:
    return result.status is Status.FAIL and saw in result.reason


def test_a_moment_has_a_zone() -> None:
    assert moment("2026-11-05T16:20:00Z") == moment("2026-11-05T17:20:00.000+01:00")
    assert moment("2026-11-05T16:20:00") is None
    assert moment("p2") is None
