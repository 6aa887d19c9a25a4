"""Turn what a model finds wrong in a document into problems with places."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from connector_sdk.config import Config
from connector_sdk.documents.annotations import field_names, models_at
from connector_sdk.documents.expectations import choices, expected_kind, how_to_write, requirement
from connector_sdk.documents.nodes import MAX_PROBLEMS, Loc, Node, Problem, Span, plain_kind
from connector_sdk.documents.scalars import meaning
from connector_sdk.documents.wording import dotted, listed, nearest, quote


@dataclass(frozen=True)
class Subject:
    """What was validated: a model, the part of a document it saw, and what must not be told of it.

    `owner` is where the key stands that leads to `node`, and `at` the way there. `secrets` is where secret
    values stand; `resolved` holds the texts that references gave, by the way from `node`.
    """

    model: type[BaseModel]
    node: Node
    owner: Span
    at: Loc
    secrets: frozenset[Span]
    resolved: Mapping[Loc, str]

    def name(self, loc: Loc) -> str:
        """Return the quoted name of a place, from the top of the document."""
        return quote(dotted((*self.at, *loc))) if (*self.at, *loc) else "the document"

    def key_span(self, loc: Loc) -> Span:
        """Return where the key stands that leads to a place; a list's entry stands for itself."""
        if not loc:
            return self.owner
        parent = self.node.walk(loc[:-1])[1]
        return parent.keys[str(loc[-1])] if isinstance(loc[-1], str) else parent.children[loc[-1]].span

    def mark(self, loc: Loc, node: Node) -> Span:
        """Return what to mark where a value is wrong: the key of a value that begins on a later line."""
        key = self.key_span(loc)
        return node.span if not node.children or (loc and key.line == node.span.line) else key

    def is_confidential(self, loc: Loc, node: Node) -> bool:
        """Tell whether nothing of a value may be shown."""
        return node.span in self.secrets or loc in self.resolved

    def betrays(self, loc: Loc, node: Node, text: str) -> bool:
        """Tell whether a text contains a confidential value from a place or below it."""
        hidden = [value for way, value in self.resolved.items() if way[: len(loc)] == loc]
        hidden += [str(leaf.value) for _, leaf in node.leaves() if leaf.span in self.secrets]
        return any(value and value.casefold() in text.casefold() for value in hidden)


def problems_of(subject: Subject, error: ValidationError) -> list[Problem]:
    """Return the problems in a document that made a model refuse it."""
    kinds: dict[Loc, list[str]] = {}
    located: list[tuple[Loc, Problem]] = []
    suggested: set[tuple[Loc, str]] = set()
    missing: list[tuple[Loc, ErrorDetails]] = []
    chosen: list[tuple[Loc, ErrorDetails]] = []
    for details in error.errors(include_url=False, include_input=False)[: 10 * MAX_PROBLEMS]:
        loc, node = subject.node.walk(details["loc"])
        if (kind := expected_kind(details)) is not None:
            kinds.setdefault(loc, []).append(kind)
        elif details["type"] in {"missing", "union_tag_not_found"}:
            missing.append((loc, details))
        elif details["type"] == "extra_forbidden":
            located.append((loc, _unknown_key(subject, details["loc"], loc, suggested)))
        elif details["type"] in {"literal_error", "enum", "union_tag_invalid"}:
            chosen.append((loc, details))
        else:
            located.append((loc, _invalid(subject, details, loc, node)))
    located += [(loc, _unknown_choice(subject, details, loc, kinds.get(loc, []))) for loc, details in chosen]
    located += _missing(subject, missing, suggested)
    located += [
        (loc, _wrong_kind(subject, loc, words)) for loc, words in kinds.items() if not _told(loc, located)
    ]
    return list(_one_per_place(problem for _, problem in located))[:MAX_PROBLEMS]


def _told(loc: Loc, located: Iterable[tuple[Loc, Problem]]) -> bool:
    """Tell whether something more precise is known: the other arms of a union only echo it."""
    return any(other[: len(loc)] == loc for other, _ in located)


def _one_per_place(problems: Iterable[Problem]) -> Iterator[Problem]:
    seen: set[tuple[Span, str, str]] = set()
    for problem in problems:
        place = (problem.span, problem.code, problem.message if problem.code == "missing-key" else "")
        if place not in seen:
            seen.add(place)
            yield problem


def _discriminator(details: ErrorDetails) -> str:
    """Return the key that tells the arms of a union apart."""
    return str(details["ctx"]["discriminator"]).strip("'")


def _absent_key(details: ErrorDetails) -> str:
    return str(details["loc"][-1]) if details["type"] == "missing" else _discriminator(details)


