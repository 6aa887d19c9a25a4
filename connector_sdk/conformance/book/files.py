"""The files of a book, besides `book.yaml`: read once, within its folder, and part of its digest."""

import json
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from connector_sdk.conformance.book.findings import Findings
from connector_sdk.conformance.book.json_tree import Tree, parse
from connector_sdk.digest import digest, sha256
from connector_sdk.documents import Loc
from connector_sdk.documents.wording import nearest, quote
from connector_sdk.errors import RecordError

BOOK = "book.yaml"


@dataclass(slots=True)
class Files:
    """Reads the files that a book names and remembers their digests."""

    folder: Path
    findings: Findings
    digests: dict[str, str] = field(default_factory=dict)

    def data(self, name: str, at: Loc) -> bytes | None:
        """Return a file's content; a finding and None where it cannot be read."""
        relative = PurePosixPath(name)
        if relative.is_absolute() or ".." in relative.parts or not relative.parts or "\0" in name:
            hint = "a book is one folder that is handed on as a whole: put the file there"
            self.findings.note(at, "book-file", f"{quote(name)} is outside the book's folder", hint)
            return None
        path = self.folder / relative
        try:
            data = path.read_bytes()
        except OSError as error:
            self._unreadable(name, at, error)
            return None
        self.digests[relative.as_posix()] = sha256(data)
        return data

    def tree(self, name: str, at: Loc) -> Tree | None:
        """Return a JSON file's tree; a finding and None where there is none."""
        data = self.data(name, at)
        if data is None:
            return None
        try:
            return parse(data)
        except RecordError as error:
            self._no_json(self.folder / name, data, error)
            return None

    def digest(self) -> str:
        """Return the digest of all files by their names."""
        data = (self.folder / BOOK).read_bytes()
        return digest({BOOK: sha256(data), **self.digests})

    def _unreadable(self, name: str, at: Loc, error: OSError) -> None:
        there = [
            path.relative_to(self.folder).as_posix() for path in self.folder.rglob("*") if path.is_file()
        ]
        near = nearest(name, (each for each in there if each != BOOK))
        hint = f"did you mean {quote(near)}?" if near else "the name is relative to the book's folder"
        reason = "there is no such file" if isinstance(error, FileNotFoundError) else error.strerror
        self.findings.note(at, "book-file", f"{quote(name)} cannot be read: {reason}", hint)

    def _no_json(self, path: Path, data: bytes, error: RecordError) -> None:
        line, column, what = 0, 0, str(error)
        try:
            json.loads(data)
        except json.JSONDecodeError as found:
            line, column, what = (
                found.lineno,
                found.colno,
                f"this is not JSON: {found.msg[:1].lower()}{found.msg[1:]}",
            )
        except (ValueError, RecursionError):
            pass
        hint = "what is not JSON is named with file: instead of json:"
        self.findings.note_in_file(path, "book-json", what, hint, line, column)
