"""Follow a redirect of a read within its own origin; every hop passes the whole stack again."""

from typing import Final

import httpx

from connector_sdk.errors import ComplianceError, IncompleteResponseError
from connector_sdk.http.builder import address_unusable
from connector_sdk.http.exchange import Exchange
from connector_sdk.http.layer import BUILDER, EXCHANGE, Layer, Send
from connector_sdk.http.layers.classify import REDIRECTS
from connector_sdk.http.refusals import Refusals

MOST_HOPS: Final = 5


def redirects(refusals: Refusals) -> Layer:
    """Return the layer; it stands above the audit, and hence tells its refusals itself."""

    def layer(request: httpx.Request, send: Send) -> httpx.Response:
        response = send(request)
        for _ in range(MOST_HOPS):
            if response.status_code not in REDIRECTS:
                return response
            try:
                request = _next(request, response)
            except ComplianceError as error:
                refusals.tell(error, request.extensions[EXCHANGE])
                raise
            response = send(request)
        if response.status_code not in REDIRECTS:
            return response
        exchange: Exchange = request.extensions[EXCHANGE]
        raise IncompleteResponseError(
            f"{exchange.method} {exchange.path}: redirected more than {MOST_HOPS} times",
            code="redirect-loop",
            hint="check the address in the connector's settings",
        )

    return layer


def _next(request: httpx.Request, response: httpx.Response) -> httpx.Request:
    exchange: Exchange = request.extensions[EXCHANGE]
    if request.method not in ("GET", "HEAD"):
        raise ComplianceError(
            f"{exchange.method} {exchange.path}: the system redirects a write, which is never sent elsewhere",
            code="redirect-refused",
            hint="put the address the system answers at into the connector's settings",
        )
    headers = {name: value for name, value in request.headers.items() if name != "host"}
    target: httpx.Request = request.extensions[BUILDER].follow(
        _location(request, response), exchange.path, headers, request.method
    )
    there: Exchange = target.extensions[EXCHANGE]
    if (there.scheme, there.host, there.port) != (exchange.scheme, exchange.host, exchange.port):
        raise ComplianceError(
            f"{exchange.method} {exchange.path}: redirected from {exchange.scheme}://{exchange.host} to "
            f"{there.scheme}://{there.host}, another origin",
            code="redirect-cross-origin",
            hint="put the address the system answers at into the connector's settings, if it is the vendor's",
        )
    return target


def _location(request: httpx.Request, response: httpx.Response) -> str:
    """Return where a redirect leads, resolved; raises IncompleteResponseError where it does not say."""
    location = response.headers.get("location", "")
    try:
        if location:
            return str(request.url.join(location))
    except (httpx.InvalidURL, ValueError):
        pass
    raise address_unusable(request.extensions[EXCHANGE].path)
