"""Evidence is believed only of the wheel it is about, and only where those are trusted who signed it."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from connector_sdk.conformance.certificate import BookFacts, Subject
from connector_sdk.conformance.evidence.assurance import Assurance
from connector_sdk.conformance.evidence.envelope import countersign, seal
from connector_sdk.conformance.evidence.statement import payload
from connector_sdk.conformance.evidence.trust import TrustList
from connector_sdk.conformance.evidence.verify import verify, verify_wheel
from connector_sdk.conformance.outcome import Status, Tier
from tests.conformance.evidence.looking import look, refused
from tests.conformance.evidence.samples import (
    BOOK,
    EDITION,
    EDITIONS,
    NOW,
    STARTED,
    Case,
    build_wheel,
    envelope_of,
    facts_of,
    new_key,
    report_on,
    trusting,
    with_status,
)


def test_sound_evidence_is_accepted_with_the_tier_that_its_results_come_to(case: Case) -> None:
    verdict = look(case)
    assert verdict.reasons == ()
    assert (verdict.tier, verdict.assurance) == (Tier.SILVER, Assurance.SIGNED)
    assert [key.owner for key in verdict.signers] == ["Acme"]
    assert verdict.report is not None
    assert verdict.report.results == case.report.results
    assert replace(verdict.report, seconds=12.5) == case.report


@pytest.mark.parametrize(
    ("statuses", "tier"),
    [
        ({"RTY_01": Status.FAIL}, Tier.BRONZE),
        ({"RTY_02": Status.ERROR}, Tier.BRONZE),
        ({"CAP_01": Status.BLOCKED, "RD_01": Status.BLOCKED, "RTY_01": Status.BLOCKED}, Tier.NONE),
        ({"RD_01": Status.FAIL, "RTY_01": Status.BLOCKED}, Tier.NONE),
    ],
)
def test_a_lower_tier_is_told_as_what_it_is(case: Case, statuses: dict[str, Status], tier: Tier) -> None:
    verdict = look(case, seal(payload(with_status(case.report, **statuses)), case.key))
    assert (verdict.reasons, verdict.tier) == ((), tier)


_YEAR = timedelta(days=365)
DISTRUST: dict[str, tuple[dict[str, Any], str]] = {
    "revoked": ({"revoked": True}, "is revoked"),
    "another project": ({"projects": ("globex",)}, "not trusted for the project 'acme-lims'"),
    "no project": ({"projects": ()}, "not trusted for"),
    "a part of the name": ({"projects": ("acme",)}, "not trusted for"),
    "not valid yet": ({"valid_from": STARTED + timedelta(seconds=1)}, "not valid yet"),
    "no longer valid": ({"valid_to": STARTED}, "no longer valid"),
}


@pytest.mark.parametrize("what", DISTRUST)
def test_a_key_counts_only_for_its_projects_and_its_time(case: Case, what: str) -> None:
    changes, words = DISTRUST[what]
    refused(look(case, trust=trusting(case.key, **changes)), "trust", words)


@pytest.mark.parametrize(
    "changes",
    [
        {"projects": ("*",)},
        {"projects": ("globex", "Acme_LIMS")},
        {"valid_from": STARTED, "valid_to": STARTED + timedelta(microseconds=1)},
        {"valid_to": NOW - timedelta(minutes=30)},
    ],
)
def test_a_key_counts_where_the_list_says_so(case: Case, changes: dict[str, Any]) -> None:
    assert look(case, trust=trusting(case.key, **changes)).assurance is Assurance.SIGNED


def test_an_unknown_key_is_no_assurance_and_no_forgery(case: Case) -> None:
    verdict = look(case, trust=TrustList({}))
    assert (verdict.reasons, verdict.tier, verdict.assurance) == ((), Tier.SILVER, Assurance.UNSIGNED)
    assert verdict.strangers == (case.key.id,)
    refused(verdict.demanding(Tier.BRONZE, Assurance.SIGNED), "trust", "assurance is A0 (not signed")
    assert verdict.demanding(Tier.BRONZE, Assurance.UNSIGNED).reasons == ()


def test_unsigned_evidence_is_no_assurance(case: Case) -> None:
    verdict = look(case, json.dumps({**envelope_of(case.evidence), "signatures": []}).encode())
    assert (verdict.assurance, verdict.signers, verdict.strangers) == (Assurance.UNSIGNED, (), ())
    refused(verdict.demanding(Tier.BRONZE, Assurance.SIGNED), "trust", "A0")


def test_the_rules_about_wheels_count_whatever_is_declared(case: Case) -> None:
    left_out = with_status(case.report, PKG_01=Status.OMIT)
    evidence = seal(payload(replace(left_out, capabilities=frozenset({"read"}))), case.key)
    refused(look(case, evidence), "omission", "PKG-01 is left out")


def test_less_than_is_demanded_is_refused(case: Case) -> None:
    refused(
        look(case).demanding(Tier.GOLD, Assurance.SIGNED), "demand", "its tier is silver, demanded is gold"
    )
    refused(look(case).demanding(Tier.SILVER, Assurance.REPLAYED), "demand", "demanded is A2")
    assert look(case).demanding(Tier.SILVER, Assurance.SIGNED).reasons == ()


def test_a_countersignature_of_the_suites_makers_is_the_highest_assurance(case: Case) -> None:
    makers = new_key()
    evidence = countersign(case.evidence, makers)
    assert len(evidence.splitlines()) == 2
    owned = trusting(makers, owner="connector-sdk", projects=("*",))
    both = TrustList({**case.trust.keys, **owned.keys})
    assert look(case, evidence, both).assurance is Assurance.COUNTERSIGNED
    assert look(case, evidence).assurance is Assurance.SIGNED
    assert look(case, evidence, owned).assurance is Assurance.SIGNED
    partners = TrustList({**case.trust.keys, **trusting(makers, owner="Partner").keys})
    assert look(case, evidence, partners).assurance is Assurance.SIGNED
    revoked = TrustList({**case.trust.keys, **trusting(makers, owner="connector-sdk", revoked=True).keys})
    refused(look(case, evidence, revoked), "trust", "is revoked")


def test_two_keys_of_the_suites_makers_are_not_two_parties(case: Case) -> None:
    evidence = countersign(case.evidence, other := new_key())
    assert (
        look(case, evidence, trusting(case.key, other, owner="connector-sdk")).assurance is Assurance.SIGNED
    )


def test_a_simulators_book_is_bronze_at_most(case: Case) -> None:
    facts = BookFacts(BOOK, ("simulator",), (), "2026-11-01", "")
    verdict = look(case, case.signed(book=facts, highest=Tier.BRONZE))
    assert (verdict.reasons, verdict.tier) == ((), Tier.BRONZE)
    some = BookFacts(BOOK, ("documentation", "simulator"), ("https://x.example",), "2026-11-01", "")
    assert look(case, case.signed(book=some)).tier is Tier.SILVER


def test_an_edition_can_be_known_that_is_not_the_current_one(case: Case) -> None:
    editions = {**EDITIONS, "2027.1": replace(EDITION, name="2027.1", catalogue="sha256:" + "0" * 64)}
    assert verify_wheel(case.evidence, case.wheel, case.trust, NOW, editions).reasons == ()


def test_another_wheel_is_refused(case: Case, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = facts_of(build_wheel(tmp_path / "other", code="def connector_register(register): pass\n"))
    verdict = verify_wheel(case.evidence, other, case.trust, NOW, EDITIONS)
    refused(verdict, "wheel", "the SHA-256 differs")
    refused(verdict, "wheel", "the digest of the package's files differs")
    renamed = facts_of(case.wheel.path.rename(tmp_path / "acme_lims-1.4.0-py311-none-any.whl"))
    refused(verify_wheel(case.evidence, renamed, case.trust, NOW, EDITIONS), "wheel", "it is about")


def test_a_key_for_all_projects_signs_for_the_wheels_own(case: Case) -> None:
    subject = replace(case.report.subject, distribution="globex")
    verdict = look(case, case.signed(subject=subject), trusting(case.key, projects=("*",)))
    assert [(each.kind, each.message) for each in verdict.reasons] == [
        ("wheel", "it is about the project 'globex', not 'acme-lims'")
    ]


def test_a_wheel_that_must_not_be_installed_is_refused_whatever_is_signed(case: Case) -> None:
    spoilt = replace(case.wheel, problems=("acme.pth would be run whenever Python starts",))
    refused(verify_wheel(case.evidence, spoilt, case.trust, NOW, EDITIONS), "wheel", "acme.pth")


def test_what_is_installed_is_known_by_its_code(case: Case) -> None:
    subject = Subject("", "", "Acme.LIMS", "1.4.0", case.wheel.code)
    assert verify(case.evidence, subject, case.trust, NOW, EDITIONS).tier is Tier.SILVER
    changed = replace(subject, code="sha256:" + "0" * 64)
    refused(verify(case.evidence, changed, case.trust, NOW, EDITIONS), "wheel", "other code")


def test_every_reason_is_told_not_the_first_alone(case: Case) -> None:
    changed = report_on(case.wheel, seed=1, started=NOW + _YEAR, catalogue="sha256:" + "0" * 64)
    verdict = look(case, seal(payload(changed), case.key), trusting(case.key, revoked=True))
    assert {each.kind for each in verdict.reasons} == {"trust", "time", "edition"}


def test_a_clock_that_is_a_little_behind_is_no_reason(case: Case) -> None:
    soon = datetime(2026, 11, 22, 9, 34, tzinfo=UTC)
    assert look(case, case.signed(started=soon)).reasons == ()
