"""JSON Lines: one JSON object a line, passed on byte for byte."""

import json
from collections.abc import Iterable, Iterator
from itertools import islice

from connector_files.lines import UTF8_MARK, UTF16_MARKS, Lines, bare, refuse_marks, whole_line
from connector_files.prefix import OpenFile
from connector_files.source import RECORD_BYTES, FileStream, Piece
from connector_sdk.connector import Call
from connector_sdk.decode import infer_schema
from connector_sdk.errors import ConfigurationError
from connector_sdk.schema import Schema

_GLANCE = 1000


class JsonLinesStream(FileStream):
    """A file of JSON Lines; blank lines are not records."""

    cursor_tells_source = True

    def reader(self, source: OpenFile) -> "JsonLinesReader":
        refuse_marks(source, (*UTF16_MARKS, UTF8_MARK))
        return JsonLinesReader(source)

    def schema(self, call: Call) -> Schema:
        """Infer the schema from all records.

        Raises ConfigurationError where there are none: a schema cannot be made of nothing.
        """
        schema = self.look(lambda source: self._infer(self.reader(source).texts(0, 0, call.page_size)))
        if not schema.fields:
            raise ConfigurationError(
                f"{self.config.path} has no records to take a schema from",
                code="files-no-records",
                hint="pin a contract from a file that has records, or run again when this one has",
                location=str(self.config.path),
            )
        return schema

    def glance(self, call: Call) -> Schema:
        """Infer what the first 1000 records or 16 MiB usually hold; without records it has no fields.

        One record of another kind is no change of the source: it will be set aside when it is read.
        """
        del call

        def head(source: OpenFile) -> Iterable[tuple[list[bytes], bytes]]:
            return islice(self.reader(source).texts(0, 0, _GLANCE), 1)

        return self.look(lambda source: self._infer(head(source), usual=True))

    def _infer(self, pages: Iterable[tuple[list[bytes], bytes]], *, usual: bool = False) -> Schema:
        return infer_schema((texts for texts, _ in pages), key=self.config.primary_key, usual=usual)


class JsonLinesReader:
    """Reads records as bytes; neither a cut nor a damaged line stops short of its line break."""

    begin = 0

    def __init__(self, source: OpenFile) -> None:
        self._source = source

    def continues(self, offset: int) -> bool:
        return whole_line(self._source, offset)

    def pieces(self, offset: int, records: int, call: Call) -> Iterator[Piece]:
        for texts, raw in self.texts(offset, records, call.page_size):
            yield Piece(texts, raw)

    def texts(self, offset: int, records: int, page_size: int) -> Iterator[tuple[list[bytes], bytes]]:
        """Yield the records of a page, and all bytes they were read from."""
        lines = Lines(self._source, offset, self._source.size)
        while True:
            raw: list[bytes] = []
            found: list[bytes] = []
            size = 0
            while len(found) < page_size and size < RECORD_BYTES:
                line = lines.next(records + len(found) + 1)
                if not line:
                    break
                raw.append(line)
                size += len(line)
                if not line.isspace():
                    found.append(self._record(line))
            if not raw:
                return
            records += len(found)
            yield found, b"".join(raw)

    def _record(self, line: bytes) -> bytes:
        if line.endswith(b"\n"):
            return bare(line)
        if not _is_object(line):
            raise self._source.cut("its last line is neither ended by a line break nor a whole JSON object")
        return line


def _is_object(line: bytes) -> bool:
    """Tell whether a text is one whole JSON object: a cut one never is."""
    try:
        return isinstance(json.loads(line.decode()), dict)
    except (ValueError, RecursionError):
        return False
