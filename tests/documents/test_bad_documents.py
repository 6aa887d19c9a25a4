"""Bad documents and what is said of each, word for word.

`CONNECTOR_SDK_WRITE_GOLDEN=1 pytest tests/documents` writes the expected texts anew; read every change.
"""

import datetime as dt
import os
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

import pytest
from pydantic import AfterValidator, Field, HttpUrl, field_validator, model_validator

from connector_sdk.config import Config, LocalPath, Secret
from connector_sdk.documents import DocumentError, one_line, render
from connector_sdk.pipeline.definition import load_pipeline

BAD = Path(__file__).parent / "bad"
DOCUMENTS = sorted(BAD.glob("*.yaml"))
ENVIRONMENT = {
    "VISITS_PATH": "visits.jsonl",
    "HOST": "lims.example.org",
    "SECRET_NUMBER": "canary-20",
    "SECRET_LABEL": "canary-21",
}


class Mode(StrEnum):
    FULL = "full"
    CHANGES = "changes"


class Bearer(Config):
    type: Literal["bearer"]
    token: Secret


class Basic(Config):
    type: Literal["basic"]
    username: str
    password: Secret


def _distinct(values: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(values)) < len(values):
        raise ValueError("a column is named twice")
    return values


class Lims(Config):
    """The settings of an invented connector, with every kind of field."""

    path: LocalPath
    primary_key: tuple[str, ...] = ()
    timeout: int = 30
    threshold: Decimal = Decimal("0.5")
    start: Annotated[dt.date | None, Field(alias="from")] = None
    ratio: float = 1.0
    page: int | Literal["all"] = "all"
    mode: Mode = Mode.FULL
    columns: Annotated[tuple[str, ...], AfterValidator(_distinct)] = ()
    url: HttpUrl | None = None
    label: str | None = None
    auth: Annotated[Bearer | Basic, Field(discriminator="type")] | None = None
    password: Secret | None = None
    api_key: Secret | None = None
    pin: Secret | None = None

    @field_validator("label")
    @classmethod
    def _short(cls, value: str | None) -> str | None:
        if value and "canary" in value:
            raise ValueError(f"no label may be called {value}")
        return value

    @model_validator(mode="after")
    def _one_way_in(self) -> "Lims":
        if self.pin and self.password:
            raise ValueError("use either a pin or a password")
        return self


def problems(path: Path) -> DocumentError:
    """Read a document as a run would, and return what is wrong with it."""
    try:
        document = load_pipeline(path).document
        for at in (("source", "config"), ("destination", "config")):
            document.with_references(at, ENVIRONMENT).validate(Lims, at)
    except DocumentError as error:
        return error
    pytest.fail(f"nothing is wrong with {path}")


@pytest.mark.parametrize("path", DOCUMENTS, ids=[path.stem for path in DOCUMENTS])
def test_says_what_is_wrong(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(BAD)
    error = problems(Path(path.name))
    said = render(error.diagnostics)
    golden = path.with_suffix(".txt")
    if os.environ.get("CONNECTOR_SDK_WRITE_GOLDEN"):
        golden.write_text(said, encoding="utf-8")
    assert said == golden.read_text(encoding="utf-8")
    everything = [said, str(error), repr(error.diagnostics), *map(one_line, error.diagnostics)]
    assert not [text for text in everything if "canary" in text]
    assert all(found.hint or found.label or found.code == "invalid-value" for found in error.diagnostics)


def test_no_golden_text_is_left_over() -> None:
    assert {path.stem for path in DOCUMENTS} == {path.stem for path in BAD.glob("*.txt")}
    assert len(DOCUMENTS) >= 40
