"""The tiers that `connectors` tells: of the very code that is installed, by evidence of a trusted key."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from connector_sdk.conformance.certificate import Subject
from connector_sdk.conformance.evidence.envelope import seal
from connector_sdk.conformance.evidence.places import default_trust, kept_evidence
from connector_sdk.conformance.evidence.statement import payload
from connector_sdk.conformance.evidence.store import keep
from connector_sdk.conformance.outcome import Tier
from connector_sdk.conformance.wheel.code import installed_code
from connector_sdk.errors import ConfigurationError
from tests.cli.conftest import Call
from tests.cli.test_connectors import GOOD, install, site
from tests.clocks import FakeClock
from tests.conformance.evidence.samples import (
    EDITIONS,
    NOW,
    Case,
    new_key,
    report_on,
    sound_case,
    trust_document,
)

__all__ = ["site"]


@pytest.fixture
def case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Case:
    """Return a wheel with evidence of an invented edition, which is the one that is known, today."""
    monkeypatch.setattr("connector_sdk.conformance.evidence.verify.known_editions", lambda: EDITIONS)
    monkeypatch.setattr("connector_sdk.clock.SYSTEM_CLOCK", FakeClock(NOW))
    return sound_case(tmp_path)


def _keep_installed(case: Case, **changes: object) -> bytes:
    """Keep evidence about the installed connector `acme`, of the user's own trusted key."""
    code = installed_code("connector-acme")
    report = report_on(
        case.wheel, **{"subject": Subject("x.whl", "0" * 64, "connector-acme", "1.2", code), **changes}
    )
    evidence = seal(payload(report), case.key)
    path = keep(evidence, report)
    assert path is not None
    assert path.read_bytes() == evidence
    default_trust().parent.mkdir(parents=True, exist_ok=True)
    default_trust().write_text(json.dumps(trust_document(case.key, projects=("*",))))
    return evidence


def _listed(call: Call) -> tuple[str, str]:
    found = {each["name"]: each for each in call("connectors", "--json").document["connectors"]}
    return found["acme"]["tier"], found["acme"]["assurance"]


@pytest.fixture
def installed(site: Path) -> Path:
    """Install the connector `acme`, with the list of its files."""
    info = install(site, "acme", GOOD)
    (info / "RECORD").write_text("connector_acme_plugin.py,,\nconnector_acme-1.2.dist-info/METADATA,,\n")
    return site


def test_connectors_tells_the_tier_of_the_very_code_that_is_installed(
    call: Call, installed: Path, case: Case
) -> None:
    assert _listed(call) == ("", "")
    assert "tier" not in call("connectors").out
    _keep_installed(case)
    assert _listed(call) == ("silver", "A1")
    assert "silver" in call("connectors").out
    with (installed / "connector_acme_plugin.py").open("a") as file:
        file.write("# changed\n")
    assert _listed(call) == ("", "")


def test_evidence_that_is_not_trusted_tells_no_tier(call: Call, installed: Path, case: Case) -> None:
    _keep_installed(case)
    for listed in (trust_document(new_key()), trust_document(case.key, projects=("other",))):
        default_trust().write_text(json.dumps(listed))
        assert _listed(call) == ("", "")
    default_trust().unlink()
    assert _listed(call) == ("", "")
    default_trust().write_text("garbage")
    result = call("connectors", "--json")
    assert (result.code, result.document["error"]["code"]) == (2, "trust-list-unusable")


def test_evidence_about_something_else_tells_no_tier(call: Call, installed: Path, case: Case) -> None:
    code = installed_code("connector-acme")
    _keep_installed(case, subject=Subject("x.whl", "0" * 64, "connector-acme", "1.3", code))
    assert _listed(call) == ("", "")
    _keep_installed(case, highest=Tier.GOLD)
    assert _listed(call) == ("", "")
    evidence = _keep_installed(case, connector="other")
    (kept,) = (kept_evidence() / "acme").iterdir()
    kept.write_bytes(evidence)
    assert _listed(call) == ("", "")
    kept.write_bytes(b"garbage")
    assert _listed(call) == ("", "")
    _keep_installed(case)
    assert _listed(call) == ("silver", "A1")


def test_evidence_that_cannot_be_kept_is_told(call: Call, case: Case, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError) as caught:
        keep(case.evidence, case.report, tmp_path / "file")
    assert caught.value.code == "evidence-unwritable"


def test_evidence_about_what_can_never_be_installed_is_not_kept(case: Case, tmp_path: Path) -> None:
    for report in (
        replace(case.report, connector="../x"),
        replace(case.report, subject=replace(case.report.subject, code="")),
    ):
        assert keep(case.evidence, report, tmp_path / "kept") is None
    assert not (tmp_path / "kept").exists()
