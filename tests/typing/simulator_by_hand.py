"""A simulator of one's own, and its use in a test: mypy and pyright agree on every line."""

from collections.abc import Iterable
from typing import Any

from connector_sdk.testing import Request, Response, Route, Simulator, as_json


class LabSimulator(Simulator):
    """A laboratory that counts."""

    @property
    def config(self) -> dict[str, Any]:
        return {"base_url": self.url}

    def routes(self) -> Iterable[Route]:
        return [Route("GET", "/samples/{key}", self.sample)]

    def sample(self, request: Request, key: str) -> Response:
        return as_json({"id": key, "of": self.records, "page": request.query.get("page")})


def use() -> dict[str, int]:
    """Show how a test drives it."""
    with LabSimulator(seed=7, records=5) as simulator:
        simulator.fault({"path": "/samples"}, times=2, status=503)
        simulator.fault({"method": "GET"}, close="before")
        url: str = simulator.url
        assert url
        return simulator.requests
