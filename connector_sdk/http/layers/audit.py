"""Keep what each call was and came to, for the audit log; a call that cannot be recorded has failed."""

import httpx

from connector_sdk.clock import Clock
from connector_sdk.errors import ComplianceError, ConnectorError
from connector_sdk.http.exchange import Exchange
from connector_sdk.http.layer import EXCHANGE, Layer, Send
from connector_sdk.http.observer import Observer
from connector_sdk.http.refusals import Refusals


def audit(observer: Observer, refusals: Refusals, clock: Clock) -> Layer:
    """Return the layer: every call is told to the observer, and a refusal at once."""

    def layer(request: httpx.Request, send: Send) -> httpx.Response:
        exchange: Exchange = request.extensions[EXCHANGE]
        began = clock.monotonic()
        try:
            return send(request)
        except BaseException as error:
            exchange.code = error.code if isinstance(error, ConnectorError) else "internal"
            if isinstance(error, ComplianceError):
                refusals.tell(error, exchange)
            raise
        finally:
            exchange.duration = clock.monotonic() - began
            observer.record(exchange)

    return layer
