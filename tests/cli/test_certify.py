"""`certify`: what is examined, what is signed, and what people and programs are told."""

import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from connector_sdk.conformance import certification
from connector_sdk.conformance.catalogue import catalogue_digest, rules
from connector_sdk.conformance.certificate import Report, Subject
from connector_sdk.conformance.outcome import Result, Status, Tier
from connector_sdk.conformance.wheel.inspection import inspect
from tests.cli.conftest import Call
from tests.conformance.report.made_up import report as made_up
from tests.conformance.wheel.building import build

HAS = frozenset({"read", "paging", "next", "wheel"})
BOOK = Path(__file__).parents[1] / "conformance" / "books" / "acme"


class Examined:
    """Stands in for the suite: remembers what it was asked for, and finds what it is told to find."""

    def __init__(self) -> None:
        self.asked: dict[str, Any] = {}
        self.broken: dict[str, Result] = {}
        self.caps: tuple[str, ...] = ()

    def wheel(self, wheel: Path, book: Path, seed: int, **others: Any) -> Report:
        """Examine a wheel."""
        self.asked = {"book": book, **others}
        facts = inspect(wheel)
        others["step"]("reading the wheel")
        subject = Subject(wheel.name, facts.sha256, "acme", "1.0", facts.code)
        return self._report(subject, seed, others["progress"])

    def installed(self, connector: str, book: Path, seed: int, **others: Any) -> Report:
        """Examine an installed connector."""
        self.asked = {"book": book, "connector": connector, **others}
        subject = Subject("connector-acme", "", "connector-acme", "1.0", f"sha256:{'cd' * 32}")
        return self._report(subject, seed, others["progress"])

    def _report(self, subject: Subject, seed: int, progress: Any) -> Report:
        results = {
            name: Result(Status.PASS, "", 0.1) if rule.concerns(HAS) else Result(Status.OMIT, "not declared")
            for name, rule in rules().items()
        } | self.broken
        for name, result in results.items():
            progress(name, result)
        return replace(
            made_up(),
            subject=subject,
            seed=seed,
            capabilities=HAS,
            started=datetime.now(UTC),
            catalogue=catalogue_digest(),
            results=results,
            tiers={name: rule.tier for name, rule in rules().items()},
            caps=self.caps,
        )


@pytest.fixture
def examined(monkeypatch: pytest.MonkeyPatch) -> Examined:
    """Let verbs examine without running anything."""
    stand_in = Examined()
    monkeypatch.setattr(certification, "examine_wheel", stand_in.wheel)
    monkeypatch.setattr(certification, "examine_installed", stand_in.installed)
    return stand_in


@pytest.fixture
def wheel(tmp_path: Path) -> Iterator[Path]:
    """Return a sound wheel, in a folder whose name has a space."""
    return build(tmp_path / "di st")


def test_a_wheel_gets_its_tier_evidence_and_reports(call: Call, examined: Examined, wheel: Path) -> None:
    result = call("certify", wheel, "--book", BOOK)
    assert result.code == 0
    assert "tier       silver (of at most silver)" in result.out
    assert "assurance  A1 (signed by a trusted key)" in result.out
    assert examined.asked["only"] == ()
    beside = {path.name for path in wheel.parent.iterdir()}
    assert beside == {
        wheel.name,
        f"{wheel.name}.conformance.intoto.jsonl",
        "acme-1.0-conformance.html",
        "acme-1.0-conformance.zip",
    }
    verified = call("verify-evidence", wheel, f"{wheel}.conformance.intoto.jsonl", "--min-tier", "silver")
    assert verified.code == 0, verified.out


def test_a_program_is_told_everything_in_one_document(
    call: Call, examined: Examined, wheel: Path, tmp_path: Path
) -> None:
    output = tmp_path / "reports"
    result = call("certify", wheel, "--book", BOOK, "--seed", "7", "--output", output, "--json")
    told = result.document
    assert (result.code, told["tier"], told["assurance"], told["seed"]) == (0, "silver", "A1", 7)
    assert told["counts"]["pass"] + told["counts"]["omit"] == len(told["rules"]) == len(rules())
    assert "error" not in told
    assert Path(told["evidence"]).parent == output
    assert Path(told["kept"]).read_bytes() == Path(told["evidence"]).read_bytes()
    with zipfile.ZipFile(told["archive"]) as archive:
        assert archive.read("report.html").decode() == Path(told["page"]).read_text(encoding="utf-8")
        assert json.loads(archive.read("report.json"))["subject"] == told["subject"]
    events = [line["event"] for line in result.logs]
    assert events[0] == f"{wheel.name}: reading the wheel"
    assert "RD-01 pass in 0.10 s" in events


