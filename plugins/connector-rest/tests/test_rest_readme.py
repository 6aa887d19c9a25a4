"""The README's example is a sound pipeline, and its tables name what there is."""

import re
from pathlib import Path
from typing import get_args

import pytest
from connector_rest import RestConfig
from connector_rest.auth import AnyAuth
from connector_rest.config import StreamConfig
from connector_rest.paging import AnyPaging, NotYet
from pydantic import BaseModel

from connector_sdk.documents import load

PAGE = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")


def keys(model: type[BaseModel]) -> set[str]:
    return {field.alias or name for name, field in model.model_fields.items()}


def first_column(heading: str) -> list[str]:
    table = PAGE.partition(f"| {heading} |")[2].partition("\n\n")[0]
    return re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)


def test_the_example_is_understood(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACME_TOKEN", "hunter2")
    path = tmp_path / "pipeline.yaml"
    path.write_text(PAGE.partition("```yaml\n")[2].partition("```")[0], encoding="utf-8")
    at = ("source", "config")
    assert load(path).with_references(at).validate(RestConfig, at=at).streams[0].name == "items"


def test_the_table_of_settings_names_them_all() -> None:
    assert set(first_column("setting")) == keys(RestConfig) | keys(StreamConfig)


def test_the_tables_of_auth_and_paging_name_every_kind() -> None:
    for heading, union in (("auth", AnyAuth), ("paging", AnyPaging)):
        arms = [arm for arm in get_args(get_args(union)[0]) if arm is not NotYet]
        kinds = [get_args(arm.model_fields["type"].annotation)[0] for arm in arms]
        assert first_column(heading) == kinds
        for arm in arms:
            for name in keys(arm) - {"type", "in"}:
                assert f"`{name}`" in PAGE
