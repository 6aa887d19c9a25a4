"""The rules of the present edition: what each asserts, why, and for whom it counts."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from connector_sdk.conformance.outcome import Tier
from connector_sdk.digest import digest

if TYPE_CHECKING:
    from connector_sdk.conformance.lab import Lab

EDITION: Final = "2026.1"
HIGHEST: Final = Tier.SILVER
"""The highest tier that this edition can tell: it has no rule of a higher one."""

WHEEL: Final = "wheel"
"""No capability: what gates the rules about packaging, which say nothing of what is only installed."""

Check = Callable[["Lab"], None]
"""Asserts the rule in a lab: returns where it holds, raises `Broken` where it does not."""


class Broken(Exception):  # noqa: N818 - it is no error of ours: it is what a rule finds
    """What a rule asserts does not hold; the text says what was seen, without a value."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: `title` is what it asserts, `why` what happens to those who break it.

    `gate` names the capability for whose sake alone it counts ("" for everybody; "!name" where a capability
    is *not* declared). `requires` names rules that must have passed before this one says anything. `faults`
    tells whether it injects any: without the injector such a rule must end as an error. One that `judges`
    is about what was seen while all others ran, and comes last.
    """

    id: str
    tier: Tier
    gate: str
    requires: tuple[str, ...]
    faults: bool
    judges: bool
    title: str
    why: str
    check: Check

    @property
    def document(self) -> dict[str, Any]:
        """What is published of it, and what its digest is about."""
        return {
            "id": self.id,
            "tier": self.tier.value,
            "gate": self.gate,
            "requires": list(self.requires),
            "faults": self.faults,
            "title": self.title,
            "why": self.why,
        }

    def concerns(self, capabilities: frozenset[str]) -> bool:
        """Tell whether it counts for a connector with these capabilities."""
        if self.gate.startswith("!"):
            return self.gate[1:] not in capabilities
        return not self.gate or self.gate in capabilities


_RULES: dict[str, Rule] = {}


def rule(
    id_: str,
    tier: Tier,
    *,
    gate: str = "",
    requires: tuple[str, ...] = (),
    faults: bool = False,
    judges: bool = False,
) -> Callable[[Check], Check]:
    """Declare a rule: the docstring's first paragraph is its title, the rest says why it matters."""

    def declare(check: Check) -> Check:
        title, _, why = inspect.cleandoc(check.__doc__ or "").partition("\n\n")
        if id_ in _RULES or not why:
            raise TypeError(f"{id_} is declared twice, or its docstring does not say why it matters")
        _RULES[id_] = Rule(
            id_, tier, gate, requires, faults, judges, " ".join(title.split()), " ".join(why.split()), check
        )
        return check

    return declare


@cache
def rules() -> Mapping[str, Rule]:
    """Return the rules by id, those that others build upon first, those that judge last."""
    from connector_sdk.conformance import rules as package  # noqa: PLC0415 - its modules import this one

    for module in iter_modules(package.__path__):
        import_module(f"{package.__name__}.{module.name}")
    ordered: dict[str, Rule] = {}

    def place(each: Rule) -> None:
        for needed in each.requires:
            place(_RULES[needed])
        ordered.setdefault(each.id, each)

    for each in sorted(_RULES.values(), key=lambda one: (one.judges, one.id)):
        place(each)
    return MappingProxyType(ordered)


def catalogue_digest() -> str:
    """Return the digest of the published form of all rules, with the edition's name."""
    return digest({"edition": EDITION, "rules": [each.document for each in rules().values()]})
