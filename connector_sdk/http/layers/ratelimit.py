"""Spread requests over time as the vendor asks for; repeats wait their turn, too."""

import math
import threading

import httpx
from pyrate_limiter import InMemoryBucket, Rate, RateItem

from connector_sdk.clock import Clock
from connector_sdk.errors import ThrottledError
from connector_sdk.http.layer import Layer, Send
from connector_sdk.http.pace import RateLimit


def ratelimit(limit: RateLimit | None, patience: float, clock: Clock) -> Layer:
    """Return the layer; without a limit it lets everything pass. A turn is awaited `patience` seconds."""
    if limit is None:
        return lambda request, send: send(request)
    bucket = InMemoryBucket([Rate(limit.calls, math.ceil(limit.per * 1000))])
    turn = threading.Lock()

    def layer(request: httpx.Request, send: Send) -> httpx.Response:
        patient_until = clock.monotonic() + patience
        while (wait := _asked()) > 0:
            if clock.monotonic() + wait > patient_until:
                raise ThrottledError(
                    "the connector's own limit leaves no room for a call now",
                    code="rate-limit-spent",
                    hint=f"run again in {math.ceil(wait)} s or later",
                    retry_after=wait,
                )
            clock.sleep(wait)
        return send(request)

    def _asked() -> float:
        """Take a place, or return the seconds until there may be one."""
        with turn:
            now = math.floor(clock.monotonic() * 1000)
            bucket.leak(now)
            item = RateItem("call", now)
            if bucket.put(item):
                return 0.0
            wait = bucket.waiting(item)
        assert isinstance(wait, int)  # noqa: S101 - a bucket in memory answers at once
        return max(wait, 1) / 1000

    return layer
