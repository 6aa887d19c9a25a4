"""The page of the rules is the catalogue, and pages name no rule that there is not."""

import re
from pathlib import Path

import pytest

from connector_sdk.conformance.catalogue import rules
from tests.house.rules import BEGIN, END, PAGE, catalogue, groups
from tests.house.tree import DOCS, relative, section

_RULE = re.compile(rf"\b(?:{'|'.join(groups())})-\d\d\b")


def test_the_page_is_up_to_date() -> None:
    _, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    shown, _, _ = rest.partition(END)
    assert shown.strip() == catalogue().strip(), "run: python -m tests.house.rules"


def test_every_rule_belongs_to_a_group() -> None:
    assert {rule.partition("-")[0] for rule in rules()} == set(groups())


@pytest.mark.parametrize("rule", rules())
def test_its_tier_and_its_gate_stand_below_it(rule: str) -> None:
    shown, known = section(PAGE.read_text(encoding="utf-8"), rule), rules()[rule]
    facts = next(line for line in shown.splitlines() if re.match(r"\*\w", line))
    assert facts.startswith(f"*{known.tier.value}; for ")
    assert f"`{known.gate}`" in facts or known.gate in {"", "wheel"} or known.gate.startswith("!")


@pytest.mark.parametrize("path", sorted(DOCS.glob("*.md")), ids=relative)
def test_rules_that_are_named_exist(path: Path) -> None:
    named = set(_RULE.findall(path.read_text(encoding="utf-8")))
    assert named <= rules().keys()
