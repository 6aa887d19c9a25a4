"""OAuth 2.0 with client credentials: a token is obtained when first needed, and again when it expires."""

import base64
import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from connector_sdk.errors import AuthenticationError, IncompleteResponseError, RejectedError
from connector_sdk.http.auth import Auth
from connector_sdk.http.layer import EXCHANGE
from connector_sdk.secrets import Secret

if TYPE_CHECKING:
    from httpx import Request, Response

    from connector_sdk.http.layer import Send


class OAuth2ClientCredentials(Auth):
    """The client credentials grant (RFC 6749 §4.4).

    `token_path` is a path below the base URL, or a whole URL. `place` says where the endpoint wants id and
    secret. One thread renews at a time; the others then use what it got.
    """

    def __init__(
        self,
        token_path: str,
        client_id: str,
        client_secret: Secret,
        *,
        scope: str = "",
        place: Literal["body", "basic"] = "body",
    ) -> None:
        self._token_path = token_path
        self._client_id = client_id
        self._client_secret = client_secret
        self._scope = scope
        self._place = place
        self._token: str | None = None
        self._renewing = threading.Lock()

    def apply(self, request: "Request", send: "Send") -> None:
        token = self._token
        if token is None:
            with self._renewing:
                token = self._token = self._token or self._obtain(request, send)
        request.headers["Authorization"] = f"Bearer {token}"

    def renew(self, request: "Request", send: "Send") -> bool:
        used = request.headers.get("Authorization", "").removeprefix("Bearer ")
        with self._renewing:
            if self._token == used:
                self._token = None
                self._token = self._obtain(request, send)
        return True

    def accepted(self, answer: Mapping[str, Any]) -> None:
        """Look at what came with a token; raise where it is not for the system that was meant."""

    def _obtain(self, request: "Request", send: "Send") -> str:
        try:
            response = send(self._token_request(request))
        except RejectedError as error:
            raise AuthenticationError(
                f"the token endpoint refused the client's credentials ({error.code})",
                code="oauth-refused",
                hint="compare client_id and client_secret with what the system issued, and check that this "
                "client may use the client credentials flow",
                request_id=error.request_id,
            ) from None
        answer = _token_answer(response)
        self.accepted(answer)
        token: str = answer["access_token"]
        return token

    def _token_request(self, request: "Request") -> "Request":
        base = request.extensions[BASE]
        form = {"grant_type": "client_credentials"}
        headers = {"Accept": "application/json"}
        if self._scope:
            form["scope"] = self._scope
        if self._place == "body":
            form |= {"client_id": self._client_id, "client_secret": self._client_secret.reveal()}
        else:
            pair = f"{self._client_id}:{self._client_secret.reveal()}".encode()
            headers["Authorization"] = f"Basic {base64.b64encode(pair).decode()}"
        made: Request = base.request("POST", self._token_path, form=form, headers=headers, repeatable=True)
        return made


BASE = "connector_sdk.base"
"""Key in `request.extensions` of the builder that made the request; tokens are asked for with the same."""


def _token_answer(response: "Response") -> dict[str, Any]:
    try:
        answer = msgspec.json.decode(response.content, type=dict[str, Any])
        if isinstance(answer.get("access_token"), str) and answer["access_token"].isascii():
            return answer
    except msgspec.MsgspecError:
        pass
    raise IncompleteResponseError(
        "the token endpoint's answer holds no access token",
        code="oauth-no-token",
        hint="check that the token URL is that of an OAuth 2.0 token endpoint",
        request_id=response.request.extensions[EXCHANGE].request_id,
    )
