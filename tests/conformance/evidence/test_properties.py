"""What holds for every report and every change of one byte or one status."""

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector_sdk.conformance.evidence.envelope import seal, unseal
from connector_sdk.conformance.evidence.statement import EXTENSION, payload, statement
from connector_sdk.conformance.evidence.trust import TrustList
from connector_sdk.conformance.evidence.verify import Verdict, verify_wheel
from connector_sdk.conformance.outcome import Result, Status, Tier, tier_of
from connector_sdk.digest import canonical
from connector_sdk.signing.signers import to_base64
from tests.conformance.evidence.samples import EDITION, EDITIONS, NOW, envelope_of, sound_case

pytestmark = pytest.mark.slow

with tempfile.TemporaryDirectory() as _folder:
    CASE = sound_case(Path(_folder))

EVIDENCE = CASE.evidence
SIGNED = unseal(EVIDENCE)

statuses = st.fixed_dictionaries({rule: st.sampled_from(list(Status)) for rule in EDITION.rules})
bits = st.integers(1, 255)


def look(evidence: bytes, trust: TrustList = CASE.trust) -> Verdict:
    return verify_wheel(evidence, CASE.wheel, trust, NOW, EDITIONS)


def reported(outcomes: dict[str, Status]) -> dict[str, Any]:
    return {rule: Result(status) for rule, status in outcomes.items()}


@given(st.integers(0, len(SIGNED.payload) - 1), bits)
@settings(max_examples=300)
def test_one_changed_byte_of_the_statement_is_refused(at: int, mask: int) -> None:
    spoilt = bytearray(SIGNED.payload)
    spoilt[at] ^= mask
    envelope = {**envelope_of(EVIDENCE), "payload": to_base64(bytes(spoilt))}
    assert look(json.dumps(envelope).encode()).reasons


@given(st.integers(0, 63), bits)
@settings(max_examples=200)
def test_one_changed_byte_of_the_signature_is_refused(at: int, mask: int) -> None:
    spoilt = bytearray(SIGNED.signatures[CASE.key.id])
    spoilt[at] ^= mask
    signature = {"keyid": CASE.key.id, "sig": to_base64(bytes(spoilt))}
    evidence = json.dumps({**envelope_of(EVIDENCE), "signatures": [signature]}).encode()
    assert [each.kind for each in look(evidence).reasons] == ["signature"]


@given(st.integers(0, len(EVIDENCE) - 2), bits)
@settings(max_examples=300)
def test_one_changed_byte_of_the_file_is_refused_or_signed_by_nobody(at: int, mask: int) -> None:
    spoilt = bytearray(EVIDENCE)
    spoilt[at] ^= mask
    verdict = look(bytes(spoilt))
    assert verdict.reasons or not verdict.signers


@given(st.binary(max_size=400))
def test_garbage_is_refused(garbage: bytes) -> None:
    assert look(garbage).reasons
    assert look(seal(garbage, CASE.key)).reasons


def _trees() -> st.SearchStrategy[Any]:
    leaves = st.none() | st.booleans() | st.integers() | st.text(max_size=20)
    return st.recursive(leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner))


@pytest.mark.slow
@given(st.data(), _trees())
@settings(max_examples=200)
def test_no_value_anywhere_in_a_statement_makes_the_verifier_crash(data: st.DataObject, value: Any) -> None:
    tree = json.loads(SIGNED.payload)
    part: Any = tree
    while True:
        step = data.draw(st.sampled_from(sorted(part) if isinstance(part, dict) else list(range(len(part)))))
        if not part[step] or not isinstance(part[step], dict | list) or data.draw(st.booleans()):
            break
        part = part[step]
    unchanged = part[step] == value and type(part[step]) is type(value)
    part[step] = value
    try:
        evidence = seal(canonical(tree), CASE.key)
    except UnicodeEncodeError:
        return
    verdict = look(evidence)
    assert unchanged or verdict.reasons or verdict.tier.rank <= Tier.SILVER.rank


@given(statuses, st.sampled_from(sorted(EDITION.rules)), st.sampled_from(list(Status)))
@settings(max_examples=300)
def test_one_edited_status_never_raises_the_tier(
    outcomes: dict[str, Status], rule: str, status: Status
) -> None:
    honest = CASE.signed(results=reported(outcomes))
    before = look(honest)
    tree = json.loads(unseal(honest).payload)
    tree["predicate"][EXTENSION]["results"][rule]["status"] = status.value
    after = look(seal(canonical(tree), CASE.key))
    assert after.reasons or status is outcomes[rule] or after.tier.rank <= before.tier.rank


@given(statuses)
@settings(max_examples=300)
def test_whatever_is_accepted_comes_to_what_its_results_come_to(outcomes: dict[str, Status]) -> None:
    verdict = look(CASE.signed(results=reported(outcomes)))
    worth = tier_of(outcomes, EDITION.tiers, Tier.SILVER)
    assert verdict.reasons or verdict.tier is worth
    gates = {rule: each.concerns(CASE.report.capabilities) for rule, each in EDITION.rules.items()}
    unjustified = any((outcomes[rule] is Status.OMIT) == due for rule, due in gates.items() if due)
    assert not unjustified or verdict.reasons


@given(statuses)
def test_whoever_ignores_the_extension_sees_no_laxer_picture(outcomes: dict[str, Status]) -> None:
    """The monotonic principle: what is no pass is no pass for a reader of plain in-toto either."""
    predicate = statement(CASE.report.__class__(**{**_members(), "results": reported(outcomes)}))["predicate"]
    passed, warned, failed = (set(predicate[name]) for name in ("passedTests", "warnedTests", "failedTests"))
    assert passed == {rule for rule, status in outcomes.items() if status is Status.PASS}
    assert warned == {rule for rule, status in outcomes.items() if status is Status.OMIT}
    assert failed == set(outcomes) - passed - warned
    assert predicate["result"] == ("FAILED" if failed else "WARNED" if warned else "PASSED")
    if predicate["result"] != "FAILED":
        assert tier_of(outcomes, EDITION.tiers, Tier.SILVER) is Tier.SILVER


def _members() -> dict[str, Any]:
    return {name: getattr(CASE.report, name) for name in CASE.report.__dataclass_fields__}


def test_the_statement_is_the_same_however_the_results_are_ordered() -> None:
    turned = dict(reversed(CASE.report.results.items()))
    assert payload(CASE.report) == payload(CASE.report.__class__(**{**_members(), "results": turned}))
