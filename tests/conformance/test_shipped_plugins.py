"""The connectors of this repository reach the tier that their READMEs state, and their evidence holds."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from connector_sdk.conformance.catalogue import EDITION
from tests.house.tree import PLUGINS, ROOT

CERTIFIED = [plugin for plugin in PLUGINS if (plugin / "conformance" / "book.yaml").is_file()]
_STATED = re.compile(r"^Certified \*\*(\w+)\*\*, edition ([\d.]+)", re.MULTILINE)
_LEFT_OUT = shutil.ignore_patterns("__pycache__", "build", "*.egg-info", "tests")


def _stated(plugin: Path) -> tuple[str, str]:
    found = _STATED.search((plugin / "README.md").read_text(encoding="utf-8"))
    assert found, f"the README of {plugin.name} states no tier"
    return found[1], found[2]


def _wheel(plugin: Path, folder: Path) -> Path:
    """Build a plugin's wheel out of a copy, so that nothing is left in the clone."""
    source = folder / "source"
    shutil.copytree(plugin, source, ignore=_LEFT_OUT)
    pip = (sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check", "--no-index")
    places = ("--no-deps", "--no-build-isolation", "--wheel-dir", str(folder), str(source))
    subprocess.run([*pip, *places], check=True, cwd=folder)
    return next(folder.glob("*.whl"))


def _call(folder: Path, *arguments: object) -> tuple[int, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "connector_sdk", *map(str, arguments), "--json"],
        cwd=folder,
        env={
            **os.environ,
            "XDG_CONFIG_HOME": str(folder / "config"),
            "XDG_DATA_HOME": str(folder / "data"),
        },
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def test_those_that_speak_http_have_a_book() -> None:
    assert [plugin.name for plugin in CERTIFIED] == ["connector-rest", "connector-salesforce"]


@pytest.mark.parametrize("plugin", CERTIFIED, ids=lambda plugin: plugin.name)
def test_the_edition_that_is_stated_is_the_present_one(plugin: Path) -> None:
    assert _stated(plugin)[1] == EDITION


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    "plugin",
    [CERTIFIED[0], *(pytest.param(plugin, marks=pytest.mark.torture) for plugin in CERTIFIED[1:])],
    ids=lambda plugin: plugin.name,
)
def test_it_reaches_the_tier_that_it_states_and_its_evidence_holds(plugin: Path, tmp_path: Path) -> None:
    wheel, output = _wheel(plugin, tmp_path), tmp_path / "evidence"
    code, report = _call(tmp_path, "certify", wheel, "--book", plugin / "conformance", "--output", output)
    failed = [rule for rule in report.get("rules", []) if rule["status"] not in {"pass", "omit"}]
    assert not failed
    assert (code, report["tier"], report["assurance"]) == (0, _stated(plugin)[0], "A1"), report
    evidence = output / f"{wheel.name}.conformance.intoto.jsonl"
    code, verdict = _call(tmp_path, "verify-evidence", wheel, evidence, "--min-tier", report["tier"])
    assert (code, verdict["verdict"], verdict["tier"]) == (0, "accepted", report["tier"]), verdict


def test_make_certify_demands_what_the_readmes_state() -> None:
    recipe = (ROOT / "Makefile").read_text(encoding="utf-8").partition("\ncertify: ")[2].partition("\n\n")[0]
    assert {_stated(plugin)[0] for plugin in CERTIFIED} == set(re.findall(r"--min-tier (\w+)", recipe))


def test_the_readme_of_the_repository_states_the_same() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for plugin in CERTIFIED:
        (said,) = re.findall(rf"plugins/{plugin.name}/README.md\) \([^)]*certified (\w+)\)", text)
        assert said == _stated(plugin)[0]
