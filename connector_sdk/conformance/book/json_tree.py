"""JSON as a tree that keeps every number as it is spelled."""

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from connector_sdk.decode.strict import Number, read_json

Tree = Any
"""dict, list, str, `Number`, bool or None. A `Number` is a str: ask for it first."""


def parse(text: bytes) -> Tree:
    """Read one JSON text; raises RecordError (json-malformed, json-duplicate-key, json-depth)."""
    return read_json(text, None)


def written(tree: Tree) -> bytes:
    """Write a tree: no spaces, UTF-8, members in their order, numbers as they are spelled."""
    return _text(tree).encode()


def is_number(tree: Tree) -> bool:
    """Tell whether this is a number."""
    return type(tree) is Number


def is_text(tree: Tree) -> bool:
    """Tell whether this is a text."""
    return isinstance(tree, str) and type(tree) is not Number


def with_leaves(tree: Tree, change: Callable[[Tree], Tree], name: Callable[[str], str] = str) -> Tree:
    """Return the tree with its texts, numbers, booleans and nulls changed, and the names of its members."""
    if isinstance(tree, dict):
        return {name(key): with_leaves(value, change, name) for key, value in tree.items()}
    if isinstance(tree, list):
        return [with_leaves(value, change, name) for value in tree]
    return change(tree)


def leaves(tree: Tree, at: str = "$") -> Iterator[tuple[str, Tree]]:
    """Yield everything that is neither object nor array, with the path to it."""
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield from leaves(value, f"{at}.{key}")
    elif isinstance(tree, list):
        for index, value in enumerate(tree):
            yield from leaves(value, f"{at}[{index}]")
    else:
        yield at, tree


def names(tree: Tree) -> Iterator[str]:
    """Yield the names of all members of all objects."""
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield key
            yield from names(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from names(value)


def without(tree: Tree, names: Sequence[str]) -> Tree:
    """Return an object without some of its members; anything else as it is."""
    if not isinstance(tree, dict):
        return tree
    return {name: value for name, value in tree.items() if name not in names}


def _text(tree: Tree) -> str:
    if isinstance(tree, dict):
        return "{" + ",".join(f"{_quoted(key)}:{_text(value)}" for key, value in tree.items()) + "}"
    if isinstance(tree, list):
        return "[" + ",".join(map(_text, tree)) + "]"
    if type(tree) is Number:
        return str(tree)
    if isinstance(tree, str):
        return _quoted(tree)
    if tree is None or isinstance(tree, bool):
        return {None: "null", True: "true", False: "false"}[tree]
    raise TypeError(f"{type(tree).__name__} is no part of a tree: numbers are `Number`s, exact as spelled")


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
