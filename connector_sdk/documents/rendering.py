"""Show diagnostics to people and to other programs."""

import unicodedata
from collections.abc import Iterable
from dataclasses import replace

from connector_sdk.documents.diagnostics import Diagnostic

WIDTH = 100
"""How many columns of a source line are shown at most."""

_RED, _BLUE, _BOLD, _CYAN, _PLAIN = "\x1b[1;31m", "\x1b[1;34m", "\x1b[1m", "\x1b[1;36m", "\x1b[0m"
_COMBINING, _WIDE = frozenset({"Mn", "Me"}), frozenset("WF")


def one_line(diagnostic: Diagnostic) -> str:
    """Return `path:line:column: code: text`, which editors and CI services turn into annotations."""
    return str(diagnostic)


def render(diagnostics: Iterable[Diagnostic], *, color: bool = False) -> str:
    """Return all findings with their source lines, as a compiler would, and how to learn more."""
    findings = list(diagnostics)
    told: set[str] = set()
    blocks = []
    for found in findings:
        # What was said of a neighbour need not be said again.
        blocks.append(_block(replace(found, hint="") if found.hint in told else found, color=color))
        told.add(found.hint)
    codes = list(dict.fromkeys(found.code for found in findings))
    count = "1 problem" if len(findings) == 1 else f"{len(findings)} problems"
    which = codes[0] if len(codes) == 1 else "CODE"
    closing = f"{count} found; `connector-sdk explain {which}` says more"
    return "\n\n".join([*blocks, closing if findings else "no problems found"]) + "\n"


def _block(found: Diagnostic, *, color: bool) -> str:
    def paint(code: str, text: str) -> str:
        return f"{code}{text}{_PLAIN}" if color and text else text

    margin = " " * len(str(found.line))
    bar = paint(_BLUE, "|")
    lines = [
        f"{paint(_RED, f'error[{found.code}]')}{paint(_BOLD, f': {found.message}')}",
        f"{margin}{paint(_BLUE, '-->')} {found.location}",
    ]
    if found.source_line:
        shown, start, end = _clip(found.source_line, *found.mark)
        carets = "^" * max(1, _columns(shown[start:end]))
        label = f" {found.label}" if found.label else ""
        lines += [
            f"{margin} {bar}",
            f"{paint(_BLUE, str(found.line))} {bar} {shown}".rstrip(),
            f"{margin} {bar} {' ' * _columns(shown[:start])}{paint(_RED, carets + label)}",
        ]
    elif found.label:
        lines.append(f"{margin} {paint(_BLUE, '=')} {found.label}")
    if found.hint:
        lines.append(f"{margin} {paint(_BLUE, '=')} {paint(_CYAN, 'help')}: {found.hint}")
    return "\n".join(lines)


def _clip(line: str, start: int, end: int) -> tuple[str, int, int]:
    """Cut a long line to a window around its mark, with an ellipsis where something is left out."""
    if len(line) <= WIDTH:
        return line, start, end
    first = max(0, min(start - WIDTH // 4, len(line) - WIDTH))
    last = min(len(line), first + WIDTH)
    before, after = "…" if first else "", "…" if last < len(line) else ""
    shift = first - len(before)
    return f"{before}{line[first:last]}{after}", start - shift, min(end, last) - shift


def _columns(text: str) -> int:
    """Return how many columns of a terminal a text takes."""
    return sum(
        0 if unicodedata.category(char) in _COMBINING else 1 + (unicodedata.east_asian_width(char) in _WIDE)
        for char in text
    )
