"""Every hook has its section, with its signature, and a test that implements it."""

import inspect
from pathlib import Path

from connector_sdk.hookspecs import PROJECT, ConnectorHooks
from tests.house.plugin_site import Site
from tests.house.tree import code_blocks, page, section

PAGE = page("hooks.md")
HOOKS = {
    name: [parameter for parameter in inspect.signature(function).parameters if parameter != "self"]
    for name, function in vars(ConnectorHooks).items()
    if hasattr(function, f"{PROJECT}_spec")
}


def test_every_hook_has_its_section_with_its_signature() -> None:
    headings = [line.removeprefix("## ") for line in PAGE.splitlines() if line.startswith("## ")]
    assert headings == [f"{name}({', '.join(parameters)})" for name, parameters in HOOKS.items()]


def test_every_hook_has_an_example_and_a_docstring() -> None:
    for name, parameters in HOOKS.items():
        text = section(PAGE, f"{name}({', '.join(parameters)})")
        assert any(f"def {name}(" in block for block in code_blocks(text, "python"))
        assert getattr(ConnectorHooks, name).__doc__


def test_every_hook_is_tried_here() -> None:
    assert list(HOOKS) == ["connector_register"], "add a test of the new hook's example below"


def test_the_example_registers_and_a_broken_neighbour_does_no_harm(tmp_path: Path) -> None:
    (example,) = code_blocks(section(PAGE, "connector_register(register)"), "python")
    class_ = 'from connector_sdk import Config, Connector\nclass Lab(Connector[Config]):\n    name = "lab"\n'
    site = Site(tmp_path)
    site.install("lab", "lab_connector", class_ + example)
    site.install("broken", "broken_connector", "raise SystemExit('not today')")
    listed = site.call("connectors", at=tmp_path)
    assert listed.code == 0
    found = {each["name"]: each for each in listed.document["connectors"]}
    assert found["lab"]["state"] == "ready"
    assert found["broken"]["state"] == "broken"
    assert "not today" in found["broken"]["reason"]


def test_the_group_of_entry_points_is_named() -> None:
    assert f"[project.entry-points.{PROJECT}]" in PAGE
