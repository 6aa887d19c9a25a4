"""Connections for tests: a clock that does not wait, an observer that remembers, replies in a list."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

from connector_sdk.compliance import Refusal
from connector_sdk.events import Happening
from connector_sdk.http.client import Http
from connector_sdk.http.exchange import Exchange
from connector_sdk.http.policy import HttpPolicy, RetryPolicy
from tests.clocks import FakeClock

BASE = "https://api.acme.example"
ONCE = RetryPolicy(attempts=1)


@dataclass
class Ears:
    """An observer that remembers."""

    happenings: list[Happening] = field(default_factory=list)
    exchanges: list[Exchange] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)

    def emit(self, happening: Happening) -> None:
        self.happenings.append(happening)

    def record(self, exchange: Exchange) -> None:
        self.exchanges.append(exchange)

    def refuse(self, refusal: Refusal) -> None:
        self.refusals.append(refusal)

    def of(self, kind: type) -> list[Any]:
        """Return what happened of one kind."""
        return [happening for happening in self.happenings if isinstance(happening, kind)]


Reply = httpx.Response | Exception | Callable[[httpx.Request], httpx.Response]


@dataclass
class Replies(httpx.BaseTransport):
    """Stands for the wire: gives the n-th request the n-th reply, the last one again and again.

    Requests are kept as they were sent, credentials included.
    """

    replies: list[Reply]
    requests: list[httpx.Request] = field(default_factory=list)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(
            httpx.Request(request.method, request.url, headers=request.headers, content=request.content)
        )
        reply = self.replies[min(len(self.requests), len(self.replies)) - 1]
        if isinstance(reply, Exception):
            raise reply
        given = reply if isinstance(reply, httpx.Response) else reply(request)
        headers = {"Content-Length": str(len(given.content)), **given.headers}
        return httpx.Response(given.status_code, headers=headers, content=given.content)


def reply(status: int = 200, json: Any = None, **headers: str) -> httpx.Response:
    """Return a reply; header names are written with `_`."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(status, json={} if json is None else json, headers=named)


def policy(**settings: Any) -> HttpPolicy:
    """Return the policy of a connector `acme` at `BASE`, or at `base_url`."""
    base = settings.pop("base_url", BASE)
    host = base.partition("://")[2]
    return HttpPolicy(**{"connector": "acme", "base_url": base, "hosts": (host,), **settings})


@contextmanager
def connected(*replies: Reply, clock: Any = None, **settings: Any) -> Iterator[tuple[Http, Replies, Ears]]:
    """Open a connection whose wire is `replies`; settings are those of `HttpPolicy`, `rules` and `extra`."""
    wire, ears = Replies(list(replies)), Ears()
    given = {name: settings.pop(name) for name in ("rules", "extra") if name in settings}
    with Http(policy(**settings), clock=clock or FakeClock(), observer=ears, pool=wire, **given) as http:
        yield http, wire, ears


@contextmanager
def wired(base_url: str, **settings: Any) -> Iterator[tuple[Http, Ears]]:
    """Open a connection over real sockets; each call is made once unless told."""
    ears = Ears()
    given = {name: settings.pop(name) for name in ("clock", "rules", "extra") if name in settings}
    settings.setdefault("retry", ONCE)
    with Http(policy(base_url=base_url, **settings), observer=ears, **given) as http:
        yield http, ears
