"""What Salesforce says went wrong: an array of errors from REST, an object from OAuth, nothing from the edge.

Vendor messages quote values, so none is passed on; names of fields and objects are, where the message has
the fixed form that holds only them.
https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm
"""

import re
from typing import Any, Final

from connector_salesforce.config import API_VERSION
from connector_sdk.decode import parse_plain
from connector_sdk.errors import (
    AccessDeniedError,
    AuthenticationError,
    ConfigurationError,
    ConnectorError,
    IncompleteResponseError,
    RecordError,
    ThrottledError,
    UnavailableError,
)
from connector_sdk.http.vendor_errors import VendorError, VendorErrors

LOCATOR_LOST: Final = "salesforce:INVALID_QUERY_LOCATOR"

TRANSIENT_ROW: Final = frozenset(
    {"UNABLE_TO_LOCK_ROW", "SERVER_UNAVAILABLE", "QUERY_TIMEOUT", "REQUEST_RUNNING_TOO_LONG"}
)
"""Codes that a row, or a call, may have once and not the next time."""

_CODE: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]{1,79}")
_NO_COLUMN: Final = re.compile(
    r"No such column '([A-Za-z]\w{0,79})' on (?:entity|sobject of type) '?([A-Za-z]\w{0,79})\b", re.ASCII
)
_GONE: Final = 410
_EDGE: Final = frozenset({406, 420})

_CLASSES: Final[dict[str, type[ConnectorError]]] = {
    "INVALID_SESSION_ID": AuthenticationError,
    "API_CURRENTLY_DISABLED": AccessDeniedError,
    "API_DISABLED_FOR_ORG": AccessDeniedError,
    "FUNCTIONALITY_NOT_ENABLED": AccessDeniedError,
    "INSUFFICIENT_ACCESS": AccessDeniedError,
    "REQUEST_LIMIT_EXCEEDED": ThrottledError,
    "EXCEEDED_QUOTA": ThrottledError,
    "LIMIT_EXCEEDED": ThrottledError,
    "UNKNOWN_EXCEPTION": UnavailableError,
    **dict.fromkeys(TRANSIENT_ROW, UnavailableError),
}

_HINTS: Final = {
    "INVALID_SESSION_ID": "a new session was refused as well: look at the connected app's session policies",
    "REQUEST_LIMIT_EXCEEDED": "run again later; `quota` in the run's report shows what the org allows a day",
    "INVALID_FIELD": "compare with `connector-sdk discover`: what this user may not see is not there",
    "INVALID_TYPE": "`connector-sdk discover` lists the objects that this user may see",
}


class SalesforceErrors(VendorErrors):
    """Reads the error bodies."""

    def read(self, status: int, body: bytes) -> VendorError | None:
        """Return what an answer says went wrong, None where it is no error."""
        if status == _GONE:
            return _RETIRED
        if status < 400:  # noqa: PLR2004 - client and server errors begin here
            return None if status >= 300 or _may_be_json(body) else _NOT_JSON  # noqa: PLR2004 - no success
        code, message = _first(body)
        if not code:
            return VendorError("", UnavailableError if status in _EDGE else None)
        return VendorError(vendor_code(code), _CLASSES.get(code), _told(code, message), _HINTS.get(code, ""))


def vendor_code(code: str) -> str:
    """Return a code of Salesforce as ours; one that is no identifier is not repeated."""
    return f"salesforce:{code}" if _CODE.fullmatch(code) else "salesforce:UNKNOWN"


_RETIRED: Final = VendorError(
    "salesforce-version-retired",
    ConfigurationError,
    "Salesforce has retired the version of its API that this path names",
    f'set `api_version` to one it serves, such as "{API_VERSION}", and look at `contract diff`',
)
_NOT_JSON: Final = VendorError(
    "body-not-json",
    IncompleteResponseError,
    "the answer is no JSON: perhaps a page for people, of maintenance or of another host",
    "check `base_url`; if it is the org's, run again later",
)


def _may_be_json(body: bytes) -> bool:
    """Tell an answer of the API, an object or an array or nothing, from a page for people."""
    return body.lstrip()[:1] in (b"", b"{", b"[")


def _first(body: bytes) -> tuple[str, str]:
    """Return the code and message of the first error; empty where the body has another form."""
    try:
        document = parse_plain(body)
    except RecordError:
        return "", ""
    if isinstance(document, list) and document and isinstance(document[0], dict):
        return _text(document[0], "errorCode"), _text(document[0], "message")
    if isinstance(document, dict):
        return _text(document, "error"), ""
    return "", ""


def _text(document: dict[str, Any], name: str) -> str:
    value = document.get(name)
    return value if isinstance(value, str) else ""


def _told(code: str, message: str) -> str:
    if code == "REQUEST_LIMIT_EXCEEDED":
        momentary = message.startswith("Concurrent")
        return "too many requests at a time" if momentary else "the org's allowance of requests is used up"
    named = _NO_COLUMN.search(message) if code == "INVALID_FIELD" else None
    return f"there is no field {named[1]!r} on {named[2]!r} for this user" if named else ""
