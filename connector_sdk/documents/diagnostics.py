"""What is wrong in a document, and where."""

from collections.abc import Iterable
from dataclasses import dataclass

from connector_sdk.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding.

    `line` and `column` count from 1 in characters (0 and 0: the file as a whole); `end_column` is the first
    column after the mark, on the same line. `source_line` is the line as it may be shown, its secrets
    masked, and `mark` the part of it (from 0) that is meant. `label` stands beside the mark, `hint` says
    more. No part of a diagnostic holds the value of a secret.
    """

    code: str
    path: str
    line: int
    column: int
    message: str
    hint: str = ""
    label: str = ""
    end_column: int | None = None
    source_line: str = ""
    mark: tuple[int, int] = (0, 0)

    @property
    def location(self) -> str:
        """Return `file:line:column`, or the file alone."""
        return f"{self.path}:{self.line}:{self.column}" if self.line else self.path

    @property
    def text(self) -> str:
        """Return the message and the label on one line."""
        return f"{self.message}; {self.label}" if self.label else self.message

    def __str__(self) -> str:
        return f"{self.location}: {self.code}: {self.text}"


class DocumentError(ConfigurationError):
    """One or more documents cannot be used as they are; `diagnostics` holds all findings, by position.

    Code, location and hint are those of the first.
    """

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics: tuple[Diagnostic, ...] = tuple(
            sorted(diagnostics, key=lambda found: (found.path, found.line, found.column))
        )
        first = self.diagnostics[0]
        more = len(self.diagnostics) - 1
        super().__init__(
            f"{first} (and {more} more)" if more else str(first),
            code=first.code,
            hint=first.hint,
            location=first.location,
        )
