"""SOQL's words.

Source: SOQL and SOSL Reference, "Quoted String Escape Sequences" and "Date Formats and Date Literals".
"""

import re
from dataclasses import dataclass

from connector_salesforce.simulator.refusals import Refusal

_TOKEN = re.compile(
    r"""\s*(?:
      (?P<string>'(?:[^'\\]|\\.)*')
    | (?P<datetime>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d))
    | (?P<date>\d{4}-\d\d-\d\d)(?![\w:-])
    | (?P<number>[+-]?\d+(?:\.\d+)?)(?![\w.])
    | (?P<word>[A-Za-z][\w.]*)
    | (?P<sign><=|>=|!=|<>|[=<>(),])
    )""",
    re.VERBOSE | re.DOTALL | re.ASCII,
)
_ESCAPES = {
    "n": "\n",
    "N": "\n",
    "r": "\r",
    "R": "\r",
    "t": "\t",
    "T": "\t",
    "b": "\b",
    "B": "\b",
    "f": "\f",
    "F": "\f",
    '"': '"',
    "'": "'",
    "\\": "\\",
}


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a query: its kind, its text (strings unescaped), and where it begins."""

    kind: str
    text: str
    at: int

    def says(self, *words: str) -> bool:
        """Tell whether it is one of these keywords or signs; case does not matter."""
        return self.kind in ("word", "sign") and self.text.upper() in words


def malformed(message: str) -> Refusal:
    """Return the refusal of a query that cannot be read."""
    return Refusal(400, "MALFORMED_QUERY", message)


def tokens(text: str) -> list[Token]:
    """Split a query into words, the last one being empty; raises Refusal."""
    found: list[Token] = []
    at, end = 0, len(text.rstrip())
    while at < end:
        match = _TOKEN.match(text, at, end)
        if match is None:
            raise malformed(f"line 1:{at} no viable alternative at character '{text[at:].lstrip()[:1]}'")
        kind = str(match.lastgroup)
        word = match[kind]
        found.append(Token(kind, _unescaped(word[1:-1]) if kind == "string" else word, match.start(kind)))
        at = match.end()
    return [*found, Token("end", "<EOF>", end)]


def _unescaped(text: str) -> str:
    return re.sub(r"\\(u[0-9a-fA-F]{4}|.)", _escape, text, flags=re.DOTALL)


def _escape(match: re.Match[str]) -> str:
    name = match[1]
    if name[0] == "u" and len(name) > 1:
        return chr(int(name[1:], 16))
    if name not in _ESCAPES:
        raise malformed(f"line 1:{match.start()} mismatched character '{name}' after an escape")
    return _ESCAPES[name]
