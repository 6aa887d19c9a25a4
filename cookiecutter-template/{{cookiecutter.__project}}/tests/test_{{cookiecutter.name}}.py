{% import "auth/" ~ cookiecutter.auth ~ ".jinja" as auth with context %}
{% import "direction/" ~ cookiecutter.direction ~ ".jinja" as direction with context %}
"""The connector against its simulator, through whole runs of the pipelines in this project."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from connector_sdk.__main__ import main
from connector_sdk.scaffold.readme import settings_table

from {{ cookiecutter.__package }} import {{ cookiecutter.__class }}Config
from {{ cookiecutter.__package }}.simulator import {{ cookiecutter.__class }}Simulator

PROJECT = Path(__file__).resolve().parents[1]
ADDRESS = "{{ cookiecutter.base_url }}"


class Ended(NamedTuple):
    code: int
    told: Any


Run = Callable[[str], Ended]


@pytest.fixture
def system() -> Iterator[{{ cookiecutter.__class }}Simulator]:
    with {{ cookiecutter.__class }}Simulator(records=250) as running:
        yield running


@pytest.fixture
def run(
    system: {{ cookiecutter.__class }}Simulator,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Run:
    """Return a function that runs a pipeline of this project, with the simulator in the system's place."""
    for name, value in system.config.items():
        monkeypatch.setenv(f"{{ cookiecutter.__environment }}_{name.upper()}", value)

    def running(name: str) -> Ended:
        text = (PROJECT / "pipelines" / name).read_text(encoding="utf-8")
        (tmp_path / name).write_text(text.replace(ADDRESS, system.url), encoding="utf-8")
        code = main(["run", str(tmp_path / name), "--json"])
        return Ended(code, json.loads(capsys.readouterr().out))

    return running{{ direction.tests }}


def test_the_readme_shows_the_settings() -> None:
    """`connector-sdk describe {{ cookiecutter.name }} --markdown` prints the table."""
    assert settings_table({{ cookiecutter.__class }}Config) in (PROJECT / "README.md").read_text(encoding="utf-8")
