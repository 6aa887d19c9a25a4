"""JUnit for build servers, and an archive that is the same for the same report."""

import io
import json
import zipfile
from pathlib import Path
from xml.parsers import expat

import pytest

from connector_sdk.conformance.book import read_book
from connector_sdk.conformance.outcome import Result, Status
from connector_sdk.conformance.report.archive import archive
from connector_sdk.conformance.report.junit import junit
from tests.conformance.report.made_up import report

BOOK = Path(__file__).parents[1] / "books" / "acme"


def _elements(text: str) -> list[tuple[str, dict[str, str]]]:
    found: list[tuple[str, dict[str, str]]] = []
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda name, attributes: found.append((name, attributes))
    parser.Parse(text.encode(), True)
    return found


def test_every_rule_is_a_case_and_what_did_not_pass_is_counted() -> None:
    elements = _elements(junit(report()))
    cases = [attributes["name"] for name, attributes in elements if name == "testcase"]
    assert cases == list(report().results)
    suite = next(attributes for name, attributes in elements if name == "testsuite")
    counts = {name: suite[name] for name in ("tests", "failures", "errors", "skipped")}
    assert counts == {"tests": "6", "failures": "1", "errors": "2", "skipped": "1"}
    kinds = [name for name, _ in elements]
    assert (kinds.count("failure"), kinds.count("error"), kinds.count("skipped")) == (1, 2, 1)


def test_no_text_breaks_the_file() -> None:
    evil = '"]]></failure>&\x00\x1b\ud800\uffff'
    text = junit(report(results={"PAG-04": Result(Status.FAIL, evil, 1.0, (evil,))}, connector=evil))
    (failure,) = [attributes for name, attributes in _elements(text) if name == "failure"]
    assert failure["message"].startswith('fail: "]]></failure>&\\u0000\\u001b\\ud800\ufffd')


def test_the_archive_holds_all_there_is_to_an_examination() -> None:
    book = read_book(BOOK)
    opened = zipfile.ZipFile(io.BytesIO(archive(report(), "the page", book)))
    with opened:
        assert opened.testzip() is None
        names = opened.namelist()
        assert names == sorted(
            ["junit.xml", "report.html", "report.json", *(f"book/{one}" for one in book.files)]
        )
        assert opened.read("book/book.yaml") == (BOOK / "book.yaml").read_bytes()
        assert opened.read("report.html") == b"the page"
        assert json.loads(opened.read("report.json")) == report().document


def test_the_archive_is_the_same_wherever_and_whenever_it_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = archive(report(), "page", read_book(BOOK))
    copy = tmp_path / "a copy"
    copy.mkdir()
    for file in sorted(BOOK.iterdir(), reverse=True):
        (copy / file.name).write_bytes(file.read_bytes())
        (copy / file.name).chmod(0o600)
    monkeypatch.chdir(tmp_path)
    assert archive(report(), "page", read_book(Path("a copy"))) == first
    assert archive(report(seed=1), "page", read_book(copy)) != first
