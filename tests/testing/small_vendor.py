"""A vendor with one endpoint of each kind, to test what all simulators have in common."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

from connector_sdk.testing import Request, Response, Route, Simulator, as_json, change


@dataclass
class Settings:
    page_size: int = 100
    shuffled: bool = False


class SmallVendor(Simulator):
    """Keeps what it is sent."""

    fault_names: ClassVar[frozenset[str]] = frozenset({"tired"})

    def __init__(self, **options: Any) -> None:
        self.kept: list[bytes] = []
        self.settings = Settings()
        super().__init__(**options)

    @property
    def config(self) -> dict[str, Any]:
        return {"base_url": self.url}

    def routes(self) -> Iterable[Route]:
        return [
            Route("POST", "/items", self.keep),
            Route("GET", "/items/{name}", self.show),
            Route("GET", "/broken", self.broken),
        ]

    def controls(self) -> Mapping[str, Any]:
        return {"settings": partial(change, self.settings)}

    def keep(self, request: Request) -> Response:
        self.kept.append(request.body)
        return as_json({"bytes": len(request.body)}, 201)

    def show(self, request: Request, name: str) -> Response:
        if "tired" in request.faults:
            return as_json({"tired": request.faults["tired"]}, 500)
        return as_json({"name": name, "text": "x" * 5000})

    def broken(self, request: Request) -> Response:
        raise LookupError("a bug of the simulator")
