"""How a vendor says what went wrong, and which of our errors that is."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from connector_sdk.errors import ConnectorError

_CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,79}")


@dataclass(frozen=True, slots=True)
class ErrorWhen:
    """A successful status whose body says otherwise: the value at `path` equals `equals`."""

    path: str
    equals: Any
    code: str = ""

    def fits(self, document: Any) -> bool:
        """Return whether a document is such an error; true and 1 are not the same."""
        found = at_path(document, self.path)
        return type(found) is type(self.equals) and bool(found == self.equals)


@dataclass(frozen=True, slots=True)
class VendorError:
    """What a vendor's answer says: its code (empty where it has none), and our class for it.

    `error` None leaves the class to the status. `message` and `hint` hold no value of a record. Where `own`,
    the code is the vendor's own word, and is shown under the connector's name (`acme:LIMIT_EXCEEDED`).
    """

    code: str
    error: type[ConnectorError] | None = None
    message: str = ""
    hint: str = ""
    own: bool = False


@dataclass(frozen=True)
class VendorErrors:
    """Where a vendor's error bodies hold their code (`code`, a dotted path), and what its codes mean.

    Where `code` leads to none, the code is that of an OAuth error (`error`, RFC 6749 §5.2). `when` describes
    a successful status that is an error all the same. Vendors quote values in their
    messages, so a message is never passed on. Override `read` for what paths cannot say.
    """

    code: str = ""
    classes: Mapping[str, type[ConnectorError]] = field(default_factory=dict)
    when: ErrorWhen | None = None

    def read(self, status: int, body: bytes) -> VendorError | None:
        """Return what an answer says went wrong, None where it is no error. Never raises."""
        failed = status >= 400  # noqa: PLR2004 - client and server errors begin here
        if not failed and self.when is None:
            return None
        document = _document(body)
        paths = (self.code, "error")
        if not failed:
            assert self.when is not None  # noqa: S101 - asked above
            if not self.when.fits(document):
                return None
            paths = (self.when.code, self.code)
        codes = (code_text(at_path(document, path)) for path in paths if path)
        code = next((code for code in codes if code), "")
        return VendorError(code, self.classes.get(code), own=True)


def at_path(document: Any, path: str) -> Any:
    """Return what stands at a dotted path (`errors.0.code`) of plain data, None where there is nothing."""
    for step in path.split("."):
        if isinstance(document, dict):
            document = document.get(step)
        elif isinstance(document, list) and step.isdecimal() and int(step) < len(document):
            document = document[int(step)]
        else:
            return None
    return document


def code_text(value: Any) -> str:
    """Return a vendor's code as errors may show it: an identifier, or nothing."""
    text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    return text if _CODE.fullmatch(text) else ""


def _document(body: bytes) -> Any:
    try:
        return msgspec.json.decode(body)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None
