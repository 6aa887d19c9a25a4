"""Who is told of what happens on a connection: supplied by whoever uses it, silent where nobody asks."""

from typing import Final, Protocol

from connector_sdk.compliance import Refusal
from connector_sdk.events import Happening
from connector_sdk.http.exchange import Exchange


class Observer(Protocol):
    """What the layers tell, one observer a connection; it knows which connection it listens to."""

    def emit(self, happening: Happening) -> None:
        """Learn that something happened; never raises. `connector` and `side` may be left to the observer."""
        ...

    def record(self, exchange: Exchange) -> None:
        """Learn that a call ended, whatever ended it; the observer makes the event `call.finished` of it.

        Raises AuditUnavailableError where it cannot be recorded: then the call has failed.
        """
        ...

    def refuse(self, refusal: Refusal) -> None:
        """Learn, before the error is raised, that something was refused; it is recorded at once.

        Raises AuditUnavailableError where it cannot be.
        """
        ...


class _Silent:
    def emit(self, happening: Happening) -> None:
        pass

    def record(self, exchange: Exchange) -> None:
        pass

    def refuse(self, refusal: Refusal) -> None:
        pass


SILENT: Final[Observer] = _Silent()
"""Listens to nothing."""
