"""The README is short, and what it shows works as it stands there."""

from pathlib import Path

from tests.house.plugin_site import Site
from tests.house.tree import ROOT, code_blocks, section

README = (ROOT / "README.md").read_text(encoding="utf-8")
LONGEST = 100


def test_it_is_short() -> None:
    assert len(README.splitlines()) <= LONGEST


def test_the_connector_has_twelve_lines_and_its_use_six() -> None:
    (connector,) = code_blocks(README, "python")
    (pipeline,) = code_blocks(README, "yaml")
    assert len(connector.splitlines()) == 12
    assert len(pipeline.splitlines()) + 1 <= 6


def test_the_connector_runs_and_a_second_run_adds_nothing(tmp_path: Path) -> None:
    site = Site(tmp_path / "site")
    site.install("lab", "lab_connector", code_blocks(README, "python")[0])
    (tmp_path / "pipeline.yaml").write_text(code_blocks(README, "yaml")[0], encoding="utf-8")
    listed = site.call("connectors", at=tmp_path)
    assert {"lab", "files", "sql"} <= {each["name"] for each in listed.document["connectors"]}
    command = next(line for line in README.splitlines() if line.startswith("connector-sdk run")).split()[1:]
    first, second = site.call(*command, at=tmp_path), site.call(*command, at=tmp_path)
    assert first.code == 0, (first.document, first.errors)
    assert second.code == 0, (second.document, second.errors)
    assert (first.document["applied"], second.document["applied"]) == (1, 0)
    written = (tmp_path / "samples.jsonl").read_text(encoding="utf-8")
    assert written == '{"id": "007", "volume_ul": 250}\n'
    assert f"`{written.strip()}`" in README


def test_its_commands_are_targets_of_the_makefile() -> None:
    targets = (ROOT / "Makefile").read_text(encoding="utf-8")
    commands = [
        line.split()[1] for line in section(README, "Try it").splitlines() if line.startswith("make ")
    ]
    assert commands == ["demo", "test"]
    for command in commands:
        assert f"\n{command}: " in targets
