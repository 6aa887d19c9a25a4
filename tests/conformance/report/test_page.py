"""The page for reviewers says everything, loads nothing, and lets no text become markup."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from connector_sdk.conformance.evidence.verify import Assurance
from connector_sdk.conformance.outcome import Result, Status, Tier
from connector_sdk.conformance.report.html import page
from connector_sdk.conformance.report.signature import Signature
from connector_sdk.conformance.report.wording import OUTCOMES, UNSAID
from tests.conformance.report.made_up import report, rules

SIGNED = Signature(Assurance.SIGNED, "9f" * 32, "acme.conformance.intoto.jsonl")


class _Reader(HTMLParser):
    """Collects a page's elements and its text, and follows how they are nested."""

    VOID = frozenset({"meta", "br"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.text += data


def _read(**changes: object) -> _Reader:
    return _Reader(page(report(**changes), rules(), SIGNED))


def test_it_says_what_was_examined_and_what_came_of_it() -> None:
    text = _read().text
    for said in (
        "acme-lims 1.4.0",
        "ab" * 32,
        "BRONZE",
        "of at most silver",
        "A1: signed by a trusted key",
        "6 rules: 2 pass, 1 fail, 1 error, 1 omit, 1 blocked",
        "4242",
        "2026-11-22 09:00:00 UTC, in 21.7 s",
        "2026-10-01, 52 days before the examination",
        "https://developer.acme.example/api",
        "recorded from a sandbox of the vendor's system",
        "verify-evidence acme_lims-1.4.0-py3-none-any.whl acme.conformance.intoto.jsonl --replay",
        *UNSAID,
    ):
        assert said in text


def test_every_rule_is_told_with_what_it_asserts_why_and_what_was_seen() -> None:
    read = _read()
    assert {attrs["id"] for tag, attrs in read.elements if attrs.get("class") == "rule"} == set(
        report().results
    )
    for name, rule in rules().items():
        assert name in read.text
        assert rule.title in read.text
        assert rule.why in read.text
    assert "Seen: samples: the read went round 12 times" in read.text
    assert "samples: 3 pages, 7 records" in read.text
    for status, meaning in OUTCOMES.items():
        assert meaning in read.text, status


def test_what_limits_the_tier_leads_to_its_rule() -> None:
    read = _read(caps=("the book is 400 days old",))
    links = [attrs["href"] for tag, attrs in read.elements if tag == "a"]
    assert links == ["#PAG-04", "#INC-01", "#RTY-03"]
    assert "The book is 400 days old." in read.text


def test_nothing_limits_what_passed() -> None:
    passed = {name: Result(Status.PASS) for name in report().results}
    read = _read(results=passed)
    assert "SILVER" in read.text
    assert "What limits it" not in read.text


@pytest.mark.parametrize(
    ("tier", "highest", "style"),
    [(Tier.BRONZE, Tier.BRONZE, "good"), (Tier.BRONZE, Tier.SILVER, "warn"), (Tier.NONE, Tier.SILVER, "bad")],
)
def test_a_tier_is_coloured_by_what_could_be_reached(tier: Tier, highest: Tier, style: str) -> None:
    broken = {**report().results, "PKG-01": Result(Status.FAIL, "x")}
    read = _read(highest=highest, results=broken if tier is Tier.NONE else report().results)
    assert ("div", {"class": f"tier {style}"}) in read.elements


def test_nothing_is_loaded_and_nothing_runs() -> None:
    made = page(report(), rules(), SIGNED)
    assert not {"script", "img", "link", "iframe", "object", "form"} & {
        tag for tag, _ in _Reader(made).elements
    }
    assert "default-src 'none'" in made
    assert not re.search(r"url\(|@import|\bon\w+=|src=", made)


def test_no_text_becomes_markup() -> None:
    evil = "<script>alert(1)</script>\"'&\x1b[31m\u202e"
    name = f"acme{evil}.whl"
    made = report(
        subject=replace(report().subject, name=name, distribution=evil, version=evil),
        connector=evil,
        capabilities=frozenset({evil}),
        book=replace(report().book, sources=(evil,), api_version=evil),
        environment={evil: evil},
        caps=(evil,),
        results={**report().results, "PAG-04": Result(Status.FAIL, evil, 1.0, (evil,))},
    )
    text = page(made, rules(), Signature(Assurance.SIGNED, evil, evil))
    assert "<script>" not in text
    assert "\x1b" not in text
    assert "\u202e" not in text
    _Reader(text)


def test_what_is_not_signed_is_called_no_evidence() -> None:
    read = _Reader(page(report(), rules(), Signature()))
    assert "they are no evidence" in read.text
    assert "A0: not signed by a key that is trusted here" in read.text


def test_an_installed_connector_is_called_no_wheel() -> None:
    read = _read(subject=replace(report().subject, name="acme-lims", sha256=""))
    assert "an installed copy, no wheel, of acme-lims" in read.text
    assert "SHA-256" not in read.text


def test_a_rule_of_another_edition_is_told_without_its_text() -> None:
    read = _Reader(page(report(), {}, SIGNED))
    assert "This rule is not of the edition at hand." in read.text
