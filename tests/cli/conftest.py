"""A command line in this process, and pipelines of invented records for it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from connector_sdk.__main__ import main
from tests.cli_runs import write_lines, write_pipeline

PIPELINE = """\
format: 1
pipeline: {name}
source: {{connector: files, config: {{path: {name}.jsonl, primary_key: [id]}}}}
destination: {{connector: sql, sink: {name}, config: {{url: "sqlite:///{name}.db"}}}}
batch_size: 10
"""


class Result(NamedTuple):
    """What a verb gave back: exit code, standard output, standard error."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one JSON document on standard output."""
        assert self.out.count("\n") == 1
        return json.loads(self.out)

    @property
    def logs(self) -> list[dict[str, Any]]:
        """The lines on standard error, all of them JSON."""
        return [json.loads(line) for line in self.err.splitlines()]


Call = Callable[..., Result]


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Call:
    """Run a verb in this process, as in a pipe, of a user who has configured nothing."""
    for name in ("CONNECTOR_SDK_TRACEBACK", "CONNECTOR_SDK_TRIGGER", "CONNECTOR_SDK_TRIGGER_ID"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "90")
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))

    def run(*arguments: str | Path) -> Result:
        code = main([str(argument) for argument in arguments])
        return Result(code, *capsys.readouterr())

    return run


def records(count: int, start: int = 1) -> list[dict[str, Any]]:
    """Return invented records with a text key of four digits."""
    return [{"id": f"{number:04d}", "n": number} for number in range(start, start + count)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with one pipeline, `subjects`, of 25 records; its path has a space."""
    place = tmp_path / "a folder"
    add_pipeline(place, "subjects", records(25))
    return place


def add_pipeline(place: Path, name: str, rows: list[Any]) -> Path:
    """Add a pipeline and its source to a folder."""
    path = write_pipeline(place, PIPELINE.format(name=name), f"{name}.yaml")
    write_lines(place / f"{name}.jsonl", rows)
    return path


@pytest.fixture
def poisoned(folder: Path, call: Call) -> Path:
    """Return a folder whose pipeline ran once and set its record 20 aside, which gives `n` twice."""
    assert call("contract", "pin", folder).code == 0
    source = folder / "subjects.jsonl"
    source.write_text(source.read_text().replace('"n": 20}', '"n": 20, "n": 21}'))
    assert call("run", folder).code == 65
    return folder
