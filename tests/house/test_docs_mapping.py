"""The page on mappings says what the models and the operations say, and its example compiles."""

import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import pytest
from pydantic import BaseModel
from pydantic.fields import FieldInfo

import connector_sdk.mapping as package
from connector_sdk.documents import DocumentError, render
from connector_sdk.mapping import MappingDefinition, compile_mapping, read_mapping
from connector_sdk.mapping.operations import OPERATIONS
from connector_sdk.mapping.operations.codelist import CodelistArgs
from connector_sdk.schema import Field, FieldType, Schema
from tests.house.codes import raised
from tests.house.tree import code_blocks, coded, page, relative, section, tables

PAGE = page("mapping.md")
CONTACT = Schema(
    fields=(
        Field(name="Id", type=FieldType.STRING),
        Field(name="Email", type=FieldType.STRING, nullable=True, personal=True),
        Field(name="Specialty__c", type=FieldType.STRING, nullable=True),
        Field(name="SystemModstamp", type=FieldType.DATETIME),
        Field(name="Fax", type=FieldType.STRING, nullable=True, personal=True),
    ),
    key=("Id",),
    cursor="SystemModstamp",
)


def _flat(model: type[BaseModel], before: str = "") -> Iterator[tuple[str, FieldInfo]]:
    for name, field in model.model_fields.items():
        key = before + (field.alias or name)
        inner = next((part for part in _parts(field.annotation) if _is_model(part)), None)
        if inner is None:
            yield key, field
        elif get_origin(field.annotation) is tuple:
            yield key, field
            yield from _flat(inner, f"{key}.*.")
        else:
            yield from _flat(inner, f"{key}.")


def _parts(hint: Any) -> list[Any]:
    return [hint, *(part for argument in get_args(hint) for part in _parts(argument))]


def _is_model(hint: Any) -> bool:
    return isinstance(hint, type) and issubclass(hint, BaseModel)


def _choices(key: str, field: FieldInfo) -> list[str]:
    if key == "rules.*.op":
        return list(OPERATIONS)
    if field.annotation is bool:
        return ["true", "false"]
    literals = [part for part in _parts(field.annotation) if get_origin(part) is Literal]
    return [str(value) for part in literals[:1] for value in get_args(part)]


@pytest.mark.parametrize(("heading", "model"), [("Keys", MappingDefinition), ("Operations", CodelistArgs)])
def test_all_keys_are_there_with_their_choices_and_defaults(heading: str, model: type[BaseModel]) -> None:
    rows = {coded(row[0])[0]: row for row in tables(section(PAGE, heading))[0][1:]}
    fields = dict(_flat(model))
    assert list(rows) == list(fields)
    for key, field in fields.items():
        assert not _choices(key, field) or coded(rows[key][1]) == _choices(key, field)
        assert (rows[key][2] == "required") == field.is_required(), key
        if isinstance(field.default, str | bool):
            assert coded(rows[key][2]) == [str(field.default).lower()]


def test_every_operation_is_told_of() -> None:
    assert set(OPERATIONS) <= set(coded(section(PAGE, "Operations")))


def test_the_example_compiles(tmp_path: Path) -> None:
    path = tmp_path / "mapping.yaml"
    path.write_text(code_blocks(PAGE, "yaml")[0], encoding="utf-8")
    schema = compile_mapping(read_mapping(path), CONTACT).schema
    assert schema.names == ("hcp_id", "email", "specialty", "changed_at")
    assert (schema.key, schema.cursor) == (("hcp_id",), "changed_at")


def test_the_finding_shown_is_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    path = Path("mappings", "contact-to-hcp.yaml")
    path.parent.mkdir()
    path.write_text(code_blocks(PAGE, "yaml")[0].replace("Email", "EMail"), encoding="utf-8")
    with pytest.raises(DocumentError) as caught:
        compile_mapping(read_mapping(path), CONTACT)
    shown = section(PAGE, "What is found").split("```")[1].strip()
    assert shown in render(caught.value.diagnostics)


def test_the_table_of_codes_is_complete() -> None:
    told = [coded(row[0])[0] for row in tables(section(PAGE, "What is found"))[0][1:]]
    folder = relative(Path(inspect.getfile(package)).parent)
    given = {code for code, where in raised().items() if any(file.startswith(folder) for file in where)}
    of_records = {"code-not-mapped", "field-null", "field-missing"}
    assert set(told) == given - of_records
    assert all(re.search(f"`{code}`", PAGE) for code in of_records)
