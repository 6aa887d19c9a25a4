"""What the rules about pages make of a book that has just two of them."""

import re
from pathlib import Path
from shutil import copytree

import pytest

from connector_sdk.conformance.certificate import Subject
from connector_sdk.conformance.outcome import Status
from connector_sdk.conformance.runner import Request, examine
from tests.conformance.examining import CONNECTORS, SEED, source_of
from tests.conformance.sites import interpreter

pytestmark = pytest.mark.slow


def _of_two_pages(folder: Path) -> Path:
    """Return the book of `sites` without its last page; the total is said to be less by what is left out."""
    book = copytree(CONNECTORS / "sites" / "book", folder)
    text = (book / "book.yaml").read_text(encoding="utf-8")
    text = text.replace("[sites.1, sites.2, sites.3]", "[sites.1, sites.2]")
    text = re.sub(r"  sites\.3:\n.*?(?=\n\n)", "", text, flags=re.DOTALL)
    (book / "book.yaml").write_text(text, encoding="utf-8")
    (book / "sites-3.json").unlink()
    for page in book.glob("sites-*.json"):
        answer = re.sub(r'"total": \d+', '"total": 4', page.read_text(encoding="utf-8"))
        page.write_text(answer, encoding="utf-8")
    return book


def test_the_empty_page_is_never_the_last_one(tmp_path: Path) -> None:
    """Numbered pages end with their total: emptied, the second of two need not be asked for."""
    report = examine(
        Request(
            subject=Subject("sites", "", "", "", ""),
            connector="sites",
            python=interpreter(tmp_path / "environment", {"sites": source_of("sites")}),
            book=_of_two_pages(tmp_path / "book"),
            seed=SEED,
            only=("PAG-02",),
        ),
        lambda _rule, _result: None,
    )
    result = report.results["PAG-02"]
    assert (result.status, result.reason) == (Status.PASS, "")
