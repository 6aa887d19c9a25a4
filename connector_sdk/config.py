"""Models of what people write: strict, frozen, with paths relative to the document they stand in."""

import math
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, cast, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, GetCoreSchemaHandler, ValidationInfo
from pydantic_core import CoreSchema, PydanticKnownError, core_schema

from connector_sdk.secrets import Secret

__all__ = ["Config", "LocalPath", "Secret", "base_folder"]


_OPAQUE = frozenset(
    {"default", "default_factory", "serialization", "metadata", "expected", "members", "config"}
)
"""Parts of a core schema that are values, not schemas."""

_BY_NAME = frozenset({"fields", "choices"})
"""Parts that are schemas under names of the author's choosing."""

_FROM_PLAIN = frozenset({"tuple", "set", "frozenset", "uuid", "enum"})
_Moment = Literal["date_type", "time_type", "datetime_type", "time_delta_type"]
_MOMENTS: dict[str, _Moment] = {
    name.removesuffix("_type").replace("_", ""): name for name in get_args(_Moment)
}


def _for_documents(node: Any, handler: GetCoreSchemaHandler) -> Any:
    """Rewrite a core schema: the forms that strict pydantic takes from JSON are taken from plain data too."""
    if isinstance(node, list):
        return [_for_documents(part, handler) for part in node]
    if not isinstance(node, dict):
        return node
    if node.get("type") == "definition-ref":
        shared = handler.resolve_ref_schema(cast("CoreSchema", node))
        if shared["type"] != "enum":
            return node
        node = {key: part for key, part in shared.items() if key != "ref"}
    return _relaxed({key: _part(key, part, handler) for key, part in node.items()})


def _part(key: str, part: Any, handler: GetCoreSchemaHandler) -> Any:
    if key in _OPAQUE:
        return part
    if key in _BY_NAME and isinstance(part, dict):
        return {name: _for_documents(schema, handler) for name, schema in part.items()}
    return _for_documents(part, handler)


def _relaxed(made: dict[str, Any]) -> Any:
    before = core_schema.no_info_before_validator_function
    kind = made.get("type", "")
    if kind in _FROM_PLAIN:
        made["strict"] = False
    elif kind in _MOMENTS:
        return before(_only_text(_MOMENTS[kind]), made | {"strict": False})
    elif kind == "decimal":
        return before(_exact, made)
    elif kind == "float":
        return before(_binary, made)
    elif kind == "lax-or-strict" and made["strict_schema"].get("type") == "json-or-python":
        return _text_or_instance(made)
    return made


def _text_or_instance(made: dict[str, Any]) -> dict[str, Any]:
    strict = made["strict_schema"]
    either = core_schema.union_schema([strict["python_schema"], strict["json_schema"]], mode="left_to_right")
    return made | {"strict_schema": strict | {"python_schema": either}}


def _only_text(error: _Moment) -> Callable[[Any], Any]:
    """A number is no moment: pydantic would take it for seconds since 1970."""

    def check(value: Any) -> Any:
        if isinstance(value, int | float | Decimal):
            raise PydanticKnownError(error)
        return value

    return check


def _exact(value: Any) -> Any:
    return Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _binary(value: Any) -> Any:
    if not isinstance(value, Decimal):
        return value
    if math.isinf(number := float(value)):
        raise PydanticKnownError("finite_number")
    return number


class Config(BaseModel):
    """Base of a connector's configuration, and of every other document: unknown keys are refused, nothing
    is coerced, nothing changes.

    Strict as pydantic is strict about JSON: what a document can only write as text or as a list may be a
    path, a date, an enumeration's member or a tuple; and numbers stay exact: a `Decimal` keeps its digits.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, hide_input_in_errors=True)

    later: ClassVar[frozenset[str]] = frozenset()
    """Keys whose meaning is settled but which this version cannot honour: refused with their own message."""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        made: CoreSchema = _for_documents(handler(source), handler)
        return made


def base_folder(info: ValidationInfo) -> Path:
    """Return the folder that relative paths in the document being read start from."""
    context: dict[str, Any] = info.context or {}
    return Path(context.get("base", "."))


def _resolve(path: Path, info: ValidationInfo) -> Path:
    if "\0" in str(path):
        raise ValueError("a path holds no NUL character")
    try:
        return base_folder(info) / path.expanduser()
    except RuntimeError:
        raise ValueError("there is no such home folder") from None


LocalPath = Annotated[Path, AfterValidator(_resolve)]
"""A path in a document; relative ones start from the document's folder."""
