"""A document: its values, where they stand, and what models make of them."""

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Self, TypeVar

from pydantic import BaseModel, ValidationError

from connector_sdk.documents.annotations import secret_leaves, secret_values
from connector_sdk.documents.diagnostics import DocumentError
from connector_sdk.documents.nodes import Loc, Node, Problem, Span
from connector_sdk.documents.references import Resolver, holds_reference
from connector_sdk.documents.source import Source, read_source
from connector_sdk.documents.strict_yaml import read_yaml
from connector_sdk.documents.validation import Subject, problems_of

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True)
class Document:
    """A document as read: `path` as it was named, `value` as plain data (text, int, bool, None, Decimal,
    list, dict), references unresolved unless it comes from `with_references`.

    Parts of other documents may be laid over it; diagnostics, references and relative paths stay those of
    the file in which each key stands.
    """

    path: Path
    value: Any = field(repr=False)
    _root: Node = field(repr=False)
    _sources: tuple[Source, ...] = field(repr=False)
    _secrets: frozenset[Span] = field(repr=False)
    _resolved: Mapping[Loc, str] = field(default_factory=dict, repr=False)
    _problems: tuple[Problem, ...] = field(default=(), repr=False)

    def validate(self, model: type[M], at: Loc = (), context: Mapping[str, Any] | None = None) -> M:
        """Return what a model makes of the part of the document at `at`; an absent part counts as empty.

        Relative paths start from the folder of the document in which their key of `model` stands. Raises
        DocumentError with every problem.
        """
        taken, node = self._root.walk(at)
        absent = taken != at or node.kind is type(None)
        value = {} if absent and at else self._value(node, taken)
        node = Node(node.span, kind=dict) if absent and at else node
        try:
            bases = {key: self._folder(span.file) for key, span in node.keys.items() if span.file}
            about = {"base": self.path.parent, "bases": bases, **(context or {})}
            result = model.model_validate(value, context=about)
        except ValidationError as error:
            secrets = self._secrets.union(secret_values(model, node))
            under = {loc[len(at) :]: text for loc, text in self._resolved.items() if loc[: len(at)] == at}
            subject = Subject(model, node, self._owner(taken), at, secrets, under)
            problems = problems_of(subject, error)
            raise self._error([*self._problems, *_apart(problems, self._problems)], secrets) from None
        if self._problems:
            raise self._error(self._problems, self._secrets.union(secret_values(model, node)))
        return result

    def with_references(self, at: Loc = (), environment: Mapping[str, str] | None = None) -> Self:
        """Return the document with the references at `at` and below replaced by what they name.

        Raises DocumentError with every reference that names nothing.
        """
        taken, node = self._root.walk(at)
        if taken != at:
            return self
        variables = os.environ if environment is None else environment
        texts, problems = dict(self._resolved), []
        for number, source in enumerate(self._sources):
            resolver = Resolver(variables, self._folder(number), source.lines)
            texts |= resolver.texts((loc, leaf) for loc, leaf in node.leaves(at) if leaf.span.file == number)
            problems += resolver.problems
        if problems:
            raise self._error(problems, self._secrets)
        return replace(self, value=_plain(self._root, (), texts), _resolved=texts)

    def laid_over(self, at: Loc, other: "Document", other_at: Loc) -> Self:
        """Return the document with the keys at `other_at` of another one in place of those at `at`.

        The keys of a mapping are replaced as wholes: nothing below them is mixed.
        """
        taken, node = other._root.walk(other_at)  # noqa: SLF001 - of the same class
        if taken != other_at or node.kind is not dict:
            return self
        number = len(self._sources)
        root = node.of_file(number).laid_over(self._root, at)
        secrets = {replace(span, file=number) for span in other._secrets}  # noqa: SLF001
        return replace(
            self,
            value=_plain(root, (), self._resolved),
            _root=root,
            _sources=(*self._sources, *other._sources),  # noqa: SLF001
            _secrets=self._secrets | secrets,
        )

    def keys_laid_over(self, at: Loc) -> list[str]:
        """Return the keys at a place that stand in another document."""
        return [key for key, span in self._root.walk(at)[1].keys.items() if span.file]

    def secrets_from(self, kind: str, model: type[BaseModel], at: Loc = ()) -> Iterator[tuple[Loc, str]]:
        """Yield the `Secret` fields of a model that hold references of a kind, e.g. `env`: the way to each,
        and its `file:line:column`.
        """
        taken, node = self._root.walk(at)
        for loc, leaf in secret_leaves(model, node) if taken == at else ():
            if holds_reference(leaf.value, kind):
                yield (*at, *loc), self.error((*at, *loc), "", "").location

    def error(
        self, at: Loc, code: str, message: str, hint: str = "", *, on_key: bool = False
    ) -> DocumentError:
        """Return an error about the value (or the key) at a place, for findings that no model can make."""
        taken, node = self._root.walk(at)
        span = self._owner(taken) if on_key or taken != at else node.span
        return self._error([Problem(code, span, message, hint)], self._secrets)

    def _value(self, node: Node, loc: Loc) -> Any:
        return _plain(node, loc, self._resolved)

    def _owner(self, loc: Loc) -> Span:
        """Return where the key stands that leads to a place."""
        if not loc:
            start = self._root.span
            return min(self._root.keys.values(), default=start)
        parent = self._root.walk(loc[:-1])[1]
        last = loc[-1]
        return parent.keys[last] if isinstance(last, str) else parent.children[last].span

    def _folder(self, file: int) -> Path:
        return Path(self._sources[file].path).parent

    def _error(self, problems: Iterable[Problem], secrets: frozenset[Span]) -> DocumentError:
        return DocumentError(
            self._sources[problem.span.file].diagnose(
                problem, [span for span in secrets if span.file == problem.span.file]
            )
            for problem in problems
        )


def load(path: Path) -> Document:
    """Read a document in the strict dialect of YAML.

    Raises DocumentError with every problem.
    """
    return _sound(load_leniently(path))


def load_leniently(path: Path) -> Document:
    """Read a document whose values may have problems, as long as its structure is clear.

    `validate` reports them together with its own, so that one look shows everything. Raises DocumentError
    where the structure is not clear.
    """
    return _read(path, read_source(path))


def of_text(path: Path, text: str) -> Document:
    """Read a text as the document that it would be at this path, where nothing need stand.

    Raises DocumentError with every problem.
    """
    return _sound(_read(path, Source(str(path), text)))


def _sound(document: Document) -> Document:
    if document._problems:  # noqa: SLF001  # the same module
        raise document._error(document._problems, document._secrets)  # noqa: SLF001  # the same module
    return document


def _read(path: Path, source: Source) -> Document:
    root, problems, secrets = read_yaml(source.text)
    if root is None:
        raise DocumentError(source.diagnose(problem, secrets, suspicious=True) for problem in problems)
    return Document(path, root.plain(), root, (source,), frozenset(secrets), _problems=tuple(problems))


def _plain(node: Node, loc: Loc, texts: Mapping[Loc, str]) -> Any:
    if node.kind is dict:
        return {key: _plain(child, (*loc, key), texts) for key, child in node.children.items()}
    if node.kind is list:
        return [_plain(child, (*loc, key), texts) for key, child in node.children.items()]
    return texts.get(loc, node.value)


def _apart(problems: Iterable[Problem], known: Iterable[Problem]) -> list[Problem]:
    """Leave out what stands where another problem is already known."""
    places = {_start(problem.span) for problem in known}
    return [problem for problem in problems if _start(problem.span) not in places]


def _start(span: Span) -> tuple[int, int, int]:
    return span.file, span.line, span.column
