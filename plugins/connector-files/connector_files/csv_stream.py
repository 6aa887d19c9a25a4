"""CSV (RFC 4180) as a stream: a header row, then records of texts and nulls."""

import re
from collections.abc import Iterator, Sequence

from connector_files.csv_tokens import Row, match_row, plain_row, quoted_row, row_pattern
from connector_files.lines import UTF8_MARK, UTF16_MARKS, Lines, bare, refuse_marks, whole_line
from connector_files.prefix import OpenFile
from connector_files.source import RECORD_BYTES, FileStream, Piece, too_long
from connector_sdk.connector import Call, Unreadable
from connector_sdk.errors import ContractError
from connector_sdk.schema import Field, FieldType, Schema

Record = dict[str, str | None] | Unreadable

_BLOCK = 1 << 16


class CsvStream(FileStream):
    """A CSV file in UTF-8; an unquoted empty field is null, `""` is the empty text."""

    textual = True
    cursor_tells_source = True

    def reader(self, source: OpenFile) -> "CsvReader":
        return CsvReader(source, self.config.delimiter)

    def schema(self, call: Call) -> Schema:
        """Return one text field for each column, nullable unless it belongs to the key."""
        del call
        return self.look(self._describe)

    def _describe(self, source: OpenFile) -> Schema:
        key = self.config.primary_key
        fields = (
            Field(name=name, type=FieldType.STRING, nullable=name not in key)
            for name in self.reader(source).names
        )
        return Schema(fields=tuple(fields), key=key)


class CsvReader:
    """Reads rows after the header; line breaks at the end of a file of several columns are no rows."""

    def __init__(self, source: OpenFile, delimiter: str) -> None:
        self._source = source
        self._delimiter = delimiter
        refuse_marks(source, UTF16_MARKS)
        mark = len(UTF8_MARK) if source.at(0, 3) == UTF8_MARK else 0
        self._pattern: re.Pattern[str] | None = None
        header = self._header(Lines(source, mark, source.size))
        self.names = self._checked(header)
        self._pattern = row_pattern(delimiter, len(self.names))
        self.begin = mark + (len(header.raw) if header else 0)

    def continues(self, offset: int) -> bool:
        return whole_line(self._source, offset)

    def pieces(self, offset: int, records: int, call: Call) -> Iterator[Piece]:
        end = self._source.size if len(self.names) == 1 else self._content_end(offset)
        rest = self._unread_break(offset)
        lines = Lines(self._source, offset + len(rest), max(end, offset + len(rest)))
        while True:
            found: list[Record] = []
            raw = [rest]
            size = 0
            while len(found) < call.page_size and size < RECORD_BYTES:
                number = records + len(found) + 1
                block = lines.until(b'"', number, call.page_size - len(found))
                if not block:
                    break
                quoted = block.pop() if b'"' in block[-1] else b""
                found += self._plain(block, number)
                if quoted:
                    row = self._quoted(quoted, lines, number + len(block))
                    found.append(self._record(row, number + len(block)))
                    block.append(row.raw)
                raw += block
                size += sum(map(len, block))
            if not found:
                return
            records += len(found)
            if not raw[-1].endswith(b"\n"):
                call.log.warning(
                    "%s: its last record (%d) has no line break: whether it was cut cannot be told",
                    self._source.path,
                    records,
                )
            yield Piece(found, b"".join(raw))
            rest = b""

    def _plain(self, block: list[bytes], first: int) -> Iterator[Record]:
        """Split lines without quotes, all at once where nothing is wrong with them."""
        names, delimiter, width = self.names, self._delimiter, len(self.names)
        for number, (line, text) in enumerate(zip(block, _texts(block), strict=True), first):
            values = text.split(delimiter) if text is not None else []
            if len(values) == width:
                found = [value or None for value in values] if "" in values else values
                yield dict(zip(names, found, strict=True))
            else:
                yield self._record(plain_row(line, delimiter), number)

    def _quoted(self, line: bytes, lines: Lines, number: int) -> Row:
        if self._pattern and (row := match_row(self._pattern, line)):
            return row
        size = len(line)

        def more() -> bytes:
            nonlocal size
            following = lines.next(number)
            if not following:
                where = f"record {number}" if number else "the header row"
                raise self._source.cut(f"{where} opens a quote that is never closed")
            size += len(following)
            if size > RECORD_BYTES:
                raise too_long(self._source, number)
            return following

        return quoted_row(line, self._delimiter, more)

    def _record(self, row: Row, number: int) -> Record:
        if row.fault:
            code, message = row.fault
            return Unreadable(bare(row.raw), code, f"record {number}: {message}")
        if len(row.fields) == len(self.names):
            return dict(zip(self.names, row.fields, strict=True))
        counts = f"{len(row.fields)} fields where the header has {len(self.names)}"
        if len(row.fields) < len(self.names) and not row.raw.endswith(b"\n"):
            raise self._source.cut(f"its last record ({number}) has no line break and {counts}")
        return Unreadable(bare(row.raw), "csv-ragged-row", f"record {number} has {counts}")

    def _header(self, lines: Lines) -> Row | None:
        line = lines.next(0)
        if not line:
            return None
        return self._quoted(line, lines, 0) if b'"' in line else plain_row(line, self._delimiter)

    def _checked(self, header: Row | None) -> tuple[str, ...]:
        """Return the column names.

        Raises ContractError where a row of distinct names is missing (RFC 4180 §2.3).
        """
        names = header.fields if header else ()
        twice = [number for number, name in enumerate(names, 1) if name in names[: number - 1]]
        problem = ""
        if header and header.fault:
            problem = header.fault[1]
        elif not any(names):
            problem = "it is missing"
        elif not all(names):
            problem = f"column {[bool(name) for name in names].index(False) + 1} has no name"
        elif twice:
            # By position: where the header row is missing, its names are somebody's record.
            problem = f"column {twice[0]} has the name of column {names.index(names[twice[0] - 1]) + 1}"
        if problem:
            raise ContractError(
                f"{self._source.path}: the header row cannot be used: {problem}",
                code="csv-header",
                hint="the first row must name each column once; check `delimiter` and the line ends",
                location=str(self._source.path),
            )
        return tuple(str(name) for name in names)

    def _unread_break(self, offset: int) -> bytes:
        """Return the line break that was written after a last record which had none."""
        before = self._source.at(offset - 1, 1)
        if before == b"\n" or offset == 0:
            return b""
        ahead = self._source.at(offset, 2)
        return ahead if ahead == b"\r\n" else ahead[:1] if ahead[:1] == b"\n" else b""

    def _content_end(self, begin: int) -> int:
        """Return the offset after the last line that is not empty; memory stays flat."""
        end = self._source.size
        while end > begin:
            block = self._source.at(max(begin, end - _BLOCK), min(_BLOCK, end - begin))
            kept = block.rstrip(b"\r\n")
            if kept:
                stop = end - len(block) + len(kept)
                after = self._source.at(stop, 2)
                return stop + (1 if after[:1] == b"\n" else 2) if b"\n" in after else self._source.size
            end -= len(block)
        return begin


def _texts(block: list[bytes]) -> Sequence[str | None]:
    """Decode lines and take off their line breaks; None for all where one of them needs a closer look."""
    try:
        text = b"".join(block).decode().replace("\r\n", "\n").removesuffix("\n")
    except UnicodeDecodeError:
        return [None] * len(block)
    if not block or "\r" in text or "\0" in text:
        return [None] * len(block)
    return text.split("\n")
