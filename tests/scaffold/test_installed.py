"""From a wheel of the SDK to an own connector, installed and tested in a fresh environment."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

from tests.house.tree import PLUGINS, ROOT
from tests.scaffold.projects import CASES, Projects

pytestmark = pytest.mark.slow

BUILT_OF = ("connector_sdk", "cookiecutter-template", "pyproject.toml", "README.md", "LICENSE")
OFFLINE = {"PIP_NO_INDEX": "1", "PIP_NO_BUILD_ISOLATION": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
"""How pip is told to use what is installed; the 0 turns isolation off, as pip's own documentation has it."""


def _run(*command: object, at: Path, **environment: str) -> str:
    done = subprocess.run(
        [str(part) for part in command],
        cwd=at,
        env={**os.environ, **OFFLINE, **environment},
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the SDK's wheel out of a copy, so that nothing is left in the clone."""
    folder = tmp_path_factory.mktemp("built")
    for name in BUILT_OF:
        source, copy = ROOT / name, folder / "source" / name
        if source.is_dir():
            shutil.copytree(source, copy, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, copy)
    pip = (sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps")
    _run(*pip, "--wheel-dir", folder, folder / "source", at=folder)
    return next(folder.glob("connector_sdk-*.whl"))


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory, wheel: Path) -> Path:
    """Return the interpreter of an environment that has the wheel, and what is installed here beside it."""
    place = tmp_path_factory.mktemp("environment") / "venv"
    venv.create(place, symlinks=True)
    site = Path(sysconfig.get_path("purelib", "venv", vars={"base": str(place), "platbase": str(place)}))
    # The SDK itself is no longer found there: it is installed for editing, by files that only a site reads.
    shared = [sysconfig.get_path("purelib"), sysconfig.get_path("platlib"), *map(str, PLUGINS)]
    (site / "shared.pth").write_text("\n".join(dict.fromkeys(shared)) + "\n", encoding="utf-8")
    found = place / "bin" / "python"
    _run(found, "-m", "pip", "install", "--quiet", "--no-deps", "--ignore-installed", wheel, at=place)
    return found


def test_the_wheel_makes_a_project_that_installs_shows_up_and_passes_its_tests(
    python: Path, tmp_path: Path
) -> None:
    sdk = _run(python, "-c", "import connector_sdk; print(connector_sdk.__file__)", at=tmp_path)
    assert Path(sdk.strip()).is_relative_to(python.parents[1])
    program = (python, "-m", "connector_sdk")
    made = json.loads(
        _run(*program, "new", "acme", "--auth", "oauth2_client_credentials", "--json", at=tmp_path)
    )
    project = tmp_path / made["folder"]
    assert made["files"] == sorted(
        path.relative_to(project).as_posix() for path in project.rglob("*") if path.is_file()
    )
    assert {".gitignore", ".github/workflows/ci.yml", "connector_acme/py.typed"} <= set(made["files"])
    _run("make", "setup", f"PYTHON={python}", at=project)
    listed = json.loads(_run(*program, "connectors", "--json", at=tmp_path))["connectors"]
    assert [(each["name"], each["state"]) for each in listed if each["name"] == "acme"] == [("acme", "ready")]
    told = _run("make", "test", f"PYTHON={python}", at=project)
    assert " passed" in told
    _run("make", "wheel", f"PYTHON={python}", at=project)
    assert [path.name for path in (project / "dist").iterdir()] == ["connector_acme-0.1.0-py3-none-any.whl"]


@pytest.mark.torture
def test_every_project_passes_its_own_tests(projects: Projects) -> None:
    """All in one process; what `test_conformance.py` asks is asked of one project, above."""
    for case in CASES:
        projects.of(case)
    files = [projects.of(case) / "tests" / f"test_{case.name}.py" for case in CASES]
    told = _run(
        *(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--import-mode=importlib"),
        *("-W", "error", *files),
        at=projects.folder,
        PYTHONPATH=str(projects.site),
    )
    passed = sum(1 + case.reads + case.writes for case in CASES)
    assert f"{passed} passed" in told
