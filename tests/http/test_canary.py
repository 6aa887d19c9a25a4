"""A secret, put everywhere a secret can be, is seen nowhere, whatever goes wrong."""

import base64
import logging
import traceback
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from connector_sdk.errors import ConnectorError
from connector_sdk.http.auth import ApiKey, Auth, BasicAuth, BearerToken
from connector_sdk.http.oauth import OAuth2ClientCredentials
from connector_sdk.http.policy import HttpSettings
from connector_sdk.secrets import Secret
from tests.http.answers import HANG_UP, answer, replied, serving
from tests.http.connections import connected, reply, wired

SECRET = "canary-7f3a/90=e"
FORMS = {SECRET, quote(SECRET, safe=""), base64.b64encode(f"u:{SECRET}".encode()).decode(), "canary-7f3a"}

KINDS: dict[str, Callable[[Secret], Auth]] = {
    "basic": lambda secret: BasicAuth("u", secret),
    "bearer": BearerToken,
    "header": lambda secret: ApiKey("X-Api-Key", secret),
    "query": lambda secret: ApiKey("key", secret, "query"),
    "oauth": lambda secret: OAuth2ClientCredentials("/token", "me", secret),
    "oauth basic": lambda secret: OAuth2ClientCredentials("/token", "u", secret, place="basic"),
}


def _echo(request: httpx.Request) -> httpx.Response:
    """Answer as a badly made system does: with all it was told."""
    told = f"{request.url} {request.headers.raw!r} {request.content!r}"
    return httpx.Response(400, json={"error": told, "message": told}, headers={"X-Request-Id": told[:900]})


TOKEN = reply(json={"access_token": SECRET, "token_type": "Bearer"})
PATHS: dict[str, list[Any]] = {
    "well": [TOKEN, reply()],
    "echo": [TOKEN, _echo],
    "token refused": [_echo],
    "401 twice": [TOKEN, reply(401), TOKEN, reply(401)],
    "403": [TOKEN, reply(403)],
    "500": [TOKEN, reply(500)],
    "slow": [TOKEN, httpx.ReadTimeout(SECRET)],
    "unreachable": [httpx.ConnectError(SECRET)],
    "bad header": [TOKEN, httpx.LocalProtocolError(SECRET)],
    "redirect": [TOKEN, reply(302, location=f"https://evil.example/{quote(SECRET)}?q={quote(SECRET)}")],
    "redirect with user": [
        TOKEN,
        reply(302, location=f"https://u:{quote(SECRET, safe='')}@api.acme.example/"),
    ],
    "html": [httpx.Response(200, html=SECRET)],
    "no token": [reply(json={"access_token": None, "note": SECRET})],
}


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> InMemorySpanExporter:
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(trace, "get_tracer", provider.get_tracer)
    return exporter


def _require_unseen(seen: str) -> None:
    for form in FORMS:
        assert form not in seen


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("kind", KINDS)
def test_it_is_seen_nowhere(
    kind: str, path: str, spans: InMemorySpanExporter, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    auth = KINDS[kind](Secret(SECRET))
    replies = PATHS[path] if "oauth" in kind else [each for each in PATHS[path] if each is not TOKEN]
    seen = [repr(auth), repr(vars(auth))]
    with connected(*replies, auth=auth) as (http, _, ears):
        for method in ("GET", "POST"):
            try:
                response = http.request(method, "/x", json={"a": 1} if method == "POST" else None)
                seen.append(f"{response!r} {response.request!r} {response.request.headers.raw!r}")
            except ConnectorError as error:
                seen += [repr(error), repr(vars(error)), *traceback.format_exception(error)]
        seen += [repr(http.exchanges()), repr(vars(ears)), repr(http)]
    seen += [span.to_json() for span in spans.get_finished_spans()]
    _require_unseen("\n".join([*seen, caplog.text]))


def test_not_even_httpcores_debug_log_shows_it(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with serving(answer(), replied(b"garbage\r\n\r\n"), HANG_UP) as server:
        for kind in ("basic", "bearer", "header", "query"):
            settings = HttpSettings(
                proxy=Secret(f"http://u:{quote(SECRET, safe='')}@127.0.0.1:{server.port}")
            )
            for given in (HttpSettings(), settings):
                with wired(server.url, auth=KINDS[kind](Secret(SECRET)), settings=given) as (http, _):
                    try:
                        http.get("/x")
                    except ConnectorError as error:
                        _require_unseen("".join(traceback.format_exception(error)))
    assert "send_request_headers" in caplog.text
    _require_unseen(caplog.text)
