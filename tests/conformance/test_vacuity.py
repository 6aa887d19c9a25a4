"""Without the injector, no rule that injects faults passes: it would pass anything."""

import sys
from pathlib import Path

import pytest

from connector_sdk.conformance.catalogue import rules
from connector_sdk.conformance.certificate import Subject
from connector_sdk.conformance.outcome import Status
from connector_sdk.conformance.runner import Request, examination_of, judged
from tests.conformance.examining import CONNECTORS, GOOD, SEED, source_of
from tests.conformance.sites import interpreter


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["lims", *(pytest.param(name, marks=pytest.mark.torture) for name in GOOD if name != "lims")]
)
def test_no_rule_that_injects_faults_passes_without_any(tmp_path: Path, name: str) -> None:
    python = interpreter(tmp_path / "environment", {name: source_of(name)})
    request = Request(
        Subject(name, "", "", "", ""), name, python, CONNECTORS / name / "book", SEED, injecting=False
    )
    with examination_of(request) as examination:
        outcomes = {
            rule.id: judged(examination, rule)
            for rule in rules().values()
            if rule.faults and rule.concerns(examination.capabilities)
        }
    assert len(outcomes) > 8
    passed = {rule: result for rule, result in outcomes.items() if result.status is not Status.ERROR}
    assert passed == {}
    assert all("did not strike" in result.reason for result in outcomes.values())


def test_most_rules_inject_faults() -> None:
    """So that the one above is about something; a rule that uses `Fault` says so."""
    unsaid = [
        rule.id
        for rule in rules().values()
        if not rule.faults and "Fault(" in _source(rule.check.__module__, rule.check.__name__)
    ]
    assert unsaid == []


def _source(module: str, name: str) -> str:
    text = Path(str(sys.modules[module].__file__)).read_text(encoding="utf-8")
    return text.partition(f"def {name}(")[2].partition("\ndef ")[0].partition("\n@rule")[0]
