"""A document's values together with where they stand."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

Loc = tuple[str | int, ...]
"""The way to a value from the top of its document: keys and positions in lists."""


MAX_PROBLEMS = 100
"""How many problems of one document are collected: more help nobody, and a hostile file has millions."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """From one place to another, the end not included; lines and columns from 0, in characters.

    `file` is the number of the file in a document that others are laid over.
    """

    line: int
    column: int
    end_line: int
    end_column: int
    file: int = 0


@dataclass(frozen=True, slots=True)
class Problem:
    """A finding before it is known how its line may be shown."""

    code: str
    span: Span
    message: str
    hint: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class Node:
    """One value: plain in `value` where it is a scalar, else in `children`.

    `keys` tells where each key of a mapping stands; `surplus` holds the values of keys given again, and those
    that another document's were laid over.
    """

    span: Span
    value: Any = None
    children: Mapping[str | int, "Node"] = field(default_factory=dict)
    kind: type = str
    keys: Mapping[str, Span] = field(default_factory=dict)
    surplus: tuple[tuple[str, "Node"], ...] = ()

    def plain(self) -> Any:
        """Return the value as plain data."""
        if self.kind is dict:
            return {key: child.plain() for key, child in self.children.items()}
        if self.kind is list:
            return [child.plain() for child in self.children.values()]
        return self.value

    def leaves(self, loc: Loc = ()) -> Iterator[tuple[Loc, "Node"]]:
        """Yield every scalar below with the way to it."""
        if self.kind not in {dict, list}:
            yield loc, self
        for key, child in self.children.items():
            yield from child.leaves((*loc, key))

    def of_file(self, number: int) -> "Node":
        """Return the same node as part of the file with this number."""
        return replace(
            self,
            span=replace(self.span, file=number),
            children={key: child.of_file(number) for key, child in self.children.items()},
            keys={key: replace(span, file=number) for key, span in self.keys.items()},
            surplus=tuple((key, child.of_file(number)) for key, child in self.surplus),
        )

    def laid_over(self, under: "Node", loc: Loc) -> "Node":
        """Return the tree `under` with this node's keys in place of those at `loc`, which may be absent."""
        if loc:
            step, rest = loc[0], loc[1:]
            below = under.children.get(step, Node(self.span, kind=dict))
            keys = {str(step): self.span, **under.keys}
            return replace(under, children={**under.children, step: self.laid_over(below, rest)}, keys=keys)
        # What is replaced may be a secret all the same, on a line that is shown.
        hidden = tuple((str(key), under.children[key]) for key in self.children if key in under.children)
        return replace(
            under,
            children={**under.children, **self.children},
            keys={**under.keys, **self.keys},
            surplus=(*under.surplus, *hidden),
        )

    def walk(self, loc: Loc) -> "tuple[Loc, Node]":
        """Follow a way as far as it goes, skipping steps that are no keys here; return what is reached.

        pydantic names the arm of a union among the keys, hence the skipping.
        """
        node = self
        taken: Loc = ()
        for step in loc:
            if step in node.children:
                node, taken = node.children[step], (*taken, step)
        return taken, node


def plain_kind(value: Any) -> str:
    """Say in words what kind of value this is."""
    for kind, words in _KINDS:
        if isinstance(value, kind):
            return words
    return "a decimal number"


_KINDS: tuple[tuple[type, str], ...] = (
    (type(None), "nothing"),
    (bool, "true or false"),
    (int, "a whole number"),
    (str, "text"),
    (list, "a list"),
    (dict, "keys with values"),
)
