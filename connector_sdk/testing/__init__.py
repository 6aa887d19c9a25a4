"""What plugins test themselves with: the base of vendor simulators, on the standard library alone."""

from connector_sdk.testing.caller import Answer, Caller
from connector_sdk.testing.faults import Fault, Faults
from connector_sdk.testing.messages import Request, Response, as_json
from connector_sdk.testing.moments import SimulatedClock, moment
from connector_sdk.testing.routes import Route, Routes
from connector_sdk.testing.simulator import Simulator
from connector_sdk.testing.switches import change

__all__ = [
    "Answer",
    "Caller",
    "Fault",
    "Faults",
    "Request",
    "Response",
    "Route",
    "Routes",
    "SimulatedClock",
    "Simulator",
    "as_json",
    "change",
    "moment",
]
