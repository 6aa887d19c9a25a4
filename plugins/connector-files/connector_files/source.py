"""Reading a file page by page, whatever its format: cursors, restarts, and changes behind our back."""

from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Protocol

from connector_files.config import FilesConfig
from connector_files.prefix import OpenFile, Position, opened, parse_position
from connector_files.translate import file_errors
from connector_sdk.connector import Call, Json, Page, Stream, Unreadable
from connector_sdk.errors import ConfigurationError, IncompleteResponseError
from connector_sdk.schema import Schema

if TYPE_CHECKING:
    from hashlib import _Hash

RECORD_BYTES = 16 << 20
"""No record may be longer; no page takes up more, beyond its last record."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Some records and all the bytes they were read from, what lies between them included."""

    records: Sequence[bytes | Mapping[str, Any] | Unreadable]
    raw: bytes


class Reader(Protocol):
    """One format's view of one open file."""

    @property
    def begin(self) -> int:
        """The offset of the first record in bytes."""
        ...

    def pieces(self, offset: int, records: int, call: Call) -> Iterator[Piece]:
        """Yield what follows `offset`, after that many records, in pieces of a page's size."""
        ...

    def continues(self, offset: int) -> bool:
        """Tell whether a record that once ended the file at `offset` is still the whole record."""
        ...


class FileStream(Stream):
    """A file as a stream; a format tells how to make its `Reader` and its schema.

    Completeness is unproven: none of the formats says how many records there are.
    """

    def __init__(self, config: FilesConfig, name: str) -> None:
        self.config = config
        self.name = name

    @abstractmethod
    def reader(self, source: OpenFile) -> Reader:
        """Look at the head of the file.

        Raises ConfigurationError or IncompleteResponseError.
        """

    def read(self, call: Call, position: Json) -> Iterator[Page]:
        with file_errors(self.config.path, "read"), opened(self.config.path) as source:
            reader = self.reader(source)
            start, digest, restarted = _start(source, reader, position)
            pieces = reader.pieces(start.offset, start.records, call)
            yield from _pages(source, pieces, start, digest, restarted=restarted)

    def look(self, describe: Callable[[OpenFile], Schema]) -> Schema:
        """Open the file, describe it, and prove that its fields, if any, include those named as its key.

        Raises ConfigurationError.
        """
        with file_errors(self.config.path, "read"), opened(self.config.path) as source:
            schema = describe(source)
        for name in self.config.primary_key:
            if schema.fields and name not in schema.names:
                raise ConfigurationError(
                    f"{self.config.path} has no field {name!r}, which `primary_key` names",
                    code="files-key-missing",
                    hint=_columns(schema, name),
                    location="primary_key",
                )
        return schema


def _columns(schema: Schema, missing: str) -> str:
    """Tell what may be told of the columns: where a header row is missing, their names are a record."""
    near = get_close_matches(missing, schema.names, n=1, cutoff=0.6)
    return f"it has {len(schema.names)} fields" + (f"; did you mean {near[0]!r}?" if near else "")


def _start(source: OpenFile, reader: Reader, cursor: Json) -> tuple[Position, "_Hash", bool]:
    """Return where to go on, the hash of all before it, and whether records read earlier no longer count."""
    before = 0
    if cursor is not None:
        position = parse_position(cursor)
        digest = source.hash_prefix(position.offset)
        if (
            reader.begin <= position.offset <= source.size
            and digest.hexdigest() == position.sha256
            and reader.continues(position.offset)
        ):
            return position, digest, False
        before = position.records
    digest = source.hash_prefix(reader.begin)
    return Position(reader.begin, 0, digest.hexdigest()), digest, before > 0


def _pages(
    source: OpenFile, pieces: Iterator[Piece], position: Position, digest: "_Hash", *, restarted: bool
) -> Iterator[Page]:
    """Yield pages one behind the file, so that the last is given out only after the last look at the file.

    A file that begins anew and has no record is told by a page without records: what was read is gone.
    """
    held: Page | None = None
    for piece in pieces:
        digest.update(piece.raw)
        first = position.records + 1
        position = Position(
            position.offset + len(piece.raw), position.records + len(piece.records), digest.hexdigest()
        )
        if not piece.records:
            continue
        if held:
            source.verify(position, last=False)
            yield held
        held = Page(piece.records, position.json(), first, restarted and first == 1)
    source.verify(position, last=True)
    if held is None and restarted:
        held = Page([], position.json(), restarted=restarted)
    if held:
        yield held


def too_long(source: OpenFile, number: int) -> IncompleteResponseError:
    """Say that a record exceeds `RECORD_BYTES`, hence is not one."""
    return IncompleteResponseError(
        f"{source.path}: record {number} is longer than {RECORD_BYTES >> 20} MiB",
        code="files-record-too-long",
        hint="the line breaks or quotes of the file are damaged, or it has another format than configured",
        location=str(source.path),
    )
