"""Models of what people write: strict, frozen, with paths relative to the document they stand in."""

import math
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, cast, get_args
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    GetCoreSchemaHandler,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
)
from pydantic_core import CoreSchema, PydanticKnownError, core_schema

from connector_sdk.secrets import Secret

__all__ = ["Config", "HttpUrl", "LocalPath", "Secret", "base_folder"]


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
        return {name: _field(name, _for_documents(schema, handler)) for name, schema in part.items()}
    return _for_documents(part, handler)


def _field(name: str, made: Any) -> Any:
    """Wrap a field, but neither its default nor the value that tells a union's arms apart: pydantic looks
    for both.
    """
    if not isinstance(made, dict) or made.get("type") != "model-field":
        return made
    inner = made["schema"]
    plain = inner["schema"] if inner["type"] == "default" else inner
    if plain["type"] in {"literal", "enum"}:
        return made
    alias = made.get("validation_alias")
    wrapped = _remembering(alias if isinstance(alias, str) else name, plain)
    return made | {"schema": inner | {"schema": wrapped} if plain is not inner else wrapped}


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

    # Built when first used: listing connectors needs no validator.
    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, hide_input_in_errors=True, defer_build=True
    )

    later: ClassVar[frozenset[str]] = frozenset()
    """Keys whose meaning is settled but which this version cannot honour: refused with their own message."""

    governed: ClassVar[frozenset[str]] = frozenset()
    """Keys of a connector that say what its records are: the pipeline's, which no environment may set."""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        made: CoreSchema = _for_documents(handler(source), handler)
        return made


_WITHIN = "within"


def _remembering(name: str, schema: CoreSchema) -> CoreSchema:
    """Let whatever is validated below a field know the outermost field that it is part of."""

    def within(value: Any, handler: ValidatorFunctionWrapHandler, info: ValidationInfo) -> Any:
        context: dict[str, Any] | None = info.context
        if not context or not context.get("bases") or _WITHIN in context:
            return handler(value)
        context[_WITHIN] = name
        try:
            return handler(value)
        finally:
            del context[_WITHIN]

    return core_schema.with_info_wrap_validator_function(within, schema)


def base_folder(info: ValidationInfo, key: str = "") -> Path:
    """Return the folder that relative paths start from: that of the document in which the value stands.

    Validators of a model as a whole say whose path it is, by the field's `key`, because an environment may
    set it in a document of its own; validators of a field need not.
    """
    context: dict[str, Any] = info.context or {}
    bases: dict[str, Path] = context.get("bases", {})
    return Path(bases.get(context.get(_WITHIN, key), context.get("base", ".")))


def _resolve(path: Path, info: ValidationInfo) -> Path:
    if "\0" in str(path):
        raise ValueError("a path holds no NUL character")
    try:
        return base_folder(info) / path.expanduser()
    except RuntimeError:
        raise ValueError("there is no such home folder") from None


LocalPath = Annotated[Path, AfterValidator(_resolve)]
"""A path in a document; relative ones start from the document's folder."""


def http_url(text: str) -> str:
    """Return the address of a system; raises ValueError for what is none, or holds more than one."""
    try:
        parts = urlsplit(text)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or parts.username is not None or parts.query or parts.fragment or text != text.strip():
        raise ValueError("write https://host or https://host/path: no user name, no query, no fragment")
    return text.rstrip("/")


HttpUrl = Annotated[str, AfterValidator(http_url)]
"""The address of a system, without a slash at its end. Whether it may be called is decided at the call."""
