"""All mutants: at least one for each rule."""

from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path

from tests.conformance.mutants.mutant import Mutant


def _all() -> Sequence[Mutant]:
    modules = sorted(path.stem for path in Path(__file__).parent.glob("of_*.py"))
    found = [mutant for name in modules for mutant in import_module(f"{__package__}.{name}").MUTANTS]
    return sorted(found, key=lambda mutant: mutant.rule)


def _named(mutants: Sequence[Mutant]) -> Mapping[str, Mutant]:
    """Return them by rule, those after a rule's first with a number: `RD-03.2`."""
    named: dict[str, Mutant] = {}
    for mutant in mutants:
        number = sum(1 for each in named.values() if each.rule == mutant.rule) + 1
        named[mutant.rule if number == 1 else f"{mutant.rule}.{number}"] = mutant
    return named


MUTANTS = _named(_all())
"""By name, in the order of the rules."""
