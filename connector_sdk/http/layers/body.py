"""Read a body to its proven end; what is cut, unframed or too large is an error and never data."""

import httpx

from connector_sdk.errors import IncompleteResponseError
from connector_sdk.http.exchange import Exchange
from connector_sdk.http.failures import translated
from connector_sdk.http.framing import BrokenBodyError, inflated, require_framed
from connector_sdk.http.layer import EXCHANGE, Layer, Send
from connector_sdk.http.policy import BodyPolicy

_FAILED = 400


def body(policy: BodyPolicy) -> Layer:
    """Return the layer. Of an error's body it takes what there is: the status has said what matters."""

    def layer(request: httpx.Request, send: Send) -> httpx.Response:
        response = send(request)
        exchange: Exchange = request.extensions[EXCHANGE]
        try:
            if response.status_code >= _FAILED:
                content = _beginning(response, exchange, policy)
            else:
                content = _whole(request, response, exchange, policy)
        finally:
            response.close()
        kept = [(name, value) for name, value in response.headers.raw if name.lower() not in _SPENT]
        return httpx.Response(response.status_code, headers=kept, content=content, request=request)

    return layer


_SPENT = frozenset({b"content-encoding", b"content-length", b"transfer-encoding"})
"""Headers that were true of the body on the wire."""


def _whole(request: httpx.Request, response: httpx.Response, exchange: Exchange, policy: BodyPolicy) -> bytes:
    try:
        if request.method != "HEAD" and response.status_code not in _BODILESS:
            require_framed(response)
        return b"".join(inflated(response, exchange, policy))
    except httpx.TimeoutException as error:
        raise translated(error, exchange) from None
    except httpx.TransportError:
        raise _incomplete(exchange, BrokenBodyError("body-cut", "ended before its announced end")) from None
    except BrokenBodyError as broken:
        raise _incomplete(exchange, broken) from None


_BODILESS = frozenset({204, 304})


def _beginning(response: httpx.Response, exchange: Exchange, policy: BodyPolicy) -> bytes:
    """Return the first bytes of an error's body; where more follow, the connection is given up."""
    found = b""
    try:
        for part in inflated(response, exchange, policy):
            found += part[: policy.error]
            if len(found) > policy.error:
                break
    except (httpx.TransportError, BrokenBodyError):
        pass
    return found[: policy.error]


def _incomplete(exchange: Exchange, broken: BrokenBodyError) -> IncompleteResponseError:
    return IncompleteResponseError(
        f"{exchange.method} {exchange.path}: the body of the answer {broken.what}",
        code=broken.code,
        hint="nothing of it was taken for data; run again, and if it stays, ask who runs the system or a "
        "proxy before it",
        request_id=exchange.request_id,
    )
