"""Read the strict dialect of YAML: PyYAML finds the tokens, the meaning is ours.

All values keep their positions, and every problem is collected, so that one look shows all of them.
"""

import re
from dataclasses import dataclass, field
from typing import Any

import yaml

from connector_sdk.documents.masking import sounds_secret, worth_hiding
from connector_sdk.documents.nodes import MAX_PROBLEMS, Node, Problem, Span
from connector_sdk.documents.scalars import is_ambiguous, is_switch, meaning
from connector_sdk.documents.syntax import Unreadable, syntax_problem, unprintable_problems
from connector_sdk.documents.wording import quote

MAX_DEPTH = 64
"""How deep lists and mappings may be nested."""

MAX_VALUES = 20_000
"""How many values a document may hold: a contract of 800 fields has 5,000."""


def read_yaml(text: str) -> tuple[Node | None, list[Problem], list[Span]]:
    """Return the tree of a document, all that is wrong with it, and where values stand whose keys sound like
    those of secrets.

    There is no tree where the text cannot be followed to its end; what was found before is in the list.
    """
    if problems := unprintable_problems(text):
        return None, problems, []
    reader = _Reader(yaml.SafeLoader(text))
    root = None
    try:
        root = reader.document()
    except yaml.MarkedYAMLError as error:
        reader.problems.append(syntax_problem(error, text))
    except (ValueError, OverflowError):
        # An escape such as "\UFFFFFFFF" names no character; PyYAML lets Python's own error through.
        hint = "the last one is \\U0010FFFF"
        reader.problems.append(Problem("yaml-syntax", reader.here(), "an escape names no character", hint))
    except Unreadable as found:
        reader.problems.append(found.problem)
    return root, reader.problems, reader.secrets


def _span(event: yaml.Event) -> Span:
    start: Any = event.start_mark
    end: Any = event.end_mark
    return Span(start.line, start.column, end.line, end.column)


