"""Put credentials on each attempt, and renew them once where the system says they have run out."""

import httpx

from connector_sdk.http.auth import Auth
from connector_sdk.http.layer import EXCHANGE, Layer, Send
from connector_sdk.http.origin import Origin


def authorize(auth: Auth, home: Origin, tokens: Send) -> Layer:
    """Return the layer; `tokens` is the stack without it, `home` the only origin that gets credentials."""

    def layer(request: httpx.Request, send: Send) -> httpx.Response:
        exchange = request.extensions[EXCHANGE]
        if Origin(exchange.scheme, exchange.host, exchange.port) != home:
            return send(request)
        auth.apply(request, tokens)
        response = send(request)
        if not auth.expired(response):
            return response
        try:
            renewed = auth.renew(request, tokens)
        except BaseException:
            response.close()
            raise
        if not renewed:
            return response
        response.close()
        auth.apply(request, tokens)
        return send(request)

    return layer
