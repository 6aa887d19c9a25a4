"""What is wrong in a book, collected, so that one look shows everything."""

from dataclasses import dataclass, field
from pathlib import Path

from connector_sdk.documents import Diagnostic, Document, DocumentError, Loc


@dataclass(slots=True)
class Findings:
    """Collects diagnostics about a book's document and the files beside it."""

    document: Document
    found: list[Diagnostic] = field(default_factory=list)

    def add(self, at: Loc, code: str, message: str, hint: str = "", *, on_key: bool = False) -> None:
        """Add a finding about a place in the document; each place has one of a kind."""
        for each in self.document.error(at, code, message, hint, on_key=on_key).diagnostics:
            if each not in self.found:
                self.found.append(each)

    def add_in_file(self, path: Path, code: str, message: str, hint: str, line: int, column: int) -> None:
        """Add a finding about a place, from 1, in a file beside the document."""
        self.found.append(Diagnostic(code, str(path), line, column, message, hint))

    def check(self) -> None:
        """Raise DocumentError where there are findings."""
        if self.found:
            raise DocumentError(self.found)
