"""Spread requests over time as the vendor asks for; repeats wait their turn, too."""

import math

import httpx
from pyrate_limiter import InMemoryBucket, Rate, RateItem

from connector_sdk.clock import Clock
from connector_sdk.http.layer import Layer, Send
from connector_sdk.http.policy import RateLimit


def ratelimit(limit: RateLimit | None, clock: Clock) -> Layer:
    """Return the layer; without a limit it lets everything pass."""
    if limit is None:
        return lambda request, send: send(request)
    bucket = InMemoryBucket([Rate(limit.calls, math.ceil(limit.per * 1000))])

    def layer(request: httpx.Request, send: Send) -> httpx.Response:
        while True:
            now = math.floor(clock.monotonic() * 1000)
            bucket.leak(now)
            item = RateItem("call", now)
            if bucket.put(item):
                return send(request)
            wait = bucket.waiting(item)
            assert isinstance(wait, int)  # noqa: S101 - a bucket in memory answers at once
            clock.sleep(max(wait, 1) / 1000)

    return layer
