"""Refusals reach whoever records them before the error leaves, each of them once."""

from weakref import WeakSet

from connector_sdk.compliance import Refusal
from connector_sdk.errors import ComplianceError
from connector_sdk.http.exchange import Exchange
from connector_sdk.http.observer import Observer


class Refusals:
    """Tells the observer of one connection. What refuses a token ends two calls, and is one refusal."""

    def __init__(self, connector: str, observer: Observer) -> None:
        self._connector = connector
        self._observer = observer
        self._told: WeakSet[ComplianceError] = WeakSet()

    def tell(self, error: ComplianceError, exchange: Exchange) -> None:
        """Tell of a refusal; raises AuditUnavailableError where it cannot be recorded."""
        if error not in self._told:
            self._told.add(error)
            at = exchange
            self._observer.refuse(Refusal(error.code, self._connector, at.method, at.host, at.path))
