"""RFC 4180 record by record: where a record ends, what its fields are, and what is wrong with it.

Python's csv module cannot tell an unquoted empty field (null) from `""` (an empty text), nor does it say
which bytes a record stood in; both are needed here.
"""

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from connector_files.lines import bare

Fault = tuple[str, str]
"""A code, and what is wrong without a value."""

_QUOTE = 0x22


class Row(NamedTuple):
    """One record: its bytes with the line break; its fields (None where nothing stood) or its fault."""

    raw: bytes
    fields: Sequence[str | None] = ()
    fault: Fault | None = None


def row_pattern(delimiter: str, width: int) -> re.Pattern[str]:
    """Return what a faultless line of `width` fields matches: two groups a field, quoted and plain."""
    mark = re.escape(delimiter)
    field = rf'(?:"([^"\0]*+(?:""[^"\0]*+)*+)"|([^"{mark}\r\n\0]*+))'
    return re.compile(mark.join([field] * width) + r"(?:\r?\n)?")


def match_row(pattern: re.Pattern[str], line: bytes) -> Row | None:
    """Split a whole record in one line at once; None where it is faulty, ragged or goes on."""
    try:
        found = pattern.fullmatch(line.decode())
    except UnicodeDecodeError:
        return None
    if not found:
        return None
    groups = found.groups()
    fields = [
        (plain or None) if quoted is None else quoted.replace('""', '"')
        for quoted, plain in zip(groups[::2], groups[1::2], strict=True)
    ]
    return Row(line, fields)


def quoted_row(line: bytes, delimiter: str, more: Callable[[], bytes]) -> Row:
    """Split the record that begins with `line`; `more()` gives the next line or raises where there is none.

    A fault does not hide where the record ends: quotes at the beginning of a field still take in line breaks.
    """
    return _Quoted(line, delimiter, more).row()


def plain_row(line: bytes, delimiter: str) -> Row:
    """Split a line in which no quote stands."""
    try:
        text = bare(line).decode()
    except UnicodeDecodeError as error:
        return Row(line, fault=_not_utf8(error.start))
    if "\r" in text or "\0" in text:
        return Row(line, fault=_BARE_CR if "\r" in text else _NUL)
    return Row(line, [field or None for field in text.split(delimiter)])


_BARE_CR = ("csv-bare-cr", "a carriage return without a line feed stands outside of quotes")
_NUL = ("files-nul", "it holds a NUL byte")


def _not_utf8(offset: int) -> Fault:
    return "files-encoding", f"it is not UTF-8 at byte {offset} of the record"


class _Quoted:
    """A record with quotes in it: `line` is the physical line being looked at, `at` the place in it."""

    def __init__(self, line: bytes, delimiter: str, more: Callable[[], bytes]) -> None:
        self._mark = delimiter.encode()
        self._more = more
        self._raw = [line]
        self._fields: list[bytes | None] = []
        self._fault: Fault | None = None
        self._turn_to(line)
        self._at = 0

    def _turn_to(self, line: bytes) -> None:
        self._line = line
        self._end = len(bare(line))

    def row(self) -> Row:
        """Take field after field until no delimiter follows."""
        while True:
            if self._at < self._end and self._line[self._at] == _QUOTE:
                field = self._quoted_field()
                self._pass_junk()
                self._fields.append(field)
            else:
                self._fields.append(self._plain_field())
            if self._at >= self._end:
                return self._decoded()
            self._at += 1

    def _plain_field(self) -> bytes | None:
        start, self._at = self._at, self._next_mark()
        value = self._line[start : self._at]
        if b'"' in value:
            self._note("csv-quote", "a quote stands inside a field that does not begin with one")
        if b"\r" in value:
            self._note(*_BARE_CR)
        return value or None

    def _quoted_field(self) -> bytes:
        parts = []
        start = self._at + 1
        while True:
            quote = self._line.find(b'"', start)
            if quote < 0:
                parts.append(self._line[start:])
                self._turn_to(self._more())
                self._raw.append(self._line)
                start = 0
                continue
            parts.append(self._line[start:quote])
            if self._line[quote + 1 : quote + 2] != b'"':
                self._at = quote + 1
                return b"".join(parts)
            parts.append(b'"')
            start = quote + 2

    def _pass_junk(self) -> None:
        mark = self._next_mark()
        if mark > self._at:
            self._note("csv-quote", "text stands between a closing quote and the end of its field")
            self._at = mark

    def _next_mark(self) -> int:
        mark = self._line.find(self._mark, self._at, self._end)
        return self._end if mark < 0 else mark

    def _note(self, code: str, message: str) -> None:
        if self._fault is None:
            self._fault = (code, f"{message} (field {len(self._fields) + 1})")

    def _decoded(self) -> Row:
        raw = b"".join(self._raw)
        try:
            raw.decode()
        except UnicodeDecodeError as error:
            return Row(raw, fault=_not_utf8(error.start))
        fault = _NUL if b"\0" in raw else self._fault
        if fault:
            return Row(raw, fault=fault)
        return Row(raw, [None if field is None else field.decode() for field in self._fields])
