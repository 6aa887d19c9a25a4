"""All mutants, by the rule that must find them."""

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

from tests.conformance.mutants.mutant import Mutant


def _all() -> Mapping[str, Mutant]:
    found: dict[str, Mutant] = {}
    for path in sorted(Path(__file__).parent.glob("of_*.py")):
        for mutant in import_module(f"{__package__}.{path.stem}").MUTANTS:
            if mutant.rule in found:
                raise ValueError(f"{mutant.rule} has two mutants")
            found[mutant.rule] = mutant
    return dict(sorted(found.items()))


MUTANTS = _all()
