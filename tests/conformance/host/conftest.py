"""An environment with a few plugins in it, and the process that runs them."""

import sysconfig
import venv
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from connector_sdk.conformance.child import Child
from connector_sdk.conformance.hosting import Hosts
from tests.conformance.host.plugins import MODULES
from tests.house.plugin_site import Site

ROOT = Path(__file__).parents[3]
TUTORIAL = ROOT / "docs" / "tutorial" / "acme_lims.py"


@pytest.fixture(scope="session")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the interpreter of an environment that has what this one has, and the plugins."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, symlinks=True)
    (packages,) = folder.glob("lib/python*/site-packages")
    ours = sysconfig.get_path("purelib")
    lines = f"import sys; sys.path.insert(0, {str(ROOT)!r})\nimport site; site.addsitedir({ours!r})\n"
    (packages / "ours.pth").write_text(lines, encoding="utf-8")
    site = Site(packages)
    site.install("acme", "acme_lims", TUTORIAL.read_text(encoding="utf-8"))
    for name, code in MODULES.items():
        site.install(name, f"plugin_{name}", code)
    return folder / "bin" / "python"


@pytest.fixture(scope="session")
def hosts(python: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hosts]:
    with Hosts(python, tmp_path_factory.mktemp("hosts")) as running:
        yield running


@pytest.fixture
def fork(hosts: Hosts) -> Iterator[Callable[..., Child]]:
    """Offer a function that forks a process; each is ended with the test."""
    made: list[Child] = []

    def fork_one(**options: float) -> Child:
        made.append(hosts.child(**options))
        return made[-1]

    yield fork_one
    for each in made:
        each.exit()


@pytest.fixture
def child(fork: Callable[..., Child]) -> Child:
    return fork()
