"""`/_simulator/`: how a program in another process scripts a simulator and asks what it was asked."""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from connector_sdk.errors import ConfigurationError
from connector_sdk.testing.faults import Faults
from connector_sdk.testing.messages import Request, Response, as_json
from connector_sdk.testing.moments import SimulatedClock, moment

PREFIX = "/_simulator/"


class Controlled(Protocol):
    """What the control endpoint works on."""

    faults: Faults
    clock: SimulatedClock

    @property
    def answers(self) -> dict[str, dict[int, int]]:
        """Requests by endpoint and status."""
        ...

    def controls(self) -> Mapping[str, Callable[[Any], Any]]:
        """The vendor's own controls."""
        ...


class Control:
    """Answers `faults` (POST a list, DELETE), `requests` (GET), `clock` (POST) and the vendor's controls."""

    def __init__(self, simulator: Controlled) -> None:
        self._simulator = simulator

    def answer(self, request: Request) -> Response:
        """Answer a request below `PREFIX`."""
        name = request.path.removeprefix(PREFIX).rstrip("/")
        try:
            return self._do(request, name)
        except ConfigurationError as error:
            return as_json({"error": str(error), "hint": error.hint}, 400)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            return as_json({"error": f"{type(error).__name__}: {error}"}, 400)

    def _do(self, request: Request, name: str) -> Response:
        if (request.method, name) == ("GET", "requests"):
            return as_json(self._requests())
        if (request.method, name) == ("DELETE", "faults"):
            self._simulator.faults.clear()
            return as_json({"faults": 0})
        posts = {"faults": self._faults, "clock": self._clock, **self._simulator.controls()}
        if request.method == "POST" and name in posts:
            return as_json(posts[name](request.json() if request.body else None))
        return as_json({"error": f"there is no {request.method} {name}", "known": sorted(posts)}, 404)

    def _faults(self, documents: Any) -> dict[str, int]:
        listed = documents if isinstance(documents, list) else [documents]
        for document in listed:
            self._simulator.faults.add(document)
        return {"faults": len(listed)}

    def _clock(self, document: Any) -> dict[str, str]:
        """Set the clock: `{"now": "2026-11-22T09:00:00Z"}`, `{"now": null}` or `{"advance": 60}`."""
        if "advance" in document:
            self._simulator.clock.advance(float(document["advance"]))
        else:
            self._simulator.clock.set(moment(document["now"]) if document["now"] else None)
        return {"now": self._simulator.clock.now().isoformat()}

    def _requests(self) -> dict[str, Any]:
        found = self._simulator.answers
        return {
            "total": sum(sum(answers.values()) for answers in found.values()),
            "endpoints": {
                endpoint: {
                    "requests": sum(answers.values()),
                    "answers": {str(status or "dropped"): count for status, count in answers.items()},
                }
                for endpoint, answers in sorted(found.items())
            },
        }


def counted(counts: Counter[tuple[str, int]]) -> dict[str, dict[int, int]]:
    """Return counts by endpoint, then status."""
    found: dict[str, dict[int, int]] = {}
    for (endpoint, status), count in sorted(counts.items()):
        found.setdefault(endpoint, {})[status] = count
    return found
