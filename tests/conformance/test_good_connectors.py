"""No rule finds anything in connectors that break none, however they are made and whatever the seed."""

from pathlib import Path
from typing import Any

import pytest

from connector_sdk.conformance.catalogue import HIGHEST, WHEEL, rules
from connector_sdk.conformance.outcome import Status
from connector_sdk.connector import Connector
from connector_sdk.connector.capabilities import capabilities_of
from tests.conformance.examining import GOOD, SEED, examined, source_of

SOUND = {Status.PASS, Status.OMIT}


@pytest.mark.slow
@pytest.mark.parametrize(("name", "seed"), [*((name, SEED) for name in GOOD), ("lims", SEED + 1)])
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
    """So that none is left out above; those about wheels are proven where wheels are."""
    declared = [capabilities_of(_class(name)) for name in GOOD]
    unproven = [rule.id for rule in rules().values() if not any(rule.concerns(each) for each in declared)]
    assert unproven == [rule.id for rule in rules().values() if rule.gate == WHEEL]


def test_they_are_made_in_different_ways() -> None:
    assert len(GOOD) > 3
    assert len({capabilities_of(_class(name)) for name in GOOD}) == len(GOOD)
    assert len({_credentials(name) for name in GOOD}) == len(GOOD)


def _class(name: str) -> Any:
    found: dict[str, Any] = {}
    exec(compile(source_of(name), name, "exec"), found)
    return next(
        each
        for each in found.values()
        if isinstance(each, type) and issubclass(each, Connector) and each is not Connector
    )


def _credentials(name: str) -> str:
    kinds = ("OAuth2ClientCredentials(", "ApiKey(", "BasicAuth(", "BearerToken(")
    (used,) = [kind for kind in kinds if kind in source_of(name)]
    return used
