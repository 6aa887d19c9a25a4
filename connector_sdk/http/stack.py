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

Tokens are asked for through the same layers, without auth, and without retry and breaker: asking is part of
the attempt that needs the token, which these two already stand around.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import httpx

from connector_sdk.clock import Clock
from connector_sdk.compliance import Rule
from connector_sdk.events import BreakerChanged
from connector_sdk.http.builder import setting_unusable
from connector_sdk.http.circuit import Breaker
from connector_sdk.http.layer import ExtraLayer, Layer, Place, Send
from connector_sdk.http.layers.audit import audit
from connector_sdk.http.layers.authorize import authorize
from connector_sdk.http.layers.body import body
from connector_sdk.http.layers.breaker import breaker
from connector_sdk.http.layers.classify import classify
from connector_sdk.http.layers.guard import guard
from connector_sdk.http.layers.ratelimit import ratelimit
from connector_sdk.http.layers.redirects import redirects
from connector_sdk.http.layers.retry import retry
from connector_sdk.http.layers.spans import attempt_span, call_span
from connector_sdk.http.layers.transport import transport
from connector_sdk.http.observer import Observer
from connector_sdk.http.origin import Origin, origin_of
from connector_sdk.http.policy import HttpPolicy
from connector_sdk.http.refusals import Refusals


@dataclass(frozen=True)
class Surroundings:
    """What the stack gets from above: time, ears, company rules, layers of plugins, and the wire."""

    clock: Clock
    observer: Observer
    rules: Sequence[Rule]
    extra: Sequence[ExtraLayer]
    pool: httpx.BaseTransport


def build(policy: HttpPolicy, around: Surroundings) -> Send:
    """Return the whole stack as one function from request to response.

    Raises ConfigurationError where the base URL is none.
    """
    try:
        home = origin_of(policy.base_url)
    except ValueError:
        raise setting_unusable() from None
    outer = _outer(policy, around, home)
    inner = [classify(policy.connector, policy.errors, around.clock), body(policy.body)]
    wire = transport(around.pool, policy.settings.timeouts.total, around.clock)
    tokens = _composed([*_placed(outer, around.extra, without=("retry", "breaker")), *inner], wire)
    return _composed([*_placed(outer, around.extra), *inner, authorize(policy.auth, home, tokens)], wire)


def _outer(policy: HttpPolicy, around: Surroundings, home: Origin) -> Mapping[Place, Layer]:
    clock, observer = around.clock, around.observer
    refusals = Refusals(policy.connector, observer)

    def changed(before: str, after: str) -> None:
        observer.emit(BreakerChanged(host=home.host, before=before, after=after))

    return {
        "redirects": redirects(refusals),
        "call span": call_span(policy.connector),
        "audit": audit(observer, refusals, clock),
        "guard": guard(policy.connector, policy.hosts, around.rules),
        "retry": retry(policy.retry, clock, observer),
        "breaker": breaker(Breaker(policy.breaker, clock, changed)),
        "ratelimit": ratelimit(policy.rate_limit, policy.retry.patience, clock),
        "attempt span": attempt_span(clock),
    }


def _placed(
    outer: Mapping[Place, Layer], extra: Sequence[ExtraLayer], without: Collection[Place] = ()
) -> Iterator[Layer]:
    """Yield the outer layers, each after those that plugins put just outside it."""
    for place, layer in outer.items():
        yield from (each.layer for each in extra if each.outside == place)
        if place not in without:
            yield layer


def _composed(layers: Sequence[Layer], innermost: Send) -> Send:
    send = innermost
    for layer in reversed(layers):
        send = _around(layer, send)
    return send


def _around(layer: Layer, send: Send) -> Send:
    return lambda request: layer(request, send)
