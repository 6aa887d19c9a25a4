"""No rule finds anything in connectors that break none, however they are made and whatever the seed."""

from pathlib import Path

import pytest

from connector_sdk.conformance.catalogue import HIGHEST, WHEEL, rules
from connector_sdk.conformance.outcome import Status
from tests.conformance.examining import GOOD, SEED, examined

SOUND = {Status.PASS, Status.OMIT}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "seed"), [*((name, SEED) for name in GOOD), ("lims", SEED + 1), ("lims", SEED + 2)]
)
def test_nothing_is_found(tmp_path: Path, name: str, seed: int) -> None:
    report = examined(tmp_path / "environment", name, seed=seed)
    found = {
        rule: (str(result.status), result.reason)
        for rule, result in report.results.items()
        if result.status not in SOUND
    }
    assert found == {}
    assert report.tier is HIGHEST
    concerned = {rule.id for rule in rules().values() if rule.concerns(report.capabilities)}
    assert {rule for rule, result in report.results.items() if result.status is Status.PASS} == concerned


def test_every_rule_concerns_one_of_them() -> None:
    """What the manifests declare is proven above; here it is enough to know that no rule is left out."""
    declared = {
        "lims": {
            "read",
            "incremental",
            "paging",
            "next",
            "total",
            "write",
            "idempotent_write",
            "auth",
            "envelope",
        },
        "safety": {"read", "paging", "next", "total", "write", "idempotent_write", "unsafe_write", "batch"},
    }
    assert declared.keys() <= set(GOOD)
    every = frozenset(set().union(*declared.values()) | {WHEEL})
    assert [rule.id for rule in rules().values() if not rule.concerns(every)] == []