def test_every_rule_is_told_with_its_reason_what_is_broken_first(
    call: Call, examined: Examined, wheel: Path
) -> None:
    examined.broken = {
        "PAG-04": Result(Status.FAIL, "samples: the read went round 12 times", 1.0),
        "RD-01": Result(Status.ERROR, "the connector's process failed"),
        "PAG-02": Result(Status.BLOCKED, "PAG-01 did not pass"),
    }
    examined.caps = ("the book is 400 days old",)
    result = call("certify", wheel, "--book", BOOK, "--seed", "7")
    assert result.code == 65
    assert "tier       none" in result.out
    assert "Limit: the book is 400 days old." in result.out
    headings = ["Broken (1)", "Not known (1)", "Not tried, because of these (1)", "Not concerned (", "Held ("]
    places = [result.out.index(f"\n{heading}") for heading in headings]
    assert places == sorted(places)
    assert "PAG-04  bronze  fail    samples: the read went round 12 times" in result.out
    assert "RD-01  bronze  error   the connector's process failed" in result.out
    assert "PAG-02  bronze  blocked  PAG-01 did not pass" in result.out
    assert "PAG-01  bronze  pass    Every record of every page is read." in result.out
    assert "1 fail, 1 error, " in result.out
    assert "--rule RD-01 --seed 7` runs it alone" in result.out
    assert "Hand on" not in result.out
    told = call("certify", wheel, "--book", BOOK, "--json").document
    assert (told["error"]["code"], told["tier"]) == ("tier-missed", "none")


@pytest.mark.parametrize(("demanded", "code"), [("none", 0), ("bronze", 0), ("silver", 65), ("gold", 65)])
def test_the_exit_code_says_whether_the_demanded_tier_was_reached(
    call: Call, examined: Examined, wheel: Path, demanded: str, code: int
) -> None:
    silver = next(name for name, rule in rules().items() if rule.tier is Tier.SILVER and rule.concerns(HAS))
    examined.broken = {silver: Result(Status.FAIL, "x")}
    assert call("certify", wheel, "--book", BOOK, "--no-sign", "--min-tier", demanded).code == code


def test_evidence_that_is_not_believed_where_it_was_made_is_said(
    call: Call, examined: Examined, wheel: Path
) -> None:
    examined.broken = {"WRT-01": Result(Status.PASS)}
    result = call("certify", wheel, "--book", BOOK)
    assert "The evidence is not believed here: WRT-01 " in result.out
    assert "assurance  A0" in result.out


def test_without_a_signature_there_is_no_evidence(
    call: Call, examined: Examined, wheel: Path, tmp_path: Path
) -> None:
    result = call("certify", wheel, "--book", BOOK, "--no-sign")
    assert result.code == 0
    assert "A0" in result.out
    assert "this is no evidence" in result.out
    assert not list(wheel.parent.glob("*.jsonl"))
    assert not (tmp_path / "XDG_CONFIG_HOME").exists()


@pytest.mark.parametrize(("status", "code"), [(Status.PASS, 0), (Status.OMIT, 0), (Status.ERROR, 65)])
def test_some_rules_alone_are_judged_alone_and_never_signed(
    call: Call, examined: Examined, wheel: Path, status: Status, code: int
) -> None:
    examined.broken = {"PAG-04": Result(status, "x"), "RD-01": Result(Status.BLOCKED, "not run")}
    result = call("certify", wheel, "--book", BOOK, "--rule", "PAG-04", "--json")
    assert (result.code, examined.asked["only"]) == (code, ("PAG-04",))
    assert result.document.get("error", {}).get("code") == ("rule-broken" if code else None)
    assert result.document["evidence"] is None
    text = call("certify", wheel, "--book", BOOK, "--rule", "PAG-04").out
    assert "tier       not told: only some rules were asked for" in text
    assert "RD-01" not in text


def test_a_key_of_ones_own_choice_must_exist(
    call: Call, examined: Examined, wheel: Path, tmp_path: Path
) -> None:
    result = call("certify", wheel, "--book", BOOK, "--key", tmp_path / "no.key", "--json")
    assert (result.code, result.document["error"]["code"]) == (2, "evidence-key-unusable")
    assert examined.asked == {}, "nothing is run for which there is no key"


def test_an_installed_connector_is_looked_at_and_never_certified(
    call: Call, examined: Examined, tmp_path: Path
) -> None:
    result = call("certify", "acme", "--book", BOOK, "--output", tmp_path / "out")
    assert result.code == 0
    assert "examined   connector-acme 1.0, as installed" in result.out
    assert "this is no evidence" in result.out
    assert "A0" in result.out
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "connector-acme-1.0-conformance.html",
        "connector-acme-1.0-conformance.zip",
    }
    assert call("certify", "acme", "--book", BOOK, "--json").document["page"] is None


@pytest.mark.parametrize("option", [("--key", "x"), ("--wheelhouse", ".")])
def test_what_is_about_wheels_is_refused_for_others(call: Call, option: tuple[str, str]) -> None:
    result = call("certify", "acme", "--book", BOOK, *option, "--json")
    assert (result.code, result.document["error"]["code"]) == (2, "usage")


@pytest.mark.parametrize(
    ("subject", "code"),
    [
        ("connector.yaml", "description-not-certified"),
        ("no-such.whl", "wheel-unreadable"),
        ("no-such-connector", "unknown-connector"),
    ],
)
def test_what_cannot_be_examined_is_refused(call: Call, subject: str, code: str) -> None:
    result = call("certify", subject, "--book", BOOK, "--json")
    assert (result.code, result.document["error"]["code"]) == (2, code)


def test_a_report_that_cannot_be_written_is_said(
    call: Call, examined: Examined, wheel: Path, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("x")
    result = call("certify", wheel, "--book", BOOK, "--output", tmp_path / "file", "--json")
    assert (result.code, result.document["error"]["code"]) == (2, "report-unwritable")
    assert not examined.asked, "nothing is run whose result could not be kept"
