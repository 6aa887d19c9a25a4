"""A connector, assembled as a run assembles it, and what it says of its calls."""

from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

from connector_sdk.compliance import Refusal
from connector_sdk.conformance.commands import Open
from connector_sdk.conformance.host.clock import VirtualClock
from connector_sdk.conformance.host.resources import held, held_once_settled
from connector_sdk.conformance.protocol import CallSeen, EventSeen, Held, Resources
from connector_sdk.connector import Call, Connector
from connector_sdk.documents import of_text
from connector_sdk.events import Happening
from connector_sdk.http.exchange import Exchange
from connector_sdk.http.policy import HttpSettings, Timeouts
from connector_sdk.plugins.hooks import Hooks, load_hooks
from connector_sdk.session import Surroundings, connect

PARTITION: Final = "conformance"
_SALT: Final = b"conformance-conformance-conforma"
"""The same in each process, as a ledger's is in each run: a cursor goes on from one to the next."""


@dataclass
class Listener:
    """Keeps what the connections of this process tell."""

    calls: list[CallSeen] = field(default_factory=list)
    events: list[EventSeen] = field(default_factory=list)

    def emit(self, happening: Happening) -> None:
        """Keep an event."""
        self.events.append(EventSeen(happening.type, asdict(happening)))

    def record(self, exchange: Exchange) -> None:
        """Keep the record of a call."""
        self.calls.append(CallSeen(**{name: getattr(exchange, name) for name in CallSeen.__struct_fields__}))

    def refuse(self, refusal: Refusal) -> None:
        """Keep what was refused."""
        self.events.append(EventSeen("compliance.refused", asdict(refusal)))


@dataclass(frozen=True, slots=True)
class Opened:
    """A connector that is open, the time it lives in, and what the process held before."""

    connector: Connector[Any]
    clock: VirtualClock
    before: Held

    def call(self) -> Call:
        """Return a fresh conversation."""
        return Call(pipeline=PARTITION, partition=PARTITION, salt=_SALT, clock=self.clock)

    def close(self) -> Resources:
        """Close the connector, and count."""
        self.connector.close()
        return Resources(self.before, held_once_settled(self.before))


def opened(order: Open, listener: Listener, sleeps: list[float]) -> Opened:
    """Configure the connector; raises ConfigurationError, or DocumentError with the place."""
    before = held()
    document = of_text(Path.cwd() / "config.yaml", order.config)
    clock = VirtualClock(datetime.fromisoformat(order.clock), sleeps.append)
    settings = HttpSettings(
        timeouts=Timeouts(**order.timeouts),
        ca_bundle=Path(order.ca_bundle) if order.ca_bundle else None,
    )
    around = Surroundings(settings=settings, hooks=_hooks(order.connector), clock=clock)
    connector = connect(order.connector, document, (), around)
    connector.observe(listener)
    return Opened(connector, clock, before)


@cache
def _hooks(connector: str) -> Hooks:
    """Load the hooks once for all openings of this process."""
    return load_hooks([connector])
