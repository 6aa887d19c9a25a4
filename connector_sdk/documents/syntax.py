"""Say in plain words why a text is no YAML."""

import re
from dataclasses import dataclass

import yaml

from connector_sdk.documents.nodes import MAX_PROBLEMS, Problem, Span

_LINE_END = re.compile(r"\r\n|\n|\r")
_REFUSED = re.compile(
    "[^\x09\x0a\x0d\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
"""Control characters, and the breaks and marks that versions of YAML take differently."""


class Unreadable(Exception):  # noqa: N818  # never leaves the package: carries a problem out of a recursion
    """The document cannot be followed further."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


def unprintable_problems(text: str) -> list[Problem]:
    """Return a problem for the first refused character of each line."""
    if not _REFUSED.search(text):
        return []
    problems = []
    for number, line in enumerate(_LINE_END.split(text)):
        if found := _REFUSED.search(line):
            at = found.start()
            code = f"{ord(found[0]):04X}"
            hint = f'remove it, or write it in double quotes as "\\u{code}"'
            span = Span(number, at, number, at + 1)
            problems.append(
                Problem("yaml-character", span, f"the character U+{code} cannot stand here", hint)
            )
            if len(problems) == MAX_PROBLEMS:
                break
    return problems


@dataclass(frozen=True)
class _Rule:
    """What PyYAML says, and what to say instead; `opening`: the place is where the construct begins."""

    said: str
    message: str
    hint: str
    code: str = "yaml-syntax"
    opening: bool = False


_RULES = (
    _Rule(
        r"character '\\t' that cannot",
        "a tab cannot be used to indent or to separate",
        "use spaces",
        "yaml-tab",
    ),
    _Rule(r"an alias:", "a value cannot begin with '*'", "put it in quotes", opening=True),
    _Rule(r"an anchor:", "a value cannot begin with '&'", "put it in quotes", opening=True),
    _Rule(
        r"a directive:|YAML directive|incompatible YAML",
        "directives are not supported",
        "remove the line that begins with %",
        "yaml-directive",
    ),
    _Rule(
        r"a tag:|tag handle",
        "a tag (!) stands here",
        "a text that begins with ! is quoted",
        "yaml-tag",
        opening=True,
    ),
    _Rule(
        r"end of stream|<stream end>|document separator",
        "what is opened here is never closed",
        "close the quote or bracket",
        opening=True,
    ),
    _Rule(
        r"mapping values are not allowed",
        "a ':' where no key can stand",
        'a text that contains ": " is quoted; else check the indentation',
    ),
    _Rule(
        r"not find expected ':'",
        "a key without ':'",
        "a key is followed by a colon and a space",
        opening=True,
    ),
    _Rule(
        r"expected ',' or '(.)', but",
        "expected ',' or '{0}'",
        "entries in brackets are separated by commas; a text that contains , [ ] { or } is quoted",
    ),
    _Rule(
        r"expected <block end>, but found '<scalar>'",
        "this text stands behind a value that is complete",
        "a text with quotes in it is quoted as a whole",
    ),
    _Rule(
        r"expected <block end>",
        "this does not fit what stands above",
        "keys of one mapping begin in the same column",
    ),
    _Rule(
        r"sequence entries are not allowed",
        "a list cannot begin here",
        "begin it on a line of its own: '- ' under its key",
    ),
    _Rule(r"character '(.)' that cannot", "a value cannot begin with '{0}'", "put it in quotes"),
    _Rule(
        r"unknown escape character",
        "an escape that is none",
        "in double quotes a backslash begins an escape: write it twice, or use single quotes",
    ),
    _Rule(r"escape sequence of", "an escape that is cut short", r"\x takes two digits, \u four, \U eight"),
    _Rule(
        r"expected the node content",
        "a value is missing here",
        "a text that begins with , [ ] { or } is quoted",
    ),
    _Rule(
        r"a block scalar:",
        "a text cannot begin so",
        "after | or > the line ends; the text stands below, indented",
    ),
)


def syntax_problem(error: yaml.MarkedYAMLError, text: str) -> Problem:
    """Translate PyYAML's error about a text."""
    at = error.problem_mark
    if at and text[max(0, at.index - 1) : at.index + 1] == "${":
        span = Span(at.line, at.column - 1, at.line, at.column + 1)
        hint = 'write "${env:NAME}"'
        return Problem("yaml-syntax", span, "within brackets a reference must stand in quotes", hint)
    said = f"{error.context or ''}: {error.problem or ''}"
    for rule in _RULES:
        if found := re.search(rule.said, said):
            mark = (rule.opening and error.context_mark) or error.problem_mark
            label = _opened_above(error) if "brackets" in rule.hint else ""
            return Problem(rule.code, _place(mark), rule.message.format(*found.groups()), rule.hint, label)
    hint = "check the quotes, colons and indentation around it"
    return Problem("yaml-syntax", _place(error.problem_mark), f"this is not YAML: {error.problem}", hint)


def _opened_above(error: yaml.MarkedYAMLError) -> str:
    start, end = error.context_mark, error.problem_mark
    return (
        f"the bracket opened on line {start.line + 1} is still open"
        if start and end and start.line < end.line
        else ""
    )


def _place(mark: yaml.Mark | None) -> Span:
    return Span(mark.line, mark.column, mark.line, mark.column + 1) if mark else Span(0, 0, 0, 1)
