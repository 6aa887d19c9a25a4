"""The base of vendor simulators: stateful, seeded, and broken in the ways a test asks for."""

import threading
import traceback
from collections import Counter, deque
from collections.abc import Iterable, Mapping
from dataclasses import replace
from email.utils import format_datetime
from types import TracebackType
from typing import Any, ClassVar, Self

from connector_sdk.clock import SYSTEM_CLOCK
from connector_sdk.testing.control import PREFIX, Control, counted
from connector_sdk.testing.faults import Fault, Faults
from connector_sdk.testing.messages import Request, Response
from connector_sdk.testing.moments import SimulatedClock
from connector_sdk.testing.routes import Route, Routes
from connector_sdk.testing.server import Server
from connector_sdk.testing.wire_listener import LOOPBACK

UNKNOWN = "(unknown)"


class Simulator:
    """A local server that behaves like a vendor's; the same seed gives the same data, byte for byte.

    A vendor's class says what it answers (`routes`), what goes into a pipeline's `config` (`config`), which
    faults of its own it knows (`fault_names`) and what its control endpoint does beyond faults (`controls`).
    Its handlers run one at a time. Use it as a context manager, or `start` and `close` it.
    """

    fault_names: ClassVar[frozenset[str]] = frozenset()

    def __init__(
        self, *, seed: int = 0, records: int = 1000, port: int = 0, clock: SimulatedClock | None = None
    ) -> None:
        self.seed = seed
        self.records = records
        self.clock = clock or SimulatedClock()
        self.faults = Faults(self.fault_names)
        self.exchanges: deque[tuple[str, str, int]] = deque(maxlen=10_000)
        """The latest requests: method, path as sent, status; 0 where the connection was dropped."""
        self._port = port
        self._server: Server | None = None
        self._closing = threading.Event()
        self._lock = threading.RLock()
        self._counts: Counter[tuple[str, int]] = Counter()
        self._bugs: list[str] = []
        self._control = Control(self)
        self._routes = Routes(self.routes())

    def routes(self) -> Iterable[Route]:
        """Return what the vendor answers."""
        raise NotImplementedError

    @property
    def config(self) -> dict[str, Any]:
        """What goes into a pipeline's `config` to reach this simulator."""
        raise NotImplementedError

    def controls(self) -> Mapping[str, Any]:
        """Return functions behind `POST /_simulator/NAME`, each taking the JSON body and returning JSON."""
        return {}

    def respond(self, route: Route, request: Request, values: Mapping[str, str]) -> Response:
        """Answer a request whose route is known; override it for what goes round every handler."""
        response: Response = route.handler(request, **values)
        return response

    def nowhere(self, request: Request, allowed: tuple[str, ...]) -> Response:  # noqa: ARG002 - for overriding
        """Answer a path that no route has, or whose routes take other methods."""
        return Response(405 if allowed else 404, headers={"Allow": ", ".join(allowed)} if allowed else {})

    @property
    def url(self) -> str:
        """Where it listens, e.g. `http://127.0.0.1:40123`."""
        if self._server is None:
            raise RuntimeError("the simulator is not running: use it in a with statement")
        return f"http://{LOOPBACK}:{self._server.port}"

    @property
    def requests(self) -> dict[str, int]:
        """Requests by endpoint, e.g. `{"GET /items/{id}": 3}`; the control endpoint is not counted."""
        found: Counter[str] = Counter()
        with self._lock:
            for (endpoint, _status), count in self._counts.items():
                found[endpoint] += count
        return dict(found)

    @property
    def answers(self) -> dict[str, dict[int, int]]:
        """Requests by endpoint and status; status 0 counts connections that were dropped."""
        with self._lock:
            return counted(self._counts)

    def fault(self, match: Mapping[str, str] | None = None, **document: Any) -> None:
        """Script a fault, e.g. `fault({"path": "/query"}, times=2, status=503)`; see `faults`."""
        self.faults.add({"match": dict(match or {}), **document})

    def start(self) -> Self:
        """Listen; raises ConfigurationError where the port is taken."""
        self._server = Server(self._serve, lambda: format_datetime(self.clock.now(), usegmt=True), self._port)
        return self

    def close(self) -> None:
        """Stop listening and end every connection."""
        self._closing.set()
        if self._server is not None:
            self._server.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
        if self._bugs and error is None:
            raise AssertionError(f"the simulator itself failed:\n{self._bugs[0]}")

    def _serve(self, request: Request) -> Response | None:
        if request.path.startswith(PREFIX):
            with self._lock:
                return self._control.answer(request)
        found = self._routes.find(request)
        endpoint = found.route.endpoint if found.route else f"{request.method} {UNKNOWN}"
        response = self._with_faults(request, self.faults.strike(request))
        status = response.status if response else 0
        with self._lock:
            self._counts[endpoint, status] += 1
            self.exchanges.append((request.method, request.path, status))
        return response

    def _with_faults(self, request: Request, faults: list[Fault]) -> Response | None:
        named = {fault.action: fault.argument for fault in faults if fault.action in self.fault_names}
        for fault in faults:
            if fault.action == "delay":
                SYSTEM_CLOCK.sleep(fault.argument, self._closing)
            elif fault.response is not None:
                return fault.response
            elif fault.action == "close" and fault.argument == "before":
                return None
        response = self._handled(replace(request, faults=named))
        for fault in faults:
            if fault.action == "close":
                return None
            if fault.action == "cut":
                response = replace(response, cut=fault.argument)
        return response

    def _handled(self, request: Request) -> Response:
        found = self._routes.find(request)
        with self._lock:
            try:
                if found.route is None:
                    return self.nowhere(request, found.allowed)
                return self.respond(found.route, request, found.values)
            except Exception:  # noqa: BLE001 - told when the simulator ends, so that no test passes over it
                self._bugs.append(traceback.format_exc())
                return Response(500, b"the simulator itself failed", "text/plain")
