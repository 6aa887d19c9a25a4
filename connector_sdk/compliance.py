"""Rules that are asked before anything leaves: the built-in ones, and those of plugins."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A request as rules see it: no header, no query, no body. `path` is its template."""

    method: str
    scheme: str
    host: str
    port: int
    path: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule with a name; `check` returns why a request is refused, or None where it may leave.

    A check that raises refuses, too: a rule that cannot say yes has not said it.
    """

    name: str
    check: Callable[[Outgoing], str | None]


@dataclass(frozen=True, slots=True)
class Refusal:
    """What was refused, for the audit log: names only."""

    code: str
    connector: str
    method: str = ""
    host: str = ""
    path: str = ""
