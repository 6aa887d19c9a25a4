"""A wheel is installed where nothing is but what it requires, without any index."""

import json
import subprocess
from importlib.metadata import distributions
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from connector_sdk.conformance.wheel import environment as module
from connector_sdk.conformance.wheel.code import code_digest, code_files
from connector_sdk.conformance.wheel.environment import Environment, fresh
from connector_sdk.conformance.wheel.facts import WheelFacts
from connector_sdk.conformance.wheel.inspection import inspect
from connector_sdk.errors import ConfigurationError
from tests.conformance.wheel.building import INFO, METADATA, POINTS, WHEEL, Files, build, record, write

HIDDEN = ("connector_rest", "connector_sql", "pytest", "hypothesis", "pip")
LOOK = """
import importlib.metadata, importlib.util, json, sys
import connector_sdk, httpx, acme
print(json.dumps({
    "sdk": connector_sdk.__file__,
    "points": sorted(p.name for p in importlib.metadata.entry_points(group="connector_sdk")),
    "seen": [name for name in sys.argv[1:] if importlib.util.find_spec(name)],
}))
"""


class Built(NamedTuple):
    """A wheel, where it was installed, and what its interpreter sees there."""

    facts: WheelFacts
    folder: Path
    environment: Environment
    steps: list[str]
    seen: Any


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Return a fresh environment, in a folder whose name has a space."""
    folder = tmp_path_factory.mktemp("a folder")
    wheel = build(folder / "dist")
    facts, steps = inspect(wheel), list[str]()
    environment = fresh(wheel, facts, folder / "new", progress=steps.append)
    done = subprocess.run(
        [environment.python, "-I", "-c", LOOK, *HIDDEN],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return Built(facts, folder, environment, steps, json.loads(done.stdout))


@pytest.mark.slow
def test_the_wheel_is_installed_with_what_it_requires(built: Built) -> None:
    assert built.environment.problems == ()
    assert built.environment.installed["acme"] == "1.0"
    assert {"connector-sdk", "httpx", "SQLAlchemy"} <= built.environment.installed.keys()
    assert built.steps[-1] == "checking what it requires"


@pytest.mark.slow
def test_no_other_plugin_and_no_tool_is_to_be_seen_there(built: Built) -> None:
    assert built.seen["points"] == ["acme"]
    assert built.seen["seen"] == []


@pytest.mark.slow
def test_nothing_there_leads_back_to_what_the_suite_runs_on(built: Built) -> None:
    new = built.folder / "new"
    assert Path(built.seen["sdk"]).is_relative_to(new)
    assert not [
        path
        for path in new.rglob("*")
        if path.is_symlink() and "bin" not in path.parts and path.name != "lib64"
    ]
    assert not list(new.rglob("*.pth"))
    copied = Path(built.seen["sdk"])
    assert copied.stat().st_ino != Path(module.__file__).parents[2].joinpath("__init__.py").stat().st_ino


@pytest.mark.slow
def test_what_is_installed_is_known_again_by_the_wheels_digest(built: Built) -> None:
    site = Path(built.seen["sdk"]).parents[1]
    acme = next(found for found in distributions(path=[str(site)]) if found.name == "acme")
    assert code_digest(_hashes(acme)) == built.facts.code
    late = site / "acme" / "late.py"
    late.write_text("import os\n")
    assert code_digest(_hashes(acme)) != built.facts.code, "a file that the list does not name counts, too"
    late.unlink()


def _hashes(found: Any) -> dict[str, str]:
    import hashlib  # noqa: PLC0415

    return {path: hashlib.sha256(file.read_bytes()).hexdigest() for path, file in code_files(found)}


def _requiring(*needs: str) -> Any:
    lines = "".join(f"Requires-Dist: {need}\n" for need in needs)

    def change(files: Files) -> None:
        files[f"{INFO}/METADATA"] = (METADATA + lines).encode()

    return change


def test_what_is_required_and_not_there_is_said(tmp_path: Path) -> None:
    wheel = build(tmp_path, _requiring("no-such-thing>=1", "httpx[no-such-extra]", 'x; extra == "y"'))
    made = fresh(wheel, inspect(wheel), tmp_path / "new")
    assert made.problems == (
        "acme requires no-such-thing>=1, and no no-such-thing is installed beside the SDK",
    )
    assert made.python.exists()
    assert "acme" not in made.installed


@pytest.mark.slow
def test_a_version_that_does_not_fit_is_said(tmp_path: Path) -> None:
    wheel = build(tmp_path, _requiring("tenacity>=999"))
    made = fresh(wheel, inspect(wheel), tmp_path / "new")
    assert len(made.problems) == 1
    assert "tenacity>=999" in made.problems[0]


def test_a_wheel_with_problems_is_not_installed(tmp_path: Path) -> None:
    wheel = build(tmp_path, lambda files: files.update({"acme.pth": b"import acme\n"}))
    made = fresh(wheel, inspect(wheel), tmp_path / "new")
    assert (made.problems, dict(made.installed)) == ((), {})
    assert not list(tmp_path.rglob("site-packages/*"))


@pytest.mark.slow
def test_a_package_that_would_replace_a_required_one_is_not_installed(tmp_path: Path) -> None:
    def change(files: Files) -> None:
        files["tenacity/__init__.py"] = files.pop("acme/__init__.py")
        del files["acme/py.typed"]
        files[f"{INFO}/entry_points.txt"] = POINTS.replace("= acme", "= tenacity").encode()

    wheel = build(tmp_path, change)
    facts = inspect(wheel)
    assert facts.problems == ()
    made = fresh(wheel, facts, tmp_path / "new")
    assert made.problems == ("tenacity is also the name of a package that it requires",)
    assert "acme" not in made.installed


@pytest.mark.slow
def test_a_folder_of_wheels_resolves_the_requirements(tmp_path: Path) -> None:
    wheel = build(tmp_path / "dist")
    sdk = _requiring_nothing(tmp_path / "wheels")
    made = fresh(wheel, inspect(wheel), tmp_path / "new", wheelhouse=sdk.parent)
    assert made.problems == ()
    assert dict(made.installed) == {"acme": "1.0", "connector-sdk": "0.1.0"}


def _requiring_nothing(folder: Path) -> Path:
    """Build a wheel that is called as the SDK is, and brings next to nothing."""
    info = "connector_sdk-0.1.0.dist-info"
    metadata = b"Metadata-Version: 2.1\nName: connector-sdk\nVersion: 0.1.0\n"
    files = {"connector_sdk.py": b"", f"{info}/METADATA": metadata, f"{info}/WHEEL": WHEEL.encode()}
    files[f"{info}/RECORD"] = record(files, info)
    return write(folder / "connector_sdk-0.1.0-py3-none-any.whl", files)


@pytest.mark.slow
def test_with_a_folder_of_wheels_nothing_comes_from_elsewhere(tmp_path: Path) -> None:
    wheel = build(tmp_path / "dist")
    (tmp_path / "wheels").mkdir()
    made = fresh(wheel, inspect(wheel), tmp_path / "new", wheelhouse=tmp_path / "wheels")
    assert any("connector-sdk" in line for line in made.problems)
    assert dict(made.installed) == {}


def test_a_wheel_that_changes_meanwhile_is_not_installed(tmp_path: Path) -> None:
    wheel = build(tmp_path)
    facts = inspect(wheel)
    wheel.write_bytes(wheel.read_bytes() + b"\0")
    with pytest.raises(ConfigurationError, match="changed while it was examined") as refused:
        fresh(wheel, facts, tmp_path / "new")
    assert refused.value.code == "environment-unusable"


def test_a_folder_that_cannot_be_used_is_the_machines_fault(tmp_path: Path) -> None:
    wheel = build(tmp_path)
    (tmp_path / "file").write_text("x")
    with pytest.raises(ConfigurationError) as refused:
        fresh(wheel, inspect(wheel), tmp_path / "file")
    assert refused.value.code == "environment-unusable"


def test_without_an_installer_here_one_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    monkeypatch.setattr(module.importlib.util, "find_spec", lambda _name: None)
    monkeypatch.setattr(
        module.venv.EnvBuilder, "create", lambda self, place: made.append((self.with_pip, place))
    )
    command = module._installer(tmp_path)
    assert made == [(True, tmp_path / "tools")]
    assert command == (str(tmp_path / "tools" / "bin" / "python"), "-I", "-m", "pip")
