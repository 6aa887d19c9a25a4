"""Every module has a floor; `lint-imports`, part of `make check`, proves that imports only go down."""

import re
from typing import Any

from tests.house.tree import CORE, page, pyproject, section, tables

IMPORTABLE = re.compile(r"[a-z_]+")


def _contract() -> dict[str, Any]:
    contracts = pyproject()["tool"]["importlinter"]["contracts"]
    return next(each for each in contracts if each["type"] == "layers")


def _floors() -> list[list[str]]:
    return [IMPORTABLE.findall(layer) for layer in _contract()["layers"]]


def test_every_module_has_a_floor_and_every_floor_its_modules() -> None:
    present = {path.stem for path in CORE.glob("*.py")} | {
        path.parent.name for path in CORE.glob("*/__init__.py")
    }
    present -= {"__init__", *_contract()["exhaustive_ignores"]}
    floors = [name for floor in _floors() for name in floor]
    assert len(floors) == len(set(floors)), "a module stands on two floors"
    assert set(floors) == present, (
        "the floors in pyproject.toml [tool.importlinter] and the modules of connector_sdk differ: "
        f"without a floor {sorted(present - set(floors))}, without a module {sorted(set(floors) - present)}"
    )


def test_the_contract_is_exhaustive() -> None:
    assert _contract()["exhaustive"] is True


def test_the_architecture_page_shows_the_floors_as_they_are_enforced() -> None:
    rows = tables(section(page("architecture.md"), "Floors"))[0][1:]
    assert [re.findall(r"`([a-z_]+)`", row[0]) for row in rows] == _floors()
