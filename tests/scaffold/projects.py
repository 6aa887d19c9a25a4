"""Projects made out of the template, each pair of choices in one of them at least."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

from connector_sdk.scaffold.answers import TEMPLATE
from connector_sdk.scaffold.generate import generate

SHORT = {"oauth2_client_credentials": "oauth", "page_number": "numbers", "api_key": "apikey"}


@dataclass(frozen=True)
class Case:
    """One set of choices; the connector's name tells them."""

    auth: str
    paging: str
    direction: str

    @property
    def name(self) -> str:
        parts = (self.auth, self.paging, self.direction)
        return "_".join(SHORT.get(part, part) for part in parts)

    @property
    def package(self) -> str:
        return f"connector_{self.name}"

    @property
    def reads(self) -> bool:
        return self.direction != "write"

    @property
    def writes(self) -> bool:
        return self.direction != "read"


def choices() -> dict[str, list[str]]:
    """Return what the template lets choose, question by question."""
    asked: dict[str, Any] = json.loads((TEMPLATE / "cookiecutter.json").read_text(encoding="utf-8"))
    return {name: asked[name] for name in ("auth", "paging", "direction")}


def covering() -> list[Case]:
    """Return cases in which every pair of choices is met, about as many as the two longest lists need."""
    kinds = choices()
    directions = kinds["direction"]
    return [
        Case(auth, paging, directions[(row + column) % len(directions)])
        for (row, auth), (column, paging) in product(enumerate(kinds["auth"]), enumerate(kinds["paging"]))
    ]


CASES = covering()


@dataclass
class Projects:
    """Makes a case's project when it is first asked for, and installs its package on a module path."""

    folder: Path
    made: dict[Case, Path]

    @property
    def site(self) -> Path:
        return self.folder / "site"

    def of(self, case: Case) -> Path:
        if case not in self.made:
            self.made[case] = make(case.name, self.folder, vars(case))
            install(self.made[case], case.name, self.site)
        return self.made[case]


def make(name: str, output: Path, answers: Mapping[str, str]) -> Path:
    """Make a project; answers that are not given are the template's."""
    return generate({"name": name, **answers}, output).folder


def install(project: Path, name: str, site: Path) -> None:
    """Link a project's package into a folder on the module path, with the metadata of its entry point."""
    info = site / f"connector_{name}-0.1.0.dist-info"
    info.mkdir(parents=True)
    (site / f"connector_{name}").symlink_to(project / f"connector_{name}", target_is_directory=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {project.name}\nVersion: 0.1.0\n")
    (info / "entry_points.txt").write_text(f"[connector_sdk]\n{name} = connector_{name}\n")
