"""Every hook has its section, with its signature, and a test that implements it."""

import inspect
import json
from pathlib import Path

import httpx  # noqa: TID251 - what a layer is given
import pytest

from connector_sdk.clock import SYSTEM_CLOCK
from connector_sdk.compliance import Outgoing
from connector_sdk.config import Config
from connector_sdk.events import CallFinished, happened
from connector_sdk.hookspecs import COMPANY, PROJECT, ConnectorHooks
from connector_sdk.manifest import Manifest
from connector_sdk.plugins.hooks import load_hooks
from tests.hook_modules import Modules, modules
from tests.house.plugin_site import Site
from tests.house.tree import code_blocks, page, section

__all__ = ["modules"]

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


def example(name: str) -> str:
    (block,) = code_blocks(section(PAGE, f"{name}({', '.join(HOOKS[name])})"), "python")
    return block


def test_public_names_are_enough_for_hooks() -> None:
    imports = [line for name in HOOKS for line in example(name).splitlines() if "connector_sdk" in line]
    assert len(imports) >= len(HOOKS)
    assert [line for line in imports if not line.startswith("from connector_sdk import ")] == []


def test_every_hook_is_tried_here() -> None:
    source = Path(__file__).read_text(encoding="utf-8")
    untried = [name for name in HOOKS if f'example("{name}")' not in source]
    assert untried == [], "add a test of the new hook's example below"


def test_the_example_registers_and_a_broken_neighbour_does_no_harm(tmp_path: Path) -> None:
    class_ = 'from connector_sdk import Config, Connector\nclass Lab(Connector[Config]):\n    name = "lab"\n'
    site = Site(tmp_path)
    site.install("lab", "lab_connector", class_ + example("connector_register"))
    site.install("broken", "broken_connector", "raise SystemExit('not today')")
    listed = site.call("connectors", at=tmp_path)
    assert listed.code == 0
    found = {each["name"]: each for each in listed.document["connectors"]}
    assert found["lab"]["state"] == "ready"
    assert found["broken"]["state"] == "broken"
    assert "not today" in found["broken"]["reason"]


def test_the_example_authenticates(modules: Modules) -> None:
    vault = "def token_of_the_vault(connection):\n    return f'secret of {connection}'\n"
    modules.company(vault + example("connector_auth"))
    hooks = load_hooks([])
    found = hooks.auth(Manifest("lab", connection="lab-eu", environment="prod"), Config())
    request = httpx.Request("GET", "https://lab.example")
    assert found is not None
    found.apply(request, refuse)
    assert request.headers["Authorization"] == "Bearer secret of lab-eu"
    assert hooks.auth(Manifest("lab"), Config()) is None


def test_the_example_adds_a_layer(modules: Modules) -> None:
    modules.company(example("connector_layers"))
    (extra,) = load_hooks([]).layers(Manifest("lab"))
    request = httpx.Request("GET", "https://lab.example")
    assert extra.outside == "retry"
    assert extra.layer(request, lambda sent: httpx.Response(200, request=sent)).status_code == 200
    assert request.headers["X-Cost-Centre"] == "4711"


def test_the_example_adds_a_rule(modules: Modules) -> None:
    modules.company(example("connector_rules"))
    hooks = load_hooks([])
    (rule,) = hooks.rules(Manifest("lab"))
    assert rule.check(Outgoing("GET", "https", "lab.example", 443, "/items")) is None
    assert rule.check(Outgoing("POST", "https", "lab.example", 443, "/items")) == "this system is read only"
    assert hooks.rules(Manifest("other")) == []


def test_the_examples_write_events_and_calls_down(
    modules: Modules, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    modules.company(example("connector_event") + example("connector_audit"))
    hooks = load_hooks([])
    happening = CallFinished(
        connector="lab", method="GET", host="h", path="/{id}", status=200, attempts=1, duration=0.5
    )
    call = happened(happening, SYSTEM_CLOCK, source="dev/p/main")
    hooks.record(call)
    hooks.emit(call)
    for name in ("calls.jsonl", "events.jsonl"):
        assert [json.loads(line) for line in (tmp_path / name).read_text().splitlines()] == [call.document()]


def refuse(_: httpx.Request) -> httpx.Response:
    raise AssertionError("nothing is to be sent")


def test_the_groups_of_entry_points_are_named() -> None:
    for group in (PROJECT, COMPANY):
        assert f"[project.entry-points.{group}]" in PAGE
