"""Who a request says it comes from."""

import base64
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Literal

from connector_sdk.secrets import Secret

if TYPE_CHECKING:
    from httpx import Request, Response

    from connector_sdk.http.layer import Send


class Auth(ABC):
    """Puts credentials on requests, and renews those that run out.

    `send` goes through the same stack, without auth: tokens are obtained under the same rules as data.
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
        self._username = username
        self._password = password

    def apply(self, request: "Request", send: "Send") -> None:
        pair = f"{self._username}:{self._password.reveal()}".encode()
        request.headers["Authorization"] = f"Basic {base64.b64encode(pair).decode()}"


class BearerToken(Auth):
    """A token that somebody else obtained (RFC 6750)."""

    def __init__(self, token: Secret) -> None:
        self._token = token

    def apply(self, request: "Request", send: "Send") -> None:
        request.headers["Authorization"] = f"Bearer {self._token.reveal()}"


class ApiKey(Auth):
    """A key in a header or, where the vendor wants it so, in the query."""

    def __init__(self, name: str, value: Secret, place: Literal["header", "query"] = "header") -> None:
        self._name = name
        self._value = value
        self._place = place

    def apply(self, request: "Request", send: "Send") -> None:
        if self._place == "header":
            request.headers[self._name] = self._value.reveal()
        else:
            request.url = request.url.copy_set_param(self._name, self._value.reveal())
