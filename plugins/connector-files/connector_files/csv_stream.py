"""CSV (RFC 4180) as a stream: a header row, then records of texts and nulls."""

from collections import Counter
from collections.abc import Iterator

from connector_files.csv_tokens import Row, read_row
from connector_files.lines import UTF8_MARK, UTF16_MARKS, Lines, bare, refuse_marks, whole_line
from connector_files.prefix import OpenFile
from connector_files.source import RECORD_BYTES, FileStream, Piece, too_long
from connector_sdk.connector import Call, Unreadable
from connector_sdk.errors import ContractError
from connector_sdk.schema import Field, FieldType, Schema

_BLOCK = 1 << 16


class CsvStream(FileStream):
    """A CSV file in UTF-8; an unquoted empty field is null, `""` is the empty text."""

    textual = True

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
        header = self._row(Lines(source, mark, source.size), 0)
        self.names = self._checked(header)
        self.begin = mark + (len(header.raw) if header else 0)

    def continues(self, offset: int) -> bool:
        return whole_line(self._source, offset)

    def pieces(self, offset: int, records: int, page_size: int) -> Iterator[Piece]:
        end = self._source.size if len(self.names) == 1 else self._content_end(offset)
        rest = self._unread_break(offset)
        lines = Lines(self._source, offset + len(rest), max(end, offset + len(rest)))
        while True:
            rows: list[Row] = []
            size = 0
            while len(rows) < page_size and size < RECORD_BYTES:
                row = self._row(lines, records + len(rows) + 1)
                if row is None:
                    break
                rows.append(row)
                size += len(row.raw)
            if not rows:
                return
            found = [self._record(row, records + number) for number, row in enumerate(rows, 1)]
            yield Piece(found, rest + b"".join([row.raw for row in rows]))
            records += len(rows)
            rest = b""

    def _row(self, lines: Lines, number: int) -> Row | None:
        line = lines.next(number)
        if not line:
            return None
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

        return read_row(line, self._delimiter, more)

    def _record(self, row: Row, number: int) -> dict[str, str | None] | Unreadable:
        if row.fault:
            code, message = row.fault
            return Unreadable(bare(row.raw), code, f"record {number}: {message}")
        if len(row.fields) == len(self.names):
            return dict(zip(self.names, row.fields, strict=True))
        counts = f"{len(row.fields)} fields where the header has {len(self.names)}"
        if len(row.fields) < len(self.names) and not row.raw.endswith(b"\n"):
            raise self._source.cut(f"its last record ({number}) has no line break and {counts}")
        return Unreadable(bare(row.raw), "csv-ragged-row", f"record {number} has {counts}")

    def _checked(self, header: Row | None) -> tuple[str, ...]:
        """Return the column names.

        Raises ContractError where a row of distinct names is missing (RFC 4180 §2.3).
        """
        names = header.fields if header else ()
        twice = [str(name) for name, count in Counter(names).items() if count > 1 and name]
        problem = ""
        if header and header.fault:
            problem = header.fault[1]
        elif not any(names):
            problem = "it is missing"
        elif not all(names):
            problem = f"column {[bool(name) for name in names].index(False) + 1} has no name"
        elif twice:
            problem = f"{twice[0]!r} stands in it twice"
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
