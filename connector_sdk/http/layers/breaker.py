"""Leave a system alone that is down, and find out with one call whether it is back."""

import httpx

from connector_sdk.errors import (
    ConnectorError,
    IncompleteResponseError,
    RejectedError,
    ThrottledError,
    UnavailableError,
    UnreachableError,
)
from connector_sdk.http.circuit import Breaker, Went
from connector_sdk.http.exchange import Exchange
from connector_sdk.http.layer import EXCHANGE, Layer, Send

_ANSWERED = (RejectedError, ThrottledError)
_FAILED = (UnavailableError, UnreachableError, IncompleteResponseError)


def breaker(state: Breaker) -> Layer:
    """Return the layer; an answer is a good sign even where it says no, and a slower pace is no failure.

    What was never sent (no room within the connector's own pace, no token) is no answer of the system.
    """

    def layer(request: httpx.Request, send: Send) -> httpx.Response:
        exchange: Exchange = request.extensions[EXCHANGE]
        admitted = state.admit(repeatable=exchange.repeatable)
        sent_before = exchange.attempts
        went: Went = None
        try:
            response = send(request)
            went = True
        except ConnectorError as error:
            if isinstance(error, _FAILED):
                went = False
            elif isinstance(error, _ANSWERED) and exchange.attempts > sent_before:
                went = True
            raise
        finally:
            state.note(admitted, went)
        return response

    return layer
