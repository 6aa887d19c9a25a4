"""Tokens: OAuth 2.0 client credentials, and the sessions they open.

Source: Salesforce Help, "OAuth 2.0 Client Credentials Flow for Server-to-Server Integration"; RFC 6749 §4.4.
"""

import base64
import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import unquote_plus

from connector_salesforce.simulator.refusals import Refusal
from connector_salesforce.simulator.settings import Settings
from connector_sdk.testing import Request, Response, SimulatedClock, as_json

GRANT = "client_credentials"


def generated(seed: int, what: str, length: int) -> str:
    """Return a throw-away secret that only ever opens a simulator of the same seed."""
    return hashlib.sha256(f"simulator {seed} {what}".encode()).hexdigest()[:length]


@dataclass(slots=True)
class Sessions:
    """The client that may ask for tokens, and the tokens that are alive."""

    seed: int
    organization: str
    user: str
    clock: SimulatedClock
    settings: Settings
    client_id: str = field(init=False)
    client_secret: str = field(init=False)
    issued: int = 0
    _alive: dict[str, datetime] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.client_id = "3MVG9sim" + generated(self.seed, "client id", 40)
        self.client_secret = generated(self.seed, "client secret", 64).upper()

    def token(self, request: Request, url: str) -> Response:
        """Answer the token endpoint."""
        try:
            form = request.form()
        except ValueError:
            form = {}
        client, secret = _basic(request) or (form.get("client_id", ""), form.get("client_secret", ""))
        if form.get("grant_type") != GRANT:
            return _denied("unsupported_grant_type", "grant type not supported")
        if client != self.client_id:
            return _denied("invalid_client_id", "client identifier invalid")
        if secret != self.client_secret:
            return _denied("invalid_client", "invalid client credentials")
        return as_json(self._open(url))

    def expire(self) -> None:
        """End every session."""
        self._alive.clear()

    def check(self, request: Request) -> None:
        """Refuse a request without a live session; raises Refusal."""
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        now = self.clock.now()
        last = self._alive.get(token) if kind in {"Bearer", "OAuth"} else None
        if last is None or now - last > timedelta(seconds=self.settings.session_seconds):
            self._alive.pop(token, None)
            raise Refusal(401, "INVALID_SESSION_ID", "Session expired or invalid")
        self._alive[token] = now

    def _open(self, url: str) -> dict[str, str]:
        self.issued += 1
        now = self.clock.now()
        token = f"{self.organization[:15]}!AQ{generated(self.seed, f'token {self.issued}', 64)}"
        self._alive[token] = now
        return {
            "access_token": token,
            "signature": base64.b64encode(
                generated(self.seed, f"signed {self.issued}", 32).encode()
            ).decode(),
            "scope": "api",
            "instance_url": url,
            "id": f"{url}/id/{self.organization}/{self.user}",
            "token_type": "Bearer",
            "issued_at": str(int(now.timestamp() * 1000)),
            "api_instance_url": url,
        }


def _basic(request: Request) -> tuple[str, str] | None:
    kind, _, given = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "basic":
        return None
    try:
        client, _, secret = base64.b64decode(given, validate=True).decode().partition(":")
    except ValueError:
        return "", ""
    return unquote_plus(client), unquote_plus(secret)


def _denied(error: str, description: str) -> Response:
    return as_json({"error": error, "error_description": description}, 400)
