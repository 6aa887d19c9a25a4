"""Follow a redirect of a read within its own origin; every hop passes the whole stack again."""

from typing import Final

import httpx

from connector_sdk.errors import ComplianceError, IncompleteResponseError
from connector_sdk.http.exchange import Exchange
from connector_sdk.http.layer import EXCHANGE, Layer, Send
from connector_sdk.http.layers.classify import REDIRECTS
from connector_sdk.http.oauth import BASE

MOST_HOPS: Final = 5


def redirects() -> Layer:
    """Return the layer."""

    def layer(request: httpx.Request, send: Send) -> httpx.Response:
        response = send(request)
        for _ in range(MOST_HOPS):
            if response.status_code not in REDIRECTS:
                return response
            request = _next(request, response)
            response = send(request)
        exchange: Exchange = request.extensions[EXCHANGE]
        raise IncompleteResponseError(
            f"{exchange.method} {exchange.path}: redirected more than {MOST_HOPS} times",
            code="redirect-loop",
            hint="check the address in the connector's settings",
        )

    return layer


def _next(request: httpx.Request, response: httpx.Response) -> httpx.Request:
    exchange: Exchange = request.extensions[EXCHANGE]
    location = response.headers.get("location", "")
    if request.method not in ("GET", "HEAD") or not location:
        raise ComplianceError(
            f"{exchange.method} {exchange.path}: the system redirects a write, which is never sent elsewhere",
            code="redirect-refused",
            hint="put the address the system answers at into the connector's settings",
        )
    target = request.extensions[BASE].follow(str(request.url.join(location)), exchange.path, request.headers)
    there: Exchange = target.extensions[EXCHANGE]
    if (there.scheme, there.host, there.port) != (exchange.scheme, exchange.host, exchange.port):
        raise ComplianceError(
            f"{exchange.method} {exchange.path}: redirected from {exchange.host} to {there.host}, "
            "another origin",
            code="redirect-cross-origin",
            hint="put the address the system answers at into the connector's settings, if it is the vendor's",
        )
    for name in ("authorization", "host", "content-length", "content-type"):
        target.headers.pop(name, None)
    target.headers["Host"] = target.url.netloc.decode("ascii")
    made: httpx.Request = target
    return made
