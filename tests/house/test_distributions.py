"""What a user installs: little, pinned by hash, from wherever the user's own index is."""

import re
from importlib.metadata import distribution

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.house.tree import ROOT, pyproject

MOST = 35
LOCK = ROOT / "requirements.lock"


def _needs(name: str, extras: frozenset[str]) -> list[Requirement]:
    found = (Requirement(text) for text in distribution(name).requires or ())
    return [need for need in found if _applies(need, extras)]


def _applies(need: Requirement, extras: frozenset[str]) -> bool:
    return need.marker is None or any(need.marker.evaluate({"extra": extra}) for extra in extras or {""})


def _installed_with(name: str) -> set[str]:
    """Return the distributions that installing one brings, itself included."""
    seen: dict[str, frozenset[str]] = {}
    waiting: list[tuple[str, frozenset[str]]] = [(name, frozenset({""}))]
    while waiting:
        name, extras = waiting.pop()
        name = canonicalize_name(name)
        if extras <= seen.get(name, frozenset()):
            continue
        seen[name] = seen.get(name, frozenset()) | extras
        waiting += [(need.name, frozenset({"", *need.extras})) for need in _needs(name, seen[name])]
    return set(seen)


def _locked() -> dict[str, str]:
    text = LOCK.read_text(encoding="utf-8")
    entries = re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)[1:]
    return {canonicalize_name(re.split(r"[=\[; ]", entry, maxsplit=1)[0]): entry for entry in entries}


def test_the_core_stays_small() -> None:
    found = sorted(_installed_with("connector-sdk"))
    assert len(found) <= MOST, f"{len(found)} distributions, at most {MOST}: {', '.join(found)}"
    assert {"connector-sdk", "sqlalchemy", "pydantic", "msgspec", "typer"} <= set(found)


def test_every_locked_distribution_is_pinned_with_hashes() -> None:
    entries = _locked()
    assert len(entries) > MOST
    for name, entry in entries.items():
        assert re.match(r"[A-Za-z0-9._-]+(\[[a-z,-]+\])?==\S+", entry), f"{name} is not pinned"
        assert re.search(r"--hash=sha256:[0-9a-f]{64}\b", entry), f"{name} has no hash"


def test_the_lock_names_no_place() -> None:
    text = LOCK.read_text(encoding="utf-8")
    assert not re.search(r"://|@ |^-|file:|/", text, re.MULTILINE)


def test_the_lock_holds_all_that_the_core_needs() -> None:
    needed = {canonicalize_name(Requirement(text).name) for text in pyproject()["project"]["dependencies"]}
    assert needed <= _locked().keys()
    assert _installed_with("connector-sdk") - {"connector-sdk"} <= _locked().keys()


def test_our_own_distributions_are_not_locked() -> None:
    assert not [name for name in _locked() if name.startswith("connector-")]
