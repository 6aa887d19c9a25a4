"""The reference of `pipeline.yaml` says what the models say: keys, types, defaults, exit codes."""

from collections.abc import Iterator
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import pytest
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from connector_sdk import errors
from connector_sdk.cli.answer import INTERRUPTED
from connector_sdk.contracts import read_contract
from connector_sdk.contracts.file import _ContractDocument
from connector_sdk.errors import ContractError
from connector_sdk.ledger.verify import EXIT_CODES
from connector_sdk.pipeline.definition import DEFAULT_LEDGER, PipelineDefinition, load_pipeline
from connector_sdk.pipeline.failure import STATUS
from tests.house.tree import code_blocks, coded, page, section, tables

PAGE = page("pipeline.md")


def _flat(model: type[BaseModel], before: str = "") -> Iterator[tuple[str, FieldInfo]]:
    for name, field in model.model_fields.items():
        inner = next((part for part in _parts(field.annotation) if _is_model(part)), None)
        if inner is None:
            yield before + name, field
        elif get_origin(field.annotation) is dict:
            yield before + name, field
            yield from _flat(inner, f"{before}{name}.*.")
        else:
            yield from _flat(inner, f"{before}{name}.")


def _parts(hint: Any) -> list[Any]:
    return [hint, *(part for argument in get_args(hint) for part in _parts(argument))]


def _is_model(hint: Any) -> bool:
    return isinstance(hint, type) and issubclass(hint, BaseModel)


def _choices(field: FieldInfo) -> list[str]:
    for part in _parts(field.annotation):
        if get_origin(part) is Literal:
            return [str(value) for value in get_args(part)]
        if isinstance(part, type) and issubclass(part, Enum):
            return [str(member.value) for member in part]
    return ["true", "false"] if field.annotation is bool else []


def _bounds(field: FieldInfo) -> list[str]:
    limits = [getattr(mark, name, None) for mark in field.metadata for name in ("ge", "le", "max_length")]
    return [str(limit) for limit in limits if limit is not None]


def _default(field: FieldInfo) -> str | None:
    value = field.default
    if field.is_required():
        return "required"
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | str | Decimal) and str(value) else None


HELD = (("Keys", PipelineDefinition), ("Contracts", _ContractDocument))
CASES = [
    (heading, key, field, row)
    for heading, model in HELD
    for (key, field), row in zip(_flat(model), tables(section(PAGE, heading))[0][1:], strict=False)
]


@pytest.mark.parametrize(("heading", "model"), HELD)
def test_all_keys_are_there_in_their_order(heading: str, model: type[BaseModel]) -> None:
    rows = tables(section(PAGE, heading))[0][1:]
    assert [coded(row[0])[0] for row in rows] == [key for key, _ in _flat(model)]


@pytest.mark.parametrize(
    ("heading", "key", "field", "row"), CASES, ids=[f"{case[0]} {case[1]}" for case in CASES]
)
def test_type_and_default(heading: str, key: str, field: FieldInfo, row: list[str]) -> None:
    del heading
    assert coded(row[0]) == [key]
    assert coded(row[1])[: len(_choices(field))] == _choices(field)
    assert all(bound in row[1] for bound in _bounds(field)), row[1]
    default = _default(field)
    if default is not None:
        assert row[2].strip("`") == default
    else:
        assert "required" not in row[2]


def test_the_ledgers_default_place() -> None:
    row = next(row for row in tables(section(PAGE, "Keys"))[0] if row[0] == "`ledger`")
    assert coded(row[2]) == [DEFAULT_LEDGER.as_posix()]


def test_keys_of_later_versions_are_named() -> None:
    text = section(PAGE, "Keys").split("Unknown keys", 1)[1]
    assert set(coded(text)) == PipelineDefinition.later


def test_exit_codes() -> None:
    rows = tables(section(PAGE, "Exit codes"))[0][1:]
    told = {int(code) for row in rows for code in coded(row[0])}
    given = {
        cls.exit_code for cls in vars(errors).values() if isinstance(cls, type) and issubclass(cls, Exception)
    }
    assert told == {0, INTERRUPTED, *given, *EXIT_CODES.values()}
    assert [coded(row[0])[0] for row in rows if "yes" in row[2]] == ["75"]


def test_statuses() -> None:
    rows = tables(section(PAGE, "Statuses"))[0][1:]
    told = {coded(row[0])[0]: row[1].strip("`") for row in rows}
    assert told == {**{status: str(code) for code, status in STATUS.items()}, "failed": "any other"}


def test_the_first_example_is_a_pipeline(tmp_path: Path) -> None:
    path = tmp_path / "pipeline.yaml"
    path.write_text(code_blocks(PAGE, "yaml")[0], encoding="utf-8")
    assert load_pipeline(path).definition.pipeline == "visits-to-warehouse"


def test_the_example_of_a_contract_is_one(tmp_path: Path) -> None:
    path = tmp_path / "contract.yaml"
    text = code_blocks(section(PAGE, "Contracts"), "yaml")[0]
    path.write_text(text, encoding="utf-8")
    assert read_contract(path).schema.key == ("subject", "visit")
    path.write_text(text.replace("nullable: true", "nullable: false"), encoding="utf-8")
    with pytest.raises(ContractError):
        read_contract(path)