def _unknown_key(subject: Subject, raw: Loc, loc: Loc, suggested: set[tuple[Loc, str]]) -> Problem:
    key, parent = str(raw[-1]), loc[:-1]
    models = models_at(subject.model, raw[:-1])
    known = field_names(models)
    span = subject.key_span(loc)
    if any(issubclass(model, Config) and key in model.later for model in models):
        hint = "remove it; a newer version will understand it"
        return Problem("key-not-supported", span, f"key {quote(key)} is not supported by this version", hint)
    present = subject.node.walk(parent)[1].children
    near = nearest(key, [name for name in known if name not in present])
    if near:
        suggested.add((parent, near))
    label = f"did you mean {quote(near)}?" if near else ""
    hint = f"keys here: {', '.join(known)}" if known else "there are no keys here"
    return Problem("unknown-key", span, f"unknown key {quote(key)}", hint, label)


def _missing(
    subject: Subject, missing: Iterable[tuple[Loc, ErrorDetails]], suggested: set[tuple[Loc, str]]
) -> Iterator[tuple[Loc, Problem]]:
    """Yield one problem for each mapping that lacks keys, leaving out those that are there but misspelt."""
    absent: dict[tuple[Loc, Loc], list[str]] = {}
    for loc, details in missing:
        raw = details["loc"][:-1] if details["type"] == "missing" else details["loc"]
        if (loc, _absent_key(details)) not in suggested:
            absent.setdefault((loc, raw), []).append(_absent_key(details))
    for (loc, raw), keys in absent.items():
        inside = f" in {subject.name(loc)}" if (*subject.at, *loc) else ""
        message = f"missing key{'s' if len(keys) > 1 else ''} {listed(map(quote, keys), 'and')}{inside}"
        hint = f"keys here: {', '.join(field_names(models_at(subject.model, raw)))}"
        yield loc, Problem("missing-key", subject.key_span(loc), message, hint)


def _unknown_choice(subject: Subject, details: ErrorDetails, loc: Loc, kinds: list[str]) -> Problem:
    node = subject.node.walk(loc)[1]
    if details["type"] == "union_tag_invalid":
        loc = (*loc, _discriminator(details))
        node = node.children[loc[-1]]
    allowed = choices(details)
    hint, span = f"allowed: {listed([*allowed, *kinds])}", subject.mark(loc, node)
    if subject.is_confidential(loc, node):
        message = f"{subject.name(loc)} has a value that is not allowed"
        return Problem("unknown-choice", span, message, hint)
    near = nearest(node.value, allowed) if isinstance(node.value, str) else None
    label = f"did you mean {quote(near)}?" if near else ""
    if near and near == node.value:
        label = "remove the quotes"
    return Problem("unknown-choice", span, f"{subject.name(loc)} cannot be {_shown(node)}", hint, label)


def _shown(node: Node) -> str:
    """Return a value in the words or signs of a document."""
    if isinstance(node.value, str):
        return quote(node.value)
    if node.kind in {dict, list, type(None)}:
        return plain_kind(node.plain())
    return str(node.value).lower()


def _invalid(subject: Subject, details: ErrorDetails, loc: Loc, node: Node) -> Problem:
    confidential = subject.is_confidential(loc, node)
    demand = requirement(details, confidential=confidential)
    if subject.betrays(loc, node, demand):
        demand = "is not accepted"
    hint = "the value comes from a reference" if loc in subject.resolved else ""
    return Problem("invalid-value", subject.mark(loc, node), f"{subject.name(loc)} {demand}", hint)


def _wrong_kind(subject: Subject, loc: Loc, words: list[str]) -> Problem:
    node = subject.node.walk(loc)[1]
    wanted = list(dict.fromkeys(word for word in words if word)) or ["something else"]
    if len(wanted) > 1 and "nothing" in wanted:
        wanted.remove("nothing")
    found, demand = plain_kind(node.plain()), listed(wanted)
    message = f"{subject.name(loc)} must be {demand}, not {found}"
    if node.kind is type(None):
        message = f"{subject.name(loc)} has no value; it must be {demand}"
    if loc in subject.resolved:
        return Problem("wrong-type", node.span, message, "a reference always gives text")
    return Problem(
        "wrong-type", subject.mark(loc, node), message, how_to_write(wanted), _remedy(wanted, node)
    )


def _remedy(wanted: list[str], node: Node) -> str:
    if wanted[0] == "text" and node.kind not in {dict, list, type(None)}:
        return "quote it"
    if wanted == ["a list"] and node.kind not in {dict, type(None)}:
        return "put it in brackets: [ ]"
    numbers = {"a whole number", "a number", "true or false"}
    if node.kind is str and numbers.intersection(wanted) and plain_kind(meaning(node.value)) in wanted:
        return "remove the quotes"
    return ""
