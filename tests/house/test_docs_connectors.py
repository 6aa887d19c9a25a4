"""The example of a connector works as it stands on its page."""

import ast
import json
from pathlib import Path

import pytest

from connector_sdk import Connector, Page, Sink, Stream
from tests.house.plugin_site import Site
from tests.house.tree import code_blocks, page, section

pytestmark = pytest.mark.slow

PAGE = page("connectors.md")

PIPELINE = """
format: 1
pipeline: results
source: {connector: drop, config: {folder: dropped}}
destination: {connector: drop, config: {folder: archive}}
batch_size: 2
"""


@pytest.fixture
def site(tmp_path: Path) -> Site:
    made = Site(tmp_path / "site")
    made.install("drop", "connector_drop", code_blocks(PAGE, "python")[0])
    (tmp_path / "pipeline.yaml").write_text(PIPELINE, encoding="utf-8")
    (tmp_path / "dropped").mkdir()
    return made


def _drop(folder: Path, name: str, text: str) -> None:
    (folder / "dropped" / name).write_text(text, encoding="utf-8")


def test_it_moves_what_is_new_and_nothing_twice(site: Site, tmp_path: Path) -> None:
    (tmp_path / "archive").mkdir()
    _drop(tmp_path, "1.json", '{"sample": "007", "value": 1.10}')
    _drop(tmp_path, "2.json", '{"sample": "008", "value": 0.00}')
    first = site.call("run", "pipeline.yaml", at=tmp_path)
    assert first.code == 0, (first.document, first.errors)
    _drop(tmp_path, "3.json", '{"sample": "009", "value": 3}')
    second = site.call("run", "pipeline.yaml", at=tmp_path)
    assert (first.document["applied"], second.document["applied"]) == (2, 1)
    parts = [part.read_text(encoding="utf-8") for part in sorted((tmp_path / "archive").iterdir())]
    assert parts == [
        '{"sample": "007", "value": 1.10}\n',
        '{"sample": "008", "value": 0.00}\n',
        '{"sample": "009", "value": 3}\n',
    ]


def test_its_check_refuses_before_anything_is_written(site: Site, tmp_path: Path) -> None:
    _drop(tmp_path, "1.json", '{"sample": "007", "value": 1.10}')
    refused = site.call("run", "pipeline.yaml", at=tmp_path)
    assert refused.code == 2
    assert refused.document["error"]["code"] == "drop:folder-missing"


def test_a_record_that_does_not_fit_is_set_aside(site: Site, tmp_path: Path) -> None:
    (tmp_path / "archive").mkdir()
    _drop(tmp_path, "1.json", '{"sample": "007", "value": "high"}')
    stopped = site.call("run", "pipeline.yaml", at=tmp_path)
    assert (stopped.code, stopped.document["dead_lettered"]) == (65, 1)
    assert "high" not in json.dumps(stopped.document) + stopped.errors


def test_the_rules_name_what_there_is() -> None:
    """Every name in code font that looks like a method or field of the contract is one."""
    known = {name for cls in (Stream, Sink, Connector) for name in dir(cls)}
    known |= set(Page.__dataclass_fields__)
    for heading, wanted in (
        ("Rules of a stream", {"acknowledge", "completeness", "glance", "read", "first", "restarted"}),
        ("Rules of a sink", {"check", "prepare", "write", "finish", "close"}),
    ):
        text = section(PAGE, heading)
        assert wanted <= known
        assert all(f"`{name}" in text for name in wanted)


def test_the_example_is_sound_python() -> None:
    tree = ast.parse(code_blocks(PAGE, "python")[0])
    assert ast.get_docstring(tree)
