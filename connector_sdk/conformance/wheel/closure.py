"""Everything that requirements lead to, among what is installed beside the SDK."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

_Extras = frozenset[str]


@dataclass(frozen=True, slots=True)
class Closure:
    """The distributions found by canonical name, and the requirements that none meets, in sentences."""

    found: Mapping[str, Distribution]
    missing: tuple[str, ...]


def closure(requires: Sequence[str], *, without: str) -> Closure:
    """Return what the requirements of a wheel called `without` lead to; that wheel itself is left out."""
    found: dict[str, Distribution] = {}
    asked: dict[str, _Extras] = {}
    missing: dict[str, str] = {}
    waiting = [(need, without) for need in _applying(requires, frozenset())]
    while waiting:
        need, whose = waiting.pop()
        name = canonicalize_name(need.name)
        extras = asked.get(name, frozenset()) | need.extras
        if name == canonicalize_name(without) or (name in asked and extras == asked[name]):
            continue
        asked[name] = extras
        try:
            found[name] = distribution(name)
        except PackageNotFoundError:
            missing[name] = f"{whose} requires {need}, and no {need.name} is installed beside the SDK"
            continue
        waiting += [(inner, name) for inner in _applying(found[name].requires or (), extras)]
    return Closure(found, tuple(missing.values()))


def _applying(requires: Sequence[str], extras: _Extras) -> Iterator[Requirement]:
    for text in requires:
        try:
            need = Requirement(text)
        except InvalidRequirement:
            continue
        if need.marker is None or any(need.marker.evaluate({"extra": each}) for each in {"", *extras}):
            yield need
