"""Plugins are separate distributions that cost nothing until one of them is asked for."""

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.house.tree import PLUGINS, parsed, relative

HEAVY = {"sqlalchemy", "pyreadstat", "pandas", "numpy", "httpx", "rich", "yaml", "cryptography"}

LISTING = """
import sys
from connector_sdk.plugins import installed
found = {plugin.name: plugin.broken for plugin in installed()}
print(found)
print(sorted(set(module.partition(".")[0] for module in sys.modules) & HEAVY))
"""


def _modules_of(plugin: Path) -> list[Path]:
    return [
        path for init in plugin.glob("connector_*/__init__.py") for path in sorted(init.parent.rglob("*.py"))
    ]


def _reached_at_once(plugin: Path) -> dict[str, set[str]]:
    """Return what each module imports that is loaded with the plugin, following its own imports."""
    package = next(plugin.glob("connector_*/__init__.py")).parent
    seen: dict[str, set[str]] = {}
    waiting = [package / "__init__.py"]
    while waiting:
        path = waiting.pop()
        if relative(path) in seen:
            continue
        names = seen.setdefault(relative(path), set())
        for node in parsed(path).body:
            if isinstance(node, ast.Import):
                names.update(alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                names.add(node.module)
                inner = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
                for module in inner:
                    target = plugin.joinpath(*module.split(".")).with_suffix(".py")
                    waiting += [target] if target.is_file() else []
    return seen


@pytest.mark.parametrize("plugin", PLUGINS, ids=lambda path: path.name)
def test_loading_a_plugin_imports_only_the_sdk_and_the_standard_library(plugin: Path) -> None:
    own = next(plugin.glob("connector_*/__init__.py")).parent.name
    allowed = {"connector_sdk", own, "pydantic", "msgspec", *sys.stdlib_module_names}
    found = [
        f"{module} imports {name}"
        for module, names in _reached_at_once(plugin).items()
        for name in sorted(names)
        if name.partition(".")[0] not in allowed
    ]
    assert not found, (
        "import it in the function that needs it: listing connectors must stay fast\n" + "\n".join(found)
    )


def test_listing_plugins_loads_no_library_of_theirs() -> None:
    code = LISTING.replace("HEAVY", repr(HEAVY - {"rich"}))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    listed, loaded = done.stdout.splitlines()
    assert ast.literal_eval(listed) == {plugin.name.removeprefix("connector-"): "" for plugin in PLUGINS}
    assert ast.literal_eval(loaded) == []


@pytest.mark.parametrize("plugin", PLUGINS, ids=lambda path: path.name)
def test_a_plugin_is_a_distribution_of_its_own(plugin: Path) -> None:
    project = tomllib.loads((plugin / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["name"] == plugin.name
    assert any(need.startswith("connector-sdk") for need in project["dependencies"])
    points = project["entry-points"]["connector_sdk"]
    assert points == {plugin.name.removeprefix("connector-"): plugin.name.replace("-", "_")}
    assert (plugin / "README.md").is_file()
    assert list((plugin / "tests").glob("test_*.py")), "a plugin brings its tests"
    assert (next(plugin.glob("connector_*/__init__.py")).parent / "py.typed").is_file()


@pytest.mark.parametrize("plugin", PLUGINS, ids=lambda path: path.name)
def test_a_plugin_ships_its_pages(plugin: Path) -> None:
    if list(plugin.glob("connector_*/explanations/*.md")):
        tool = tomllib.loads((plugin / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
        assert "explanations/*.md" in tool["setuptools"]["package-data"][plugin.name.replace("-", "_")]


def test_modules_of_plugins_are_found() -> None:
    assert all(_modules_of(plugin) for plugin in PLUGINS)
