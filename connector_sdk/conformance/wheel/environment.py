"""A fresh virtual environment with a wheel and what it requires, built without any index."""

import importlib.util
import os
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import distributions
from pathlib import Path
from typing import Final

from connector_sdk.conformance.wheel.closure import closure
from connector_sdk.conformance.wheel.copying import copy_distribution
from connector_sdk.conformance.wheel.facts import WheelFacts
from connector_sdk.digest import sha256
from connector_sdk.errors import ConfigurationError

Progress = Callable[[str], None]

_PATIENCE: Final = 300
"""Seconds for one call of the installer, which reads local files only."""
_LINES: Final = 20
"""Lines of the installer's that are kept."""
_PIP: Final = ("-I", "-m", "pip")


@dataclass(frozen=True, slots=True)
class Environment:
    """A virtual environment: its interpreter, what went wrong, and what is installed, name to version."""

    python: Path
    problems: tuple[str, ...]
    installed: Mapping[str, str] = field(default_factory=dict)


def fresh(
    wheel: Path,
    facts: WheelFacts,
    folder: Path,
    wheelhouse: Path | None = None,
    progress: Progress = lambda _: None,
) -> Environment:
    """Build an environment in `folder` that has the wheel and its requirements, and nothing else.

    The requirements come from what is installed beside the SDK, or with `wheelhouse` from the wheels in that
    folder. A wheel with problems is not installed. What goes wrong with the wheel stands in `problems`;
    raises ConfigurationError (environment-unusable) where it is this machine's fault.
    """
    place = folder / "venv"
    try:
        progress("making a virtual environment")
        venv.EnvBuilder(with_pip=False, symlinks=os.name != "nt").create(place)
        site = _site(place)
        python = _python(place)
        if facts.problems:
            return Environment(python, ())
        pip = _installer(folder)
        copy = _private(wheel, facts, folder)
        problems = [] if wheelhouse else _beside(facts, site, progress)
        if not problems:
            progress("installing the wheel")
            problems = _install(pip, python, copy, wheelhouse)
        if not problems:
            progress("checking what it requires")
            problems = _run([*pip, "--python", str(python), "check"])
    except OSError as error:
        raise _unusable(f"{error.strerror}") from None
    except subprocess.CalledProcessError as error:
        raise _unusable(f"{type(error).__name__}") from None
    installed = {found.name: found.version for found in distributions(path=[str(site)])}
    return Environment(python, tuple(problems), installed)


def _beside(facts: WheelFacts, site: Path, progress: Progress) -> list[str]:
    """Copy what the wheel requires into the environment; return what is missing or in its way."""
    needed = closure(facts.requires, without=facts.name)
    if needed.missing:
        return list(needed.missing)
    progress(f"copying {len(needed.found)} distributions that it requires")
    for found in needed.found.values():
        copy_distribution(found, site)
    own = {path for path in facts.files if not path.partition("/")[0].endswith(".dist-info")}
    taken = sorted({path.partition("/")[0] for path in own if (site / path.partition("/")[0]).exists()})
    return [f"{top} is also the name of a package that it requires" for top in taken]


def _install(pip: Sequence[str], python: Path, wheel: Path, wheelhouse: Path | None) -> list[str]:
    # A folder of wheels resolves the requirements; otherwise they are there already, and `check` compares.
    source = ["-f", str(wheelhouse.resolve())] if wheelhouse else ["--no-deps"]
    return _run([*pip, "--python", str(python), "install", "--no-index", "--quiet", *source, str(wheel)])


def _private(wheel: Path, facts: WheelFacts, folder: Path) -> Path:
    """Return a copy that nobody else writes to, so that what is installed is what was inspected."""
    data = wheel.read_bytes()
    if sha256(data) != facts.sha256:
        raise _unusable("the wheel changed while it was examined")
    copy = folder / wheel.name
    copy.write_bytes(data)
    return copy


def _installer(folder: Path) -> tuple[str, ...]:
    """Return the command of a pip that can install into another environment."""
    if importlib.util.find_spec("pip") is not None:
        return (sys.executable, *_PIP)
    tools = folder / "tools"
    venv.EnvBuilder(with_pip=True, symlinks=os.name != "nt").create(tools)
    return (str(_python(tools)), *_PIP)


def _run(command: Sequence[str]) -> list[str]:
    """Run the installer; return its complaints where it fails."""
    known = ("PATH", "HOME", "TMPDIR", "SYSTEMROOT", "LANG", "LC_ALL")
    environment = {name: os.environ[name] for name in known if name in os.environ}
    environment |= {"PIP_CONFIG_FILE": os.devnull, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1"}
    done = subprocess.run(  # noqa: S603 - no shell; the command is ours, the wheel's name one argument of it
        command, env=environment, capture_output=True, text=True, timeout=_PATIENCE, check=False
    )
    if done.returncode == 0:
        return []
    lines = [line.strip() for line in f"{done.stdout}\n{done.stderr}".splitlines() if line.strip()]
    return lines[:_LINES] or [f"pip ended with exit code {done.returncode}"]


def _python(place: Path) -> Path:
    return place / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def _site(place: Path) -> Path:
    scheme = sysconfig.get_path("purelib", "venv", vars={"base": str(place), "platbase": str(place)})
    return Path(scheme)


def _unusable(said: str) -> ConfigurationError:
    return ConfigurationError(
        f"no fresh environment could be made: {said}",
        code="environment-unusable",
        hint="free space in the folder for temporary files; Python's own venv and ensurepip must be there",
    )
