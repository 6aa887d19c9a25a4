"""A file being read, and the proof that what was read of it is still there.

A cursor holds the number of bytes consumed and their SHA-256. Whether the file is the same, has grown or is
another one follows from its bytes alone: neither its time nor its inode number is believed.
"""

import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from connector_files.translate import not_a_file
from connector_sdk.connector import Json
from connector_sdk.errors import ConfigurationError, IncompleteResponseError

if TYPE_CHECKING:
    from hashlib import _Hash

_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Position:
    """How far a file was consumed: bytes, records, and the SHA-256 of those bytes in hexadecimal."""

    offset: int
    records: int
    sha256: str

    def json(self) -> Json:
        """Return the cursor's JSON form."""
        return {"offset": self.offset, "records": self.records, "sha256": self.sha256}


def parse_position(cursor: Json) -> Position:
    """Read a cursor that `Position.json` wrote.

    Raises ConfigurationError for anything else.
    """
    match cursor:
        case {"offset": int(offset), "records": int(records), "sha256": str(digest)} if (
            min(offset, records) >= 0
        ):
            return Position(offset, records, digest)
    raise ConfigurationError(
        "the cursor does not belong to a file",
        code="files-cursor",
        hint="the pipeline read another kind of source before: run it under a new pipeline name",
    )


class OpenFile:
    """One file, open for reading up to the size in bytes it had when it was opened."""

    def __init__(self, path: Path, file: BinaryIO) -> None:
        self.path = path
        self.file = file
        self._seen = self._look()
        self.size = self._seen[0]

    def _look(self) -> tuple[int, int]:
        status = os.fstat(self.file.fileno())
        return status.st_size, status.st_mtime_ns

    def at(self, offset: int, length: int) -> bytes:
        """Return bytes as they are on disk now, wherever reading stands."""
        return os.pread(self.file.fileno(), length, offset)

    def hash_prefix(self, length: int) -> "_Hash":
        """Return the SHA-256 of the first `length` bytes as they are on disk now; memory stays flat."""
        digest = hashlib.sha256()
        done = 0
        while done < length and (block := self.at(done, min(_BLOCK, length - done))):
            digest.update(block)
            done += len(block)
        return digest

    def verify(self, position: Position, *, last: bool) -> None:
        """Prove that the bytes read are still those on disk, where the file was touched meanwhile.

        A file that only grew is looked into once, before the `last` page. Raises IncompleteResponseError.
        """
        seen = self._look()
        if seen[0] < self.size:
            raise self.changed()
        if seen != self._seen and (last or seen[0] == self._seen[0]):
            if self.hash_prefix(position.offset).hexdigest() != position.sha256:
                raise self.changed()
            self._seen = seen

    def changed(self) -> IncompleteResponseError:
        """Say that somebody wrote where this run had already read."""
        return IncompleteResponseError(
            f"{self.path} was changed while it was read",
            code="files-changed",
            hint="let the producer write under another name and rename when complete; then run again",
            location=str(self.path),
        )

    def cut(self, detail: str) -> IncompleteResponseError:
        """Say that the file ends where it must not end."""
        return IncompleteResponseError(
            f"{self.path} is cut: {detail}",
            code="files-cut",
            hint="fetch or write the file again, wait until it is complete, then run again",
            location=str(self.path),
        )


@contextmanager
def opened(path: Path) -> Iterator[OpenFile]:
    """Open a regular file for reading; a pipe would wait for ever and a folder is none.

    Raises OSError, which the caller translates, and ConfigurationError.
    """
    if not stat.S_ISREG(path.stat().st_mode):
        raise not_a_file(path)
    with path.open("rb") as file:
        yield OpenFile(path, file)
