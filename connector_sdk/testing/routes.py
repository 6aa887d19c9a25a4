"""Which handler answers which path."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from connector_sdk.testing.messages import Request, Response

Handler = Callable[..., Response]


@dataclass(frozen=True, slots=True)
class Route:
    """A method, a path with `{names}` that each stand for one segment, and who answers it.

    The handler is called with the request and the decoded values of the names.
    """

    method: str
    template: str
    handler: Handler

    @property
    def endpoint(self) -> str:
        """The name under which requests are counted, e.g. `GET /items/{id}`."""
        return f"{self.method} {self.template}"


@dataclass(frozen=True, slots=True)
class Found:
    """Where a request leads: a route with its values, or the methods that its path takes."""

    route: Route | None
    values: dict[str, Any]
    allowed: tuple[str, ...] = ()


class Routes:
    """All routes of a simulator; the first that fits wins, a slash at the end does not matter."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._routes = [(route, re.compile(_pattern(route.template))) for route in routes]

    def find(self, request: Request) -> Found:
        """Return the route of a request."""
        allowed: list[str] = []
        for route, pattern in self._routes:
            match = pattern.fullmatch(request.path)
            if match and route.method == request.method:
                return Found(route, {name: unquote(value) for name, value in match.groupdict().items()})
            if match:
                allowed.append(route.method)
        return Found(None, {}, tuple(sorted(set(allowed))))


def _pattern(template: str) -> str:
    parts = re.split(r"\{(\w+)\}", template)
    fixed = [re.escape(part) for part in parts[::2]]
    named = [f"(?P<{name}>[^/]+)" for name in parts[1::2]]
    pairs = zip(fixed, [*named, ""], strict=True)
    return "".join(text for pair in pairs for text in pair) + "/?"
