"""Verify evidence as the tests do: about the case's own wheel, at their moment, by their edition."""

from connector_sdk.conformance.evidence.assurance import Assurance
from connector_sdk.conformance.evidence.trust import TrustList
from connector_sdk.conformance.evidence.verify import Verdict, verify_wheel
from connector_sdk.conformance.outcome import Tier
from tests.conformance.evidence.samples import EDITIONS, NOW, Case


def look(case: Case, evidence: bytes | None = None, trust: TrustList | None = None) -> Verdict:
    """Verify evidence about the case's wheel, by default the sound one by a list that trusts its key."""
    given = case.evidence if evidence is None else evidence
    return verify_wheel(given, case.wheel, case.trust if trust is None else trust, NOW, EDITIONS)


def refused(verdict: Verdict, kind: str, words: str) -> None:
    """Assert that a verdict is a refusal, worth nothing, with this reason among others."""
    assert (verdict.tier, verdict.assurance) == (Tier.NONE, Assurance.UNSIGNED)
    assert any(each.kind == kind and words in each.message for each in verdict.reasons), verdict.reasons
