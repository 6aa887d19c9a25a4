"""What a layer of the stack is."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

if TYPE_CHECKING:  # authors import this module, and listing connectors must not load httpx
    from httpx import Request, Response

Send = Callable[["Request"], "Response"]
"""Whatever stands below a layer."""

Layer = Callable[["Request", Send], "Response"]
"""Does its part around `send(request)`: exactly once, unless it is the layer that repeats."""

EXCHANGE = "connector_sdk.exchange"
"""Key in `request.extensions` under which the call's `Exchange` travels."""

BUILDER = "connector_sdk.builder"
"""Key in `request.extensions` of the `RequestBuilder` that made the request; more are made with the same."""

Place = Literal["redirects", "call span", "audit", "guard", "retry", "breaker", "ratelimit", "attempt span"]


@dataclass(frozen=True, slots=True)
class ExtraLayer:
    """A layer of a plugin, put just outside a built-in one, so that it cannot slip below what guards it.

    Raises ValueError for another place: the layer would be left out.
    """

    layer: Layer
    outside: Place = "retry"

    def __post_init__(self) -> None:
        if self.outside not in get_args(Place):
            raise ValueError(f"a layer stands outside of one of: {', '.join(get_args(Place))}")
