"""What a player sees and answers, and the faults it is told to strike with."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from connector_sdk.testing.wire import Sent


@dataclass(frozen=True, slots=True)
class Reply:
    """A sound answer: what the book says, or what a fault makes of it; framed by `Content-Length`."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Seen:
    """One request and what became of it.

    `exchange` is the name of the one in the book that it asked for, None where there is none; `nth` says how
    often that one was asked for before, and `index` is its place among the exchanges being played that issue
    no credentials (-1 where it issues some, or is in no book). `writes` tells whether it changes something at
    the vendor's; `path` is decoded, `target` is not. `fault` names the fault that struck it; `status` is the
    one sent, None where none was. Names of headers are in lower case; `at` is monotonic, in seconds.
    """

    number: int
    method: str
    target: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    at: float
    exchange: str | None = None
    nth: int = 0
    index: int = -1
    writes: bool = False
    fault: str | None = None
    status: int | None = None


Change = Callable[[Seen, Reply], Sent | Reply]
"""Makes of the book's answer what is sent instead: a sound `Reply`, `${SERVER}` filled in, or any bytes."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong, where (`on`), and at most how often (`times`; None is always).

    `expect` is how often, at least and at most, it must have struck for a rule to have been tried at all.
    With `stores`, the system did what it was asked to before the answer was spoiled: a write has taken
    effect; otherwise it has not.
    """

    name: str
    change: Change
    on: Callable[[Seen], bool]
    times: int | None = 1
    expect: tuple[int, int | None] = (1, None)
    stores: bool = False
