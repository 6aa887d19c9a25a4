"""`verify-evidence`: what a certificate is worth."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from connector_sdk.conformance.certificate import Report
from connector_sdk.conformance.evidence.envelope import seal
from connector_sdk.conformance.evidence.places import default_key, default_trust, has_evidence, kept_evidence
from connector_sdk.conformance.evidence.statement import payload
from connector_sdk.conformance.outcome import Status
from tests.cli.conftest import Call, Result
from tests.clocks import FakeClock
from tests.conformance.evidence.samples import (
    BOOK,
    EDITIONS,
    NOW,
    Case,
    sound_case,
    trust_document,
    with_status,
)


@pytest.fixture
def case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Case:
    """Return a wheel with evidence of an invented edition, which is the one that is known, today."""
    monkeypatch.setattr("connector_sdk.conformance.evidence.verify.known_editions", lambda: EDITIONS)
    monkeypatch.setattr("connector_sdk.clock.SYSTEM_CLOCK", FakeClock(NOW))
    return sound_case(tmp_path)


@pytest.fixture
def files(case: Case, tmp_path: Path) -> tuple[Path, Path, Path]:
    """Return the paths of the wheel, of its evidence and of a list that trusts its key."""
    evidence, trust = tmp_path / "acme.intoto.jsonl", tmp_path / "trust.json"
    evidence.write_bytes(case.evidence)
    trust.write_text(json.dumps(trust_document(case.key)))
    return case.wheel.path, evidence, trust


Files = tuple[Path, Path, Path]


def test_sound_evidence_is_told_with_what_it_covers_and_cannot_say(
    call: Call, files: Files, case: Case
) -> None:
    wheel, evidence, trust = files
    result = call("verify-evidence", wheel, evidence, "--trust", trust)
    assert (result.code, result.err) == (0, "")
    facts = dict(line.split("  ", 1) for line in result.out.split("\n\n")[0].splitlines())
    told = {name: value.strip() for name, value in facts.items()}
    assert told == {
        "wheel": "acme_lims-1.4.0-py3-none-any.whl",
        "verdict": "accepted",
        "tier": "silver",
        "assurance": "A1: signed by a trusted key",
        "signed by": f"Acme ({case.key.id[:12]})",
        "connector": "acme of acme-lims 1.4.0",
        "declares": "read",
        "rules": "edition 2026.1: 6 passed, 2 do not concern it",
        "run": "2026-11-22 08:30Z, seed 4242",
        "book": "documentation; recorded 2026-11-01, 21 days ago, vendor's API 2026-01",
        "sources": "https://developer.acme.example/api",
    }
    assert "not against the vendor's live system" in result.out
    assert "only a replay tells" in result.out


def test_the_document_tells_the_same(call: Call, files: Files, case: Case) -> None:
    wheel, evidence, trust = files
    result = call("verify-evidence", wheel, evidence, "--trust", trust, "--json")
    document = result.document
    assert result.code == 0
    assert len(document.pop("cannot_say")) == 3
    assert document == {
        "wheel": wheel.name,
        "evidence": str(evidence),
        "verdict": "accepted",
        "tier": "silver",
        "assurance": "A1",
        "signed_by": [{"owner": "Acme", "key_id": case.key.id}],
        "unknown_keys": [],
        "replayed": False,
        "connector": "acme",
        "distribution": "acme-lims",
        "version": "1.4.0",
        "edition": "2026.1",
        "capabilities": ["read"],
        "rules": {"pass": 6, "fail": 0, "error": 0, "omit": 2, "blocked": 0},
        "tested": "2026-11-22T08:30:00Z",
        "seed": 4242,
        "environment": {"python": "3.12.4", "platform": "linux-x86_64"},
        "book": {
            "kinds": ["documentation"],
            "sources": ["https://developer.acme.example/api"],
            "recorded": "2026-11-01",
            "age_days": 21,
            "api_version": "2026-01",
        },
        "limits": [],
        "reasons": [],
    }


def _refused(result: Result, *words: str) -> None:
    assert result.code == 77, result
    document = result.document
    assert (document["verdict"], document["tier"], document["assurance"]) == ("refused", "none", "A0")
    assert document["error"]["code"] == "evidence-refused"
    assert document["error"]["title"] == "ComplianceError"
    messages = [each["message"] for each in document["reasons"]]
    assert len(messages) == len(words)
    for word, message in zip(words, messages, strict=True):
        assert word in message
    assert document["error"]["message"].startswith(messages[0])


def test_refused_evidence_is_told_with_every_reason(call: Call, files: Files, case: Case) -> None:
    wheel, evidence, trust = files
    spoilt = with_status(replace(case.report, seed=1, catalogue="sha256:" + "0" * 64), RTY_02=Status.OMIT)
    evidence.write_bytes(seal(payload(spoilt), case.key))
    trust.write_text(json.dumps(trust_document(case.key, revoked=True)))
    _refused(
        call("verify-evidence", wheel, evidence, "--trust", trust, "--json"),
        "is revoked",
        "not those published",
    )
    result = call("verify-evidence", wheel, evidence, "--trust", trust)
    assert (result.code, result.err) == (77, "")
    assert "silver" not in result.out
    for words in ("refused", "is revoked", "not those published", "connector-sdk explain evidence-refused"):
        assert words in result.out
    assert "do not rely on it" in result.out


def test_a_stranger_is_nobody_unless_that_is_enough(call: Call, files: Files, case: Case) -> None:
    wheel, evidence, _ = files
    asked = call("verify-evidence", wheel, evidence, "--json")
    _refused(asked, "its assurance is A0 (not signed by a key")
    assert asked.document["unknown_keys"] == [case.key.id]
    told = call("verify-evidence", wheel, evidence).out
    assert case.key.id in told
    assert "enter it in your list of trusted keys" in " ".join(told.split())
    result = call("verify-evidence", wheel, evidence, "--min-assurance", "a0", "--json")
    assert (result.code, result.document["tier"], result.document["assurance"]) == (0, "silver", "A0")
    shown = call("verify-evidence", wheel, evidence, "--min-assurance", "A0").out
    assert "A0: not signed by a key that is trusted here" in shown
    assert "unknown keys" in shown


def test_a_lower_tier_is_enough_only_where_it_is(call: Call, files: Files, case: Case) -> None:
    wheel, evidence, trust = files
    evidence.write_bytes(
        seal(
            payload(
                with_status(case.report, CAP_01=Status.FAIL, RD_01=Status.BLOCKED, RTY_01=Status.BLOCKED)
            ),
            case.key,
        )
    )
    common = ("verify-evidence", wheel, evidence, "--trust", trust)
    _refused(call(*common, "--json"), "its tier is none, demanded is bronze")
    shown = call(*common, "--min-tier", "none").out
    assert "4 passed" not in shown
    assert "3 passed, 2 do not concern it, 1 failed, 2 could not be tried" in shown
    evidence.write_bytes(case.evidence)
    _refused(call(*common, "--min-tier", "gold", "--json"), "its tier is silver, demanded is gold")


def test_an_old_book_is_said_to_be_old(call: Call, files: Files, case: Case) -> None:
    wheel, evidence, trust = files
    old = replace(case.report.book, recorded="2025-01-01")
    evidence.write_bytes(case.signed(book=old, caps=("brand new",)))
    result = call("verify-evidence", wheel, evidence, "--trust", trust)
    assert result.code == 0
    assert "The book is 690 days old" in result.out
    assert "brand new" not in result.out


def test_garbage_in_either_file_is_refused(call: Call, files: Files) -> None:
    wheel, evidence, trust = files
    common = ("verify-evidence", wheel, evidence, "--trust", trust, "--json")
    good = evidence.read_bytes()
    evidence.write_bytes(b"\xff" * 100)
    _refused(call(*common), "not strict JSON")
    evidence.write_bytes(good + b" " * (1 << 20))
    _refused(call(*common), "larger than")
    evidence.write_bytes(good)
    wheel.write_bytes(b"no wheel")
    _refused(call(*common), "is no wheel")


def test_what_is_not_there_is_no_refusal(call: Call, files: Files, tmp_path: Path) -> None:
    wheel, evidence, trust = files
    for arguments, code in (
        ((wheel, tmp_path / "none"), "evidence-unreadable"),
        ((wheel, tmp_path), "evidence-unreadable"),
        ((tmp_path / "none.whl", evidence), "wheel-unreadable"),
        ((wheel, evidence, "--trust", tmp_path / "none"), "trust-list-unusable"),
        ((wheel, evidence, "--min-tier", "golden"), "usage"),
        ((wheel, evidence, "--min-assurance", "A9"), "usage"),
        ((wheel, evidence, "--book", tmp_path), "usage"),
    ):
        result = call("verify-evidence", *arguments, "--json")
        assert (result.code, result.document["error"]["code"]) == (2, code), arguments
    trust.write_text("{}")
    result = call("verify-evidence", wheel, evidence, "--trust", trust, "--json")
    assert (result.code, result.document["error"]["code"]) == (2, "trust-list-unusable")


@pytest.fixture
def suite(monkeypatch: pytest.MonkeyPatch, case: Case) -> list[Report]:
    """Put a suite in the place of the real one; it finds what stands in the list first."""
    found = [case.report]

    def replay(wheel: Path, book: Path, seed: int) -> Report:
        return found[0]

    def digest_of(book: Path) -> str:
        return BOOK

    monkeypatch.setattr("connector_sdk.cli.verify_evidence._replay", lambda: replay)
    monkeypatch.setattr("connector_sdk.cli.verify_evidence._digest_of", digest_of)
    return found


def test_a_replay_is_told(call: Call, files: Files, tmp_path: Path, suite: list[Report], case: Case) -> None:
    wheel, evidence, trust = files
    common = ("verify-evidence", wheel, evidence, "--trust", trust, "--replay", "--json")
    given = ("--book", tmp_path)
    result = call(*common, *given, "--min-assurance", "A2")
    assert (result.code, result.document["assurance"], result.document["replayed"]) == (0, "A2", True)
    _refused(call(*common), "'acme_lims-1.4.0-conformance.zip' is not beside the evidence")
    _refused(call(*common, *given, "--min-assurance", "A3"), "demanded is A3")
    suite[0] = with_status(case.report, RD_01=Status.FAIL)
    _refused(call(*common, *given), "RD-01: the evidence says pass, here it is fail")
    suite.clear()
    _refused(call(*common, *given, "--min-tier", "gold"), "demanded is gold")


def test_a_user_without_a_home_has_no_evidence_and_is_told_where_it_would_matter(
    call: Call, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    def homeless() -> Path:
        raise RuntimeError("could not determine home directory")

    monkeypatch.setattr(Path, "home", homeless)
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.delenv(name)
    assert call("connectors").code == 0
    result = call("verify-evidence", files[0], files[1], "--json")
    assert (result.code, result.document["error"]["code"]) == (2, "home-unknown")
    assert "XDG_CONFIG_HOME" in result.document["error"]["hint"]


def test_places_are_those_of_the_standard(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", "relative/paths/are/ignored")
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    assert default_key() == tmp_path / ".config/connector-sdk/conformance.key"
    assert kept_evidence() == tmp_path / ".local/share/connector-sdk/evidence"
    assert not has_evidence("acme")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "etc"))
    assert default_trust() == tmp_path / "etc/connector-sdk/conformance-trust.json"
