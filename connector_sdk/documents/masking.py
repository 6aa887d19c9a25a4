"""Keep secrets out of the source lines that diagnostics show."""

import re
from collections.abc import Iterable, Sequence

from connector_sdk.documents.nodes import Span
from connector_sdk.redact import MASK

_SOUNDING = (
    r"pass?w|passphrase|passcode|\bpass\b|pwd|secret|token|credential|authorization"
    r"|(?:api|private|signing)[_-]?key"
)
_NAME = re.compile(_SOUNDING, re.IGNORECASE)
_ASSIGNED = re.compile(rf"(?i)(?:{_SOUNDING})[\w-]{{0,64}}[\"']?\s?:\s+(?P<value>\S.*)")
_USERINFO = re.compile(r"://(?P<value>[^\s\"',}\]]{1,2048})@")
_KEY_LINE = re.compile(r"(?P<indent>[\s-]*)(?P<key>[\w.\"'-]+)\s*:(?:\s|$)")
_REFERENCE = re.compile(r"\$\{[a-z]+:[^{}]*\}")
_LOOK_BACK = 500
"""Lines: a secret that is longer is hidden whatever key it has."""

Ranges = list[tuple[int, int]]


def sounds_secret(name: str) -> bool:
    """Tell whether a key's name says that its value is a secret."""
    return _NAME.search(name) is not None


def worth_hiding(value: object) -> bool:
    """Tell whether there is anything to hide in a secret's place: a bare reference may be seen."""
    return value is not None and not (isinstance(value, str) and _REFERENCE.fullmatch(value))


def mask_line(
    lines: Sequence[str], number: int, spans: Iterable[Span], mark: tuple[int, int], *, suspicious: bool
) -> tuple[str, tuple[int, int]]:
    """Return a line as it may be shown, and where the mark stands in it.

    `spans` says where secrets are known to be; a `suspicious` reader takes anything behind a secret-sounding
    name for one, because the text could not be read to its end.
    """
    line = lines[number]
    ranges: Ranges = [found.span("value") for found in _USERINFO.finditer(line)]
    ranges += [part for span in spans if (part := _on_line(span, number, line)) is not None]
    if suspicious:
        ranges += _suspected(lines, number)
    return _replace(line, _merged(ranges), mark)


def _on_line(span: Span, number: int, line: str) -> tuple[int, int] | None:
    if not span.line <= number <= span.end_line:
        return None
    start = span.column if number == span.line else len(line) - len(line.lstrip())
    end = span.end_column if number == span.end_line else len(line)
    return (start, end) if start < end else None


def _suspected(lines: Sequence[str], number: int) -> Ranges:
    """Without a tree: hide what follows a secret-sounding key, on its line or on the lines below it."""
    line = lines[number]
    ranges: Ranges = [found.span("value") for found in _ASSIGNED.finditer(line)]
    start = len(line) - len(line.lstrip())
    own = _KEY_LINE.match(line)
    # A line without a key may go on with the value of a key in its own column.
    limit = len(own["indent"]) if own else start + 1
    for above in reversed(lines[max(0, number - _LOOK_BACK) : number]):
        found = _KEY_LINE.match(above)
        if found and len(found["indent"]) < limit:
            limit = len(found["indent"])
            if sounds_secret(above):
                return [*ranges, (start, len(line))]
        if limit == 0:
            return ranges
    return ranges if number <= _LOOK_BACK else [(start, len(line))]


def _merged(ranges: Ranges) -> Ranges:
    merged: Ranges = []
    for start, end in sorted(ranges):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _replace(line: str, ranges: Ranges, mark: tuple[int, int]) -> tuple[str, tuple[int, int]]:
    shown, done = "", 0
    start, end = mark
    new_start, new_end = start, end
    for low, high in ranges:
        shown += line[done:low]
        shift = len(shown) - low
        done = high
        if start >= low:
            new_start = low + shift if start < high else start - high + low + shift + len(MASK)
        if end > low:
            new_end = low + shift + len(MASK) if end <= high else end - high + low + shift + len(MASK)
        shown += MASK
    return shown + line[done:], (new_start, new_end)
