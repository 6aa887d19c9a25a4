"""Put credentials on each attempt, and renew them once where the system says they have run out."""

import httpx

from connector_sdk.http.auth import Auth, NoAuth
from connector_sdk.http.exchange import Exchange
from connector_sdk.http.layer import EXCHANGE, Layer, Send
from connector_sdk.http.origin import Origin


def authorize(auth: Auth, home: Origin, tokens: Send) -> Layer:
    """Return the layer; `tokens` is the stack without it, `home` the only origin that gets credentials.

    Credentials are on the request only while it is being sent: whoever holds it later cannot show them.
    """
    if isinstance(auth, NoAuth):
        return lambda request, send: send(request)

    def layer(request: httpx.Request, send: Send) -> httpx.Response:
        exchange: Exchange = request.extensions[EXCHANGE]
        if (exchange.host, exchange.port, exchange.scheme) != (home.host, home.port, home.scheme):
            return send(request)
        url, headers = request.url, request.headers
        request.headers = headers.copy()
        try:
            auth.apply(request, tokens)
            response = send(request)
            if auth.expired(response):
                response = _renewed(request, response, send)
            return response
        finally:
            request.url, request.headers = url, headers

    def _renewed(request: httpx.Request, response: httpx.Response, send: Send) -> httpx.Response:
        renewed = False
        try:
            renewed = auth.renew(request, tokens)
            if not renewed:
                return response
            auth.apply(request, tokens)
        except BaseException:
            renewed = True
            raise
        finally:
            if renewed:
                response.close()
        return send(request)

    return layer
