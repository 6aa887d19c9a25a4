"""What is wrong in a book, collected, so that one look shows everything."""

from dataclasses import dataclass, field, replace
from pathlib import Path

from connector_sdk.documents import Diagnostic, Document, DocumentError, Loc


@dataclass(slots=True)
class Findings:
    """Collects diagnostics about a book's document and the files beside it."""

    document: Document
    found: list[Diagnostic] = field(default_factory=list)

    def note(
        self,
        at: Loc,
        code: str,
        message: str,
        hint: str = "",
        *,
        on_key: bool = False,
        hidden: bool = False,
    ) -> None:
        """Add a finding about a place in the document; `hidden`: nobody may see the line it stands on."""
        for each in self.document.error(at, code, message, hint, on_key=on_key).diagnostics:
            found = replace(each, source_line="", mark=(0, 0)) if hidden else each
            if found not in self.found:
                self.found.append(found)

    def note_in_file(self, path: Path, code: str, message: str, hint: str, line: int, column: int) -> None:
        """Add a finding about a place, from 1, in a file beside the document."""
        self.found.append(Diagnostic(code, str(path), line, column, message, hint))

    def check(self) -> None:
        """Raise DocumentError where there are findings."""
        if self.found:
            raise DocumentError(self.found)
