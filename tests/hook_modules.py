"""Install modules of hooks for one test, in this very process."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from connector_sdk.hookspecs import COMPANY, PROJECT
from tests.house.plugin_site import Site

HEAD = "from connector_sdk import hookimpl\nheard = []\n"


class Modules:
    """Modules on the module path, gone after the test."""

    def __init__(self, folder: Path) -> None:
        self.site = Site(folder)
        self._names: list[str] = []

    def company(self, code: str, name: str = "company_hooks") -> None:
        """Install a module of the company's."""
        self._put(name, name, code, COMPANY)

    def connector(self, code: str, name: str) -> None:
        """Install a plugin whose connector and module are called alike; `code` holds its other hooks."""
        registers = (
            "from connector_sdk import Config, Connector\n"
            f"class Made(Connector[Config]):\n    name = {name!r}\n"
            "@hookimpl\ndef connector_register(register):\n    register(Made)\n"
        )
        self._put(name, name, registers + code, PROJECT)

    def heard(self, name: str = "company_hooks") -> list[object]:
        """Return the list `heard` of a module."""
        found: list[object] = sys.modules[name].heard
        return found

    def forget(self) -> None:
        """Take the modules out of this process."""
        for name in self._names:
            sys.modules.pop(name, None)

    def _put(self, point: str, module: str, code: str, group: str) -> None:
        self._names.append(module)
        self.site.install(point, module, HEAD + code, group)


@pytest.fixture
def modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Modules]:
    """Offer a place for modules of hooks."""
    made = Modules(tmp_path / "site")
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    yield made
    made.forget()
