"""What an answer says, where JSON was promised."""

from typing import TYPE_CHECKING, Any

from connector_sdk.decode import parse_plain
from connector_sdk.errors import IncompleteResponseError, RecordError
from connector_sdk.http.layer import EXCHANGE

if TYPE_CHECKING:
    from httpx import Response

    from connector_sdk.http.exchange import Exchange


def require_json(response: "Response") -> Any:
    """Return what a JSON answer says as plain values: whole numbers as int, all others as Decimal.

    Raises IncompleteResponseError (not-json) for what is no JSON, a page for people above all; its text is
    not quoted.
    """
    try:
        return parse_plain(response.content)
    except RecordError as error:
        refuse_markup(response)
        raise _not_json(
            response,
            f"no JSON text ({error.code})",
            "compare the path with the vendor's documentation; if it is right, run again",
        ) from None


def refuse_markup(response: "Response") -> None:
    """Take an answer for what it is worth where its body, if any, is of no interest.

    Raises IncompleteResponseError (not-json) for a page for people: no system of records answered.
    """
    if response.content.lstrip()[:1] == b"<":
        hint = "a login page or a proxy may have answered: check the address, and whether the system is up"
        raise _not_json(response, "a page of markup", hint) from None


def _not_json(response: "Response", what: str, hint: str) -> IncompleteResponseError:
    exchange: Exchange = response.request.extensions[EXCHANGE]
    return IncompleteResponseError(
        f"{exchange.method} {exchange.path}: the answer with status {response.status_code} is {what}",
        code="not-json",
        hint=hint,
        location=f"{exchange.host}:{exchange.port}",
        request_id=exchange.request_id,
    )
