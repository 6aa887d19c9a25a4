"""The order of the layers. Order is behaviour, and this page is all of it.

redirects     every hop is a call of its own and passes everything below
call span     the trace knows each call, refused ones too
audit         refusals are recorded, too
guard         nothing that is refused is ever attempted
retry         each repeat passes everything below
breaker       counts attempts, not calls
ratelimit     repeats wait their turn, too
attempt span  one child span an attempt
classify      the layers above see our errors, never a status
body          read to its proven end before anybody calls it data
auth          each attempt carries fresh credentials; below body, so that it sees the bare 401
transport     the wire
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import httpx

from connector_sdk.clock import Clock
from connector_sdk.compliance import Rule
from connector_sdk.events import BreakerChanged
from connector_sdk.http.layer import ExtraLayer, Layer, Place, Send
from connector_sdk.http.layers.audit import audit
from connector_sdk.http.layers.authorize import authorize
from connector_sdk.http.layers.body import body
from connector_sdk.http.layers.breaker import Breaker, breaker
from connector_sdk.http.layers.classify import classify
from connector_sdk.http.layers.guard import guard
from connector_sdk.http.layers.ratelimit import ratelimit
from connector_sdk.http.layers.redirects import redirects
from connector_sdk.http.layers.retry import retry
from connector_sdk.http.layers.spans import attempt_span, call_span
from connector_sdk.http.layers.transport import transport
from connector_sdk.http.observer import Observer
from connector_sdk.http.origin import origin_of
from connector_sdk.http.policy import HttpPolicy


@dataclass(frozen=True)
class Surroundings:
    """What the stack gets from above: time, ears, company rules, layers of plugins, and the wire."""

    clock: Clock
    observer: Observer
    rules: Sequence[Rule]
    extra: Sequence[ExtraLayer]
    pool: httpx.BaseTransport


def build(policy: HttpPolicy, around: Surroundings) -> Send:
    """Return the whole stack as one function from request to response."""
    shared = _outer(policy, around)
    inner: list[Layer] = [
        classify(policy.errors),
        body(policy.body, policy.settings.timeouts.total, around.clock),
    ]
    wire = transport(around.pool)
    tokens = _composed([*shared, *inner], wire)
    auth = authorize(policy.auth, origin_of(policy.base_url), tokens)
    return _composed([*shared, *inner, auth], wire)


def _outer(policy: HttpPolicy, around: Surroundings) -> list[Layer]:
    clock, observer = around.clock, around.observer
    home = origin_of(policy.base_url)

    def changed(before: str, after: str) -> None:
        observer.emit(BreakerChanged(host=home.host, before=before, after=after))

    state = Breaker(policy.breaker, clock, changed)
    named: list[tuple[Place, Layer]] = [
        ("redirects", redirects()),
        ("call span", call_span(policy.connector)),
        ("audit", audit(policy.connector, observer, clock)),
        ("guard", guard(policy.connector, policy.hosts, around.rules)),
        ("retry", retry(policy.retry, clock, observer)),
        ("breaker", breaker(state)),
        ("ratelimit", ratelimit(policy.rate_limit, clock)),
        ("attempt span", attempt_span(clock)),
    ]
    return [
        layer
        for place, built_in in named
        for layer in [*(each.layer for each in around.extra if each.outside == place), built_in]
    ]


def _composed(layers: Sequence[Layer], innermost: Send) -> Send:
    send = innermost
    for layer in reversed(layers):
        send = _around(layer, send)
    return send


def _around(layer: Layer, send: Send) -> Callable[[httpx.Request], httpx.Response]:
    return lambda request: layer(request, send)
