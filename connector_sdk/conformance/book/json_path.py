"""Paths into JSON: `$`, `.name`, `['name']`, `[3]`, `[*]`; the leading `$` and its dot may be left out.

A small part of RFC 9535, in its spelling: https://www.rfc-editor.org/rfc/rfc9535
"""

import re
from collections.abc import Callable, Iterable
from functools import cache
from typing import Final, NamedTuple

from connector_sdk.conformance.book.json_tree import Tree

_STEP: Final = re.compile(
    r"\.(?P<name>[^.\[\]'\"*\s]+)|\['(?P<quoted>[^']*)'\]|\[(?P<index>[0-9]{1,9})\]|\[(?P<all>\*)\]"
)


class _All(NamedTuple):
    """Every element of an array, or every member of an object."""


_ALL: Final = _All()
Step = str | int | _All


@cache
def steps(path: str) -> tuple[Step, ...]:
    """Return the steps of a path; raises ValueError where it is none."""
    rest = path.removeprefix("$")
    if rest == path and not path.startswith(("[", ".")):
        rest = f".{path}"
    found: list[Step] = []
    at = 0
    while at < len(rest):
        step = _STEP.match(rest, at)
        if step is None:
            raise ValueError("paths are written like $.data[*].id, or $['a name'][0]")
        at = step.end()
        found.append(_meant(step))
    return tuple(found)


def find(tree: Tree, path: str) -> list[Tree]:
    """Return what stands at a path, in order; nothing where it leads nowhere."""
    found = [tree]
    for step in steps(path):
        found = [below for each in found for below in _below(each, step)]
    return found


def changed(tree: Tree, path: str, change: Callable[[Tree], Tree]) -> Tree:
    """Return the tree with everything at a path changed; what is not there stays away."""
    return _changed(tree, steps(path), change)


def put(tree: Tree, path: str, value: Tree) -> Tree:
    """Return the tree with a value at a path; where only the last member is missing, it is added."""
    *way, last = steps(path) or (_ALL,)

    def added(holder: Tree) -> Tree:
        return {**holder, last: value} if isinstance(holder, dict) and isinstance(last, str) else holder

    if isinstance(last, str):
        return _changed(tree, tuple(way), added)
    return _changed(tree, steps(path), lambda _: value)


def _meant(step: re.Match[str]) -> Step:
    if step["all"]:
        return _ALL
    if step["index"] is not None:
        return int(step["index"])
    return step["name"] if step["name"] is not None else step["quoted"]


def _below(tree: Tree, step: Step) -> Iterable[Tree]:
    if isinstance(tree, dict):
        if step == _ALL:
            return tree.values()
        return [tree[step]] if isinstance(step, str) and step in tree else []
    if isinstance(tree, list):
        if step == _ALL:
            return tree
        return [tree[step]] if isinstance(step, int) and step < len(tree) else []
    return []


def _changed(tree: Tree, way: tuple[Step, ...], change: Callable[[Tree], Tree]) -> Tree:
    if not way:
        return change(tree)
    step, rest = way[0], way[1:]
    if isinstance(tree, dict):
        return {
            key: _changed(value, rest, change) if step in (_ALL, key) else value
            for key, value in tree.items()
        }
    if isinstance(tree, list):
        return [
            _changed(value, rest, change) if step in (_ALL, index) else value
            for index, value in enumerate(tree)
        ]
    return tree
