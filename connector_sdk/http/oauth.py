"""OAuth 2.0 with client credentials: a token is obtained when first needed, and again when it expires."""

import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from connector_sdk.errors import AuthenticationError, IncompleteResponseError, RejectedError
from connector_sdk.http.auth import Auth, basic, put_header
from connector_sdk.http.layer import BUILDER, EXCHANGE
from connector_sdk.secrets import Secret

if TYPE_CHECKING:
    from httpx import Request, Response

    from connector_sdk.http.layer import Send


class OAuth2ClientCredentials(Auth):
    """The client credentials grant (RFC 6749 §4.4).

    `token_path` is a path below the base URL, or a whole URL. `place` says where the endpoint wants id and
    secret. One thread asks at a time, and the others use what it got. Where the endpoint refused once, it is
    not asked again: the same secret again and again could lock the client out.
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
        self._token: Secret | None = None
        self._refusal: _Refusal | None = None
        self._asking = threading.Lock()

    def apply(self, request: "Request", send: "Send") -> None:
        put_header(request, "Authorization", self._token or self._instead_of(None, request, send))

    def renew(self, request: "Request", send: "Send") -> bool:
        self._instead_of(request.headers.get("Authorization", ""), request, send)
        return True

    def accepted(self, answer: Mapping[str, Any]) -> None:
        """Look at what came with a token; raise where it is not for the system that was meant."""

    def _instead_of(self, used: str | None, request: "Request", send: "Send") -> Secret:
        """Return the token that another thread got in place of the one used, or get one."""
        with self._asking:
            if self._token is not None and self._token.reveal() != used:
                return self._token
            if self._refusal is not None:
                raise self._refusal.error()
            self._token = None
            self._token = self._obtain(request, send)
            return self._token

    def _obtain(self, request: "Request", send: "Send") -> Secret:
        try:
            response = send(self._token_request(request))
        except RejectedError as error:
            self._refusal = _Refusal(error.code, error.request_id)
            raise self._refusal.error() from None
        answer = _token_answer(response)
        self.accepted(answer)
        return Secret(f"Bearer {answer['access_token']}")

    def _token_request(self, request: "Request") -> "Request":
        form = {"grant_type": "client_credentials"}
        if self._scope:
            form["scope"] = self._scope
        if self._place == "body":
            form |= {"client_id": self._client_id, "client_secret": self._client_secret.reveal()}
        made: Request = request.extensions[BUILDER].request(
            "POST", self._token_path, form=form, headers={"Accept": "application/json"}, repeatable=True
        )
        if self._place == "basic":
            put_header(made, "Authorization", basic(self._client_id, self._client_secret))
        return made


class _Refusal:
    """What the token endpoint answered; every call that it ends raises an error of its own."""

    def __init__(self, code: str, request_id: str | None) -> None:
        self._code = code
        self._request_id = request_id

    def error(self) -> AuthenticationError:
        return AuthenticationError(
            f"the token endpoint refused the client's credentials ({self._code})",
            code="oauth-refused",
            hint="compare client_id and client_secret with what the system issued, and check that this "
            "client may use the client credentials flow",
            request_id=self._request_id,
        )


def _token_answer(response: "Response") -> dict[str, Any]:
    try:
        answer = msgspec.json.decode(response.content, type=dict[str, Any])
    except (msgspec.MsgspecError, ValueError, RecursionError):
        answer = {}
    token, kind = answer.get("access_token"), answer.get("token_type", "Bearer")
    if isinstance(token, str) and token and isinstance(kind, str) and kind.lower() == "bearer":
        return answer
    raise IncompleteResponseError(
        "the token endpoint's answer holds no access token that a bearer can use",
        code="oauth-no-token",
        hint="check that the token URL is that of an OAuth 2.0 token endpoint",
        request_id=response.request.extensions[EXCHANGE].request_id,
    )
