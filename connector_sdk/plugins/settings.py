"""A connector's settings as its config model declares them, told without the vocabulary of Python."""

import ast
import inspect
import textwrap
from enum import Enum
from itertools import pairwise
from pathlib import PurePath
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from connector_sdk.secrets import Secret

Document = dict[str, Any]

_NAMES = {
    str: "text",
    int: "integer",
    float: "number",
    bool: "true or false",
    NoneType: "nothing",
    Secret: "text",
}


def settings_of(model: type[BaseModel]) -> list[Document]:
    """Return each field's name, type, default, whether it is required or secret, and its description."""
    texts = _docstrings(model)
    return [_setting(name, field, texts.get(name, "")) for name, field in model.model_fields.items()]


def _setting(name: str, field: FieldInfo, text: str) -> Document:
    default = None if field.is_required() else field.get_default(call_default_factory=True, validated_data={})
    return {
        "name": field.alias or name,
        "type": _type(field.annotation),
        "required": field.is_required(),
        "default": _plain(default),
        "secret": Secret in _parts(field.annotation),
        "description": " ".join((field.description or text).split()),
    }


def _type(hint: Any) -> str:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _type(arguments[0])
    if origin in {Union, UnionType}:
        return " or ".join(dict.fromkeys(_type(part) for part in arguments if part is not NoneType))
    if origin is Literal:
        return " | ".join(str(value) for value in arguments)
    if origin in {list, tuple, set, frozenset}:
        return f"list of {_type(arguments[0])}" if arguments else "list"
    if origin is dict or hint is dict:
        return "keys and values"
    return _class(hint)


def _class(hint: Any) -> str:
    if hint in _NAMES:
        return _NAMES[hint]
    if isinstance(hint, type):
        if issubclass(hint, PurePath):
            return "path"
        if issubclass(hint, Enum):
            return " | ".join(str(member.value) for member in hint)
        if issubclass(hint, BaseModel):
            return f"keys: {', '.join(field.alias or name for name, field in hint.model_fields.items())}"
    return str(getattr(hint, "__name__", hint)).lower()


def _parts(hint: Any) -> set[Any]:
    """Return all types that an annotation is made of."""
    return {hint} if not get_args(hint) else set().union(*(_parts(part) for part in get_args(hint)))


def _plain(value: Any) -> Any:
    match value:
        case Secret():
            return None
        case BaseModel():
            return value.model_dump(mode="json")
        case PurePath():
            return str(value)
        case Enum():
            return value.value
        case tuple() | set() | frozenset():
            return [_plain(part) for part in value]
        case _:
            return value


def _docstrings(model: type[BaseModel]) -> dict[str, str]:
    """Return the texts that stand under the fields in the source of the model and its bases."""
    found: dict[str, str] = {}
    for owner in reversed(model.__mro__):
        if not issubclass(owner, BaseModel) or owner is BaseModel:
            continue
        try:
            body = ast.parse(textwrap.dedent(inspect.getsource(owner))).body[0]
        except (OSError, TypeError, SyntaxError):
            continue
        statements = getattr(body, "body", [])
        for field, text in pairwise(statements):
            match field, text:
                case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(words))):
                    found[name] = words
    return found
