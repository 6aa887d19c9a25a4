"""The page on certification says what the suite does, and its book is one."""

from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel

from connector_sdk.conformance.book import read_book
from connector_sdk.conformance.book.book import READS
from connector_sdk.conformance.book.form import (
    METHODS,
    BookForm,
    ExchangeForm,
    ProvenanceForm,
    RequestForm,
    ResponseForm,
    RolesForm,
)
from connector_sdk.conformance.book.placeholders import KNOWN
from connector_sdk.conformance.catalogue import HIGHEST, rules
from connector_sdk.conformance.evidence.assurance import Assurance
from connector_sdk.conformance.outcome import Status, Tier
from connector_sdk.conformance.report.wording import TIERS
from connector_sdk.connector.capabilities import CAPABILITIES
from tests.house.tree import code_blocks, coded, page, section, tables

PAGE = page("certification.md")


def _names(form: type[BaseModel], prefix: str = "") -> Iterator[str]:
    for name, field in form.model_fields.items():
        if name not in METHODS:
            yield f"{prefix}{field.alias or name}"


def _first(heading: str, number: int = 0) -> list[str]:
    """Return what stands in code font in the first column of a table."""
    return [name for row in tables(section(PAGE, heading))[number][1:] for name in coded(row[0])]


def test_tiers_are_told_in_the_words_of_the_reports() -> None:
    rows = tables(section(PAGE, "Tiers"))[0][1:]
    told = {Tier(coded(row[0])[0]): row[1] for row in rows}
    assert told == {tier: TIERS[tier] for tier in list(Tier)[: HIGHEST.rank + 1]}
    above = section(PAGE, "Tiers").split("\n`gold`")[1].split("\n\n")[0]
    assert [tier.value for tier in list(Tier)[HIGHEST.rank + 2 :]] == coded(above)[:1]


def test_every_outcome_is_told() -> None:
    assert set(_first("Tiers", 1)) == {status.value for status in Status}


def test_every_key_of_a_book_is_listed_and_no_other() -> None:
    composed = {"provenance", "exchanges"}
    wanted = [name for name in _names(BookForm) if name not in composed]
    wanted += _names(ProvenanceForm, "provenance.")
    wanted += _names(ExchangeForm, "exchanges.*.")
    wanted += _names(RequestForm, "exchanges.*.request.")
    wanted += _names(ResponseForm, "exchanges.*.response.")
    wanted.remove("exchanges.*.response")
    assert sorted(_first("The book")) == sorted(wanted)
    row = next(row for row in tables(section(PAGE, "The book"))[0] if row[0] == "`exchanges.*.request`")
    assert tuple(coded(row[2])) == METHODS


def test_every_role_is_listed_in_order() -> None:
    assert _first("Roles") == list(RolesForm.model_fields)


def test_placeholders_and_scenarios_are_listed() -> None:
    held = {name.strip("${}").partition(":")[0] for name in _first("The book", 1)}
    assert held == set(KNOWN)
    reads = [f"read.STREAM.{part}" for part in READS]
    assert _first("The book", 2) == [*reads, "write.SINK", "write.SINK.rejected"]


def test_the_example_is_a_book(tmp_path: Path) -> None:
    (tmp_path / "book.yaml").write_text(code_blocks(section(PAGE, "The book"), "yaml")[0], encoding="utf-8")
    book = read_book(tmp_path)
    assert (book.streams, book.sinks) == (("samples",), ("results",))
    assert set(book.facts.kinds) == {"documentation", "sandbox"}


def test_assurances_are_told_in_the_words_of_the_verb() -> None:
    rows = tables(section(PAGE, "Verifying"))[0][1:]
    assert {Assurance(coded(row[0])[0]): row[1] for row in rows} == {each: each.meaning for each in Assurance}


def test_what_has_no_rule_is_said_to_have_none() -> None:
    text = section(PAGE, "What is not examined").split("**Capabilities without rules of their own**")[1]
    without = set(coded(text.partition(".")[0]))
    gates = {rule.gate.removeprefix("!") for rule in rules().values()}
    assert without <= CAPABILITIES.keys() - gates
