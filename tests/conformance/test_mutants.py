"""Each rule can fail: it finds the connector that was made wrong for it."""

import re
from pathlib import Path

import pytest

from connector_sdk.conformance.catalogue import rules
from connector_sdk.conformance.outcome import Result, Status
from tests.conformance.examining import GOOD
from tests.conformance.kill_matrix import ALONE, PAGE, of_good, outcome_of, page
from tests.conformance.mutants.in_hidden_ways import IN_HIDDEN_WAYS
from tests.conformance.mutants.in_other_ways import IN_OTHER_WAYS
from tests.conformance.mutants.missed_elsewhere import MISSED_ELSEWHERE
from tests.conformance.mutants.mutant import Mutant
from tests.conformance.mutants.table import MUTANTS
from tests.house.tree import section, tables


def test_every_rule_has_a_mutant_and_every_mutant_a_rule() -> None:
    assert sorted({each.rule for each in MUTANTS.values()}) == sorted(rules())
    assert set(rules()) <= MUTANTS.keys()
    assert len({each.words for each in MUTANTS.values()}) == len(MUTANTS)


@pytest.mark.parametrize("name", MUTANTS)
def test_what_is_made_wrong_is_there(name: str) -> None:
    compile(MUTANTS[name].source, name, "exec")


def test_a_change_fits_once_or_is_refused() -> None:
    for old in ("Lims", "nowhere to be found"):
        with pytest.raises(ValueError, match="stands"):
            Mutant("X", "lims", "", "", changes=((old, ""),)).source  # noqa: B018 - what raises
    with pytest.raises(ValueError, match="nothing is wrong with it"):
        Mutant("X", "lims", "", "").source  # noqa: B018


def test_the_page_shows_every_mutant_found_by_its_rule_alone() -> None:
    found, good = tables(PAGE.read_text(encoding="utf-8"))
    assert [tuple(row) for row in found[1:]] == [
        (mutant.rule, f"`{mutant.base}`", mutant.words, ALONE) for mutant in MUTANTS.values()
    ]
    runs = {row[0]: row[1:] for row in good[1:]}
    assert set(runs) == {f"`{name}`" for name in GOOD}
    assert all(int(done) >= 20 and done == well for done, well in runs.values())


def test_only_what_fails_by_its_own_rule_and_no_other_is_found_alone() -> None:
    mutant = MUTANTS["RD-01"]
    fail, error, ok, blocked = (
        Result(status) for status in (Status.FAIL, Status.ERROR, Status.PASS, Status.BLOCKED)
    )
    assert outcome_of(mutant, {"RD-01": fail, "RD-02": ok, "RD-03": blocked}) == ALONE
    assert outcome_of(mutant, {"RD-01": fail, "RD-02": error, "RD-03": fail}) == "found, and by RD-02, RD-03"
    assert outcome_of(mutant, {"RD-01": error, "RD-02": ok}) == "error"
    assert outcome_of(mutant, {"RD-01": ok}) == "pass"
    text = page({"RD-01": ALONE, "RD-02": "pass"}, of_good({("lims", 1): "", ("lims", 2): "RD-03 fail"}))
    assert "1 of 2 mutants" in text
    assert "| `lims` | 2 | 1 |" in section(text, "Connectors that break no rule")


MORE = (*IN_OTHER_WAYS, *IN_HIDDEN_WAYS, *MISSED_ELSEWHERE)


@pytest.mark.slow
@pytest.mark.parametrize("mutant", [*MUTANTS.values(), *MORE], ids=[*MUTANTS, *(each.words for each in MORE)])
def test_its_rule_finds_it(tmp_path: Path, mutant: Mutant) -> None:
    result = mutant.examined(tmp_path / "environment", only=(mutant.rule,)).results[mutant.rule]
    assert result.status is Status.FAIL
    assert re.search(mutant.saw, result.reason)
