"""From a wheel to evidence that was replayed, with nothing standing in for anything."""

from pathlib import Path

import pytest

from tests.cli.conftest import Call
from tests.conformance.examining import CONNECTORS, source_of
from tests.conformance.wheel.building import build, of_module


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_wheel_is_certified_verified_and_replayed(call: Call, tmp_path: Path) -> None:
    wheel = build(tmp_path / "di st", of_module("lims", source_of("lims")))
    made = call("certify", wheel, "--book", CONNECTORS / "lims" / "book", "--json").document
    broken = [rule for rule in made["rules"] if rule["status"] not in {"pass", "omit"}]
    assert broken == []
    assert (made["tier"], made["assurance"], made["objections"]) == ("silver", "A1", [])
    verified = call("verify-evidence", wheel, made["evidence"], "--min-tier", "silver", "--replay", "--json")
    assert (verified.code, verified.document["assurance"]) == (0, "A2"), verified.out
