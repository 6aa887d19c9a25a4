"""Follow a way through the types of a model, as far as a document's diagnostics need it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from connector_sdk.documents.masking import worth_hiding
from connector_sdk.documents.nodes import Loc, Node, Span
from connector_sdk.documents.wording import nearest
from connector_sdk.secrets import Secret


def models_at(model: type[BaseModel], loc: Loc) -> list[type[BaseModel]]:
    """Return the models that may stand at a place; more than one where the type is a union."""
    arms: list[Any] = [model]
    for step in loc:
        arms = _chosen(arms, step) or [arm for found in arms for arm in _step(found, step)] or arms
    return [arm for arm in arms if _is_model(arm)]


def field_names(models: Iterable[type[BaseModel]]) -> list[str]:
    """Return the keys that a document may use, in the order they were declared."""
    names = [_written(name, field) for model in models for name, field in model.model_fields.items()]
    return list(dict.fromkeys(names))


def secret_values(model: type[BaseModel], node: Node) -> Iterator[Span]:
    """Yield where the values of `Secret` fields stand; a bare reference is none."""
    yield from (leaf.span for _, leaf in secret_leaves(model, node) if worth_hiding(leaf.value))


def secret_leaves(model: type[BaseModel], node: Node) -> Iterator[tuple[Loc, Node]]:
    """Yield the values of `Secret` fields with the way to them, references included."""
    yield from _secrets([model], node, ())


def _secrets(arms: Sequence[Any], node: Node, loc: Loc) -> Iterator[tuple[Loc, Node]]:
    if Secret in arms:
        yield from node.leaves(loc)
        return
    models = [arm for arm in arms if _is_model(arm)]
    wary = any(Secret in _arms(field.annotation) for model in models for field in model.model_fields.values())
    known = field_names(models)
    for key, child in [*node.children.items(), *node.surplus]:
        meant = nearest(str(key), known) if wary and key not in known else key
        if meant is None:
            # A secret under a name that nobody recognises is still one.
            yield from _secrets([Secret], child, (*loc, key))
        elif found := [below for arm in arms for below in _step(arm, meant)]:
            yield from _secrets(found, child, (*loc, key))


def _step(arm: Any, step: str | int) -> list[Any]:
    """Return the types that may stand one step below a type."""
    if _is_model(arm):
        for name, field in arm.model_fields.items():
            if _written(name, field) == step:
                return list(_arms(field.annotation))
        return []
    origin, arguments = get_origin(arm), get_args(arm)
    if not isinstance(origin, type) or not arguments:
        return []
    if issubclass(origin, Mapping):
        return list(_arms(arguments[1])) if isinstance(step, str) else []
    if issubclass(origin, Sequence | set | frozenset) and isinstance(step, int):
        fixed = origin is tuple and arguments[-1] is not Ellipsis
        return list(_arms(arguments[min(step, len(arguments) - 1)] if fixed else arguments[0]))
    return []


def _arms(annotation: Any) -> Iterator[Any]:
    """Yield the alternatives of a type, without their marks."""
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from _arms(get_args(annotation)[0])
    elif origin in {Union, UnionType}:
        for arm in get_args(annotation):
            yield from _arms(arm)
    else:
        yield annotation


def _chosen(arms: list[Any], step: str | int) -> list[Any]:
    """Return the arm of a union that pydantic names: by its class, or by the value of its discriminator."""
    return [
        arm
        for arm in arms
        if _is_model(arm) and len(arms) > 1 and (arm.__name__ == step or _tagged(arm, step))
    ]


def _tagged(model: type[BaseModel], tag: str | int) -> bool:
    literals = (field.annotation for field in model.model_fields.values())
    return any(get_origin(hint) is Literal and tag in get_args(hint) for hint in literals)


def _written(name: str, field: FieldInfo) -> str:
    alias = field.validation_alias if isinstance(field.validation_alias, str) else field.alias
    return alias or name


def _is_model(arm: Any) -> bool:
    return isinstance(arm, type) and issubclass(arm, BaseModel)
