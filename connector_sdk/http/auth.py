"""Who a request says it comes from."""

import base64
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Literal

from connector_sdk.errors import ConfigurationError
from connector_sdk.secrets import Secret

if TYPE_CHECKING:
    from httpx import Request, Response

    from connector_sdk.http.layer import Send


class Auth(ABC):
    """Puts credentials on requests, and renews those that run out.

    `send` goes through the same stack, without auth: tokens are obtained under the same rules as data.
    What is put on a request is taken off it again once it was sent.
    """

    @abstractmethod
    def apply(self, request: "Request", send: "Send") -> None:
        """Put credentials on the request, obtaining them first where there are none yet.

        Raises AuthenticationError where the system does not give any.
        """

    def expired(self, response: "Response") -> bool:
        """Return whether this answer (its body is not read) says that the credentials have run out."""
        return response.status_code == 401  # noqa: PLR2004 - Unauthorized

    def renew(self, request: "Request", send: "Send") -> bool:
        """Obtain new credentials in place of those on the request; False where there is nothing to renew."""
        return False


class NoAuth(Auth):
    """Nobody in particular."""

    def apply(self, request: "Request", send: "Send") -> None:
        return


class BasicAuth(Auth):
    """User name and password (RFC 7617)."""

    def __init__(self, username: str, password: Secret) -> None:
        self._header = basic(username, password)

    def apply(self, request: "Request", send: "Send") -> None:
        put_header(request, "Authorization", self._header)


class BearerToken(Auth):
    """A token that somebody else obtained (RFC 6750)."""

    def __init__(self, token: Secret) -> None:
        self._header = Secret(f"Bearer {token.reveal()}")

    def apply(self, request: "Request", send: "Send") -> None:
        put_header(request, "Authorization", self._header)


class ApiKey(Auth):
    """A key in a header or, where the vendor wants it so, in the query."""

    def __init__(self, name: str, value: Secret, place: Literal["header", "query"] = "header") -> None:
        self._name = name
        self._value = value
        self._place = place

    def apply(self, request: "Request", send: "Send") -> None:
        if self._place == "header":
            put_header(request, self._name, self._value)
        else:
            request.url = request.url.copy_set_param(self._name, self._value.reveal())


def basic(username: str, password: Secret) -> Secret:
    """Return the value of an Authorization header for a user and a password, in UTF-8."""
    if ":" in username:
        raise unusable("a user name holds a colon, which HTTP Basic cannot carry")
    pair = f"{username}:{password.reveal()}".encode()
    return Secret(f"Basic {base64.b64encode(pair).decode()}")


def put_header(request: "Request", name: str, value: Secret) -> None:
    """Set a header; raises ConfigurationError, without quoting it, for a value that no header can hold."""
    text = value.reveal()
    if not (text.isascii() and text.isprintable()) or text != text.strip():
        raise unusable(f"what was given for the header {name} holds a character that no header can")
    request.headers[name] = text


def unusable(what: str) -> ConfigurationError:
    """Return the error for credentials that cannot be sent."""
    return ConfigurationError(
        what,
        code="credentials-unusable",
        hint="look where the secret is kept for a line break or a space at its end, or a letter beyond ASCII",
    )