@dataclass
class _Reader:
    """Turns PyYAML's events into nodes. Events, because a composed tree has already followed aliases."""

    events: Any
    problems: list[Problem] = field(default_factory=list)
    secrets: list[Span] = field(default_factory=list)
    count: int = 0

    def here(self) -> Span:
        mark: Any = self.events.get_mark()
        return Span(mark.line, mark.column, mark.line, mark.column + 1)

    def document(self) -> Node:
        self.events.get_event()
        start = self.events.get_event()
        if isinstance(start, yaml.StreamEndEvent):
            raise Unreadable(_empty(_span(start)))
        if start.version or start.tags:
            hint = "remove the lines that begin with %"
            self._add("yaml-directive", _span(start), "directives are not supported", hint)
        root = self._node(self.events.get_event(), "", 0)
        self.events.get_event()
        following = self.events.get_event()
        if not isinstance(following, yaml.StreamEndEvent):
            message = "a second document begins here"
            raise Unreadable(
                Problem("yaml-several-documents", _span(following), message, "one document per file")
            )
        if root.kind is type(None) and not self.problems:
            raise Unreadable(_empty(root.span))
        return root

    def _add(self, code: str, span: Span, message: str, hint: str = "", label: str = "") -> None:
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(Problem(code, span, message, hint, label))

    def _node(self, event: yaml.NodeEvent, name: str, depth: int) -> Node:
        span = _span(event)
        self.count += 1
        if self.count > MAX_VALUES:
            message = f"the document holds more than {MAX_VALUES:,} values"
            raise Unreadable(
                Problem("document-too-large", span, message, "data belongs into a file of its own")
            )
        if depth > MAX_DEPTH:
            message = f"nested more than {MAX_DEPTH} levels deep"
            raise Unreadable(Problem("yaml-too-deep", span, message, "write it flatter"))
        self._refuse_properties(event, span)
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(span, name, depth)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(span, name, depth)
        if isinstance(event, yaml.ScalarEvent):
            value = self._scalar(event, span, name)
            if sounds_secret(name) and worth_hiding(value):
                self.secrets.append(span)
            return Node(span, value, kind=type(value))
        return Node(span, None, kind=type(None))

    def _refuse_properties(self, event: yaml.NodeEvent, span: Span) -> None:
        tag = getattr(event, "tag", None)
        if event.anchor is not None and not self._told("yaml-anchor", span.line):
            what = "an alias (*)" if isinstance(event, yaml.AliasEvent) else "an anchor (&)"
            hint = "write the value out where it is used; a text that begins with & or * is quoted"
            self._add("yaml-anchor", span, f"{what} stands here", hint)
        if tag is not None:
            hint = "values mean what they look like; a text that begins with ! is quoted"
            self._add("yaml-tag", span, "a tag (!) stands here", hint)

    def _told(self, code: str, line: int) -> bool:
        return any(known.code == code and known.span.line == line for known in self.problems)

    def _sequence(self, span: Span, name: str, depth: int) -> Node:
        children: dict[str | int, Node] = {}
        while not isinstance(event := self.events.get_event(), yaml.SequenceEndEvent):
            children[len(children)] = self._node(event, name, depth + 1)
        return Node(_until(span, event), children=children, kind=list)

    def _mapping(self, span: Span, name: str, depth: int) -> Node:
        children: dict[str | int, Node] = {}
        keys: dict[str, Span] = {}
        surplus: list[tuple[str, Node]] = []
        while not isinstance(event := self.events.get_event(), yaml.MappingEndEvent):
            key = self._key(event, depth)
            value = self._node(self.events.get_event(), f"{name} {key}", depth + 1)
            if key is None:
                continue
            if key in keys:
                first = keys[key].line + 1
                hint = "keep one of them"
                message, label = f"key {quote(key)} given twice", f"first on line {first}"
                self._add("yaml-duplicate-key", _span(event), message, hint, label)
                surplus.append((key, value))
                continue
            children[key], keys[key] = value, _span(event)
        return Node(_until(span, event), children=children, kind=dict, keys=keys, surplus=tuple(surplus))

    def _key(self, event: yaml.NodeEvent, depth: int) -> str | None:
        """Return a key's text, or None where there is none to go on with."""
        span = _span(event)
        if not isinstance(event, yaml.ScalarEvent):
            self._node(event, "", depth + 1)
            self._add("yaml-key", span, "a key must be text", "a list or a mapping cannot be a key")
            return None
        if _is_plain(event) and event.value == "<<":
            self._add("yaml-merge-key", span, "merge keys (<<) are not supported", "write the keys out")
            return None
        before = len(self.problems)
        self._refuse_properties(event, span)
        value = self._scalar(event, span, "")
        if not isinstance(value, str) and before == len(self.problems):
            self._add("yaml-key", span, "a key must be text", "put it in quotes", "quote it")
        if _is_plain(event) and not event.value:
            return None
        return value if isinstance(value, str) else str(event.value)

    def _scalar(self, event: yaml.ScalarEvent, span: Span, name: str) -> Any:
        if not _is_plain(event):
            return self._joined(event.value, span)
        if not is_ambiguous(event.value):
            return meaning(event.value)
        shown = "this word" if sounds_secret(name) else quote(event.value)
        message = f"{shown} means different things to different readers of YAML"
        hint = _SWITCHES if is_switch(event.value) else _NUMBERS
        self._add("yaml-ambiguous-scalar", span, message, hint, "quote it")
        return event.value

    def _joined(self, text: str, span: Span) -> str:
        """Join surrogate pairs, which JSON's escapes write as two, into the character they mean."""
        if not _SURROGATE.search(text):
            return text
        try:
            return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le")
        except UnicodeDecodeError:
            hint = "a surrogate escape comes in pairs, high then low"
            self._add("yaml-character", span, "half a surrogate pair is no character", hint)
            return ""


_SWITCHES = "text is put in quotes; a switch is written true or false, nothing is written null"
_NUMBERS = "text is put in quotes; numbers are written plainly: 12, -3, 0.5"
_SURROGATE = re.compile(r"[\ud800-\udfff]")


def _is_plain(event: yaml.ScalarEvent) -> bool:
    return event.style is None and event.tag is None


def _until(span: Span, end: yaml.Event) -> Span:
    last = _span(end)
    return Span(span.line, span.column, last.end_line, last.end_column)


def _empty(span: Span) -> Problem:
    return Problem(
        "document-empty", span, "the document is empty", "it starts with its first key, such as format: 1"
    )
