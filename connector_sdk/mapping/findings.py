"""Collect everything that is wrong with a mapping, so that one look shows it all."""

from dataclasses import replace

from connector_sdk.documents import Diagnostic, Document, DocumentError, Loc


class Findings:
    """What was found wrong in one document so far."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._found: dict[Diagnostic, None] = {}

    def wrong(
        self, at: Loc, code: str, message: str, hint: str = "", *, label: str = "", on_key: bool = False
    ) -> None:
        """Add a finding about the value (or the key) at a place of the document."""
        for found in self._document.error(at, code, message, hint, on_key=on_key).diagnostics:
            self._found[replace(found, label=label)] = None

    def include(self, error: DocumentError) -> None:
        """Add what somebody else found; the same finding counts once."""
        self._found.update(dict.fromkeys(error.diagnostics))

    def raise_any(self) -> None:
        """Raise DocumentError where anything was found."""
        if self._found:
            raise DocumentError(self._found)
