"""An org on loopback, and a connector that knows it and never really waits."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from connector_salesforce.config import SalesforceConfig
from connector_salesforce.connector import Salesforce
from connector_salesforce.simulator import SalesforceSimulator

from connector_sdk.connector import Call
from connector_sdk.connector.connection import Connection


class QuickClock:
    """Passes the time at once, and remembers how much was slept."""

    def __init__(self) -> None:
        self.time = datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self.time

    def monotonic(self) -> float:
        return self.time.timestamp()

    def sleep(self, seconds: float, wake: threading.Event | None = None) -> bool:
        self.slept.append(seconds)
        self.time += timedelta(seconds=seconds)
        return False


Connect = Callable[..., Salesforce]


@pytest.fixture
def clock() -> QuickClock:
    return QuickClock()


@pytest.fixture
def call(clock: QuickClock) -> Call:
    return Call(pipeline="p", partition="0", clock=clock)


@pytest.fixture
def org() -> Iterator[SalesforceSimulator]:
    with SalesforceSimulator(seed=7, records=50) as simulator:
        yield simulator


@pytest.fixture
def connect(org: SalesforceSimulator, clock: QuickClock) -> Iterator[Connect]:
    """Make connectors to the org; settings given replace the org's own."""
    made: list[Salesforce] = []

    def make(**settings: Any) -> Salesforce:
        connector = Salesforce(SalesforceConfig.model_validate({**org.config, **settings}))
        connector.attach(Connection(clock=clock))
        made.append(connector)
        return connector

    yield make
    for connector in made:
        connector.close()
