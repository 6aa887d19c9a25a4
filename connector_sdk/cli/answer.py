"""What a verb returns: one document for programs, the same told to people, and the exit code."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from connector_sdk.errors import ConnectorError
from connector_sdk.pipeline.failure import error_document, exit_code_of

if TYPE_CHECKING:
    from connector_sdk.cli.screen import Screen

Document = dict[str, Any]
"""What has a JSON form."""

INTERRUPTED = 130
"""The exit code of a process that SIGINT ended."""

WORST_FIRST = (1, 80, 82, 81, 77, 70, 65, 2, 76, INTERRUPTED, 75, 0)
"""Exit codes by what they ask of people: several pipelines end with the worst of theirs, so that an
orchestrator retries (75) only where nothing else is left to do."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The result of a verb.

    `error` is what it failed by; where there is nothing to show, the error is told on standard error.
    """

    document: Document
    show: Callable[["Screen"], None] | None
    exit_code: int = 0
    error: BaseException | None = None


def failure(error: BaseException, **facts: Any) -> Answer:
    """Return the answer of a verb that could not do its work; `facts` say what it was about."""
    exit_code = INTERRUPTED if isinstance(error, KeyboardInterrupt) else exit_code_of(error)
    return Answer({**facts, "error": describe(error)}, None, exit_code, error)


def describe(error: BaseException) -> Document:
    """Return the `error` member of a JSON document; a document's findings stand under `diagnostics`."""
    if isinstance(error, KeyboardInterrupt):
        return {
            "code": "interrupted",
            "title": "Interrupted",
            "message": "interrupted from the keyboard",
            "location": "",
            "hint": "start it again when you like: nothing half done is left behind",
        }
    document: Document = dict(error_document(error))
    found: Sequence[Any] = getattr(error, "diagnostics", ()) if isinstance(error, ConnectorError) else ()
    if found:
        # Place and code have keys of their own, here as in each diagnostic.
        more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
        document["message"] = found[0].text + more
        document["diagnostics"] = [
            {
                "code": diagnostic.code,
                "path": diagnostic.path,
                "line": diagnostic.line,
                "column": diagnostic.column,
                "message": diagnostic.text,
                "hint": diagnostic.hint,
            }
            for diagnostic in found
        ]
    return document


def worst(codes: Sequence[int]) -> int:
    """Return the exit code that several pipelines end with together."""
    return min(codes, key=lambda code: WORST_FIRST.index(code) if code in WORST_FIRST else 0, default=0)
