"""What goes wrong on purpose: scripted, counted, and gone when used up.

A fault is a mapping: which requests it fits (`match`), how many of them it strikes (`times`, 1 unless told,
null for all), how many it lets pass first (`after`), and what happens:

    {"status": 503, "headers": {…}, "body": "…", "content_type": "text/html"}   the handler is not asked
    {"close": "before"} {"close": "after"}     the connection drops before or after the handler did its work
    {"cut": 100}                               so many bytes of the body, then the connection drops
    {"delay": 2.5}                             seconds of silence before the handler
    {"html": true}                             a page of maintenance with status 200
    {"expire_session": true} …                 whatever the vendor's simulator names, given to its handler
"""

import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from connector_sdk.errors import ConfigurationError
from connector_sdk.testing.messages import Request, Response

ACTIONS = ("status", "close", "cut", "delay", "html")
WITH_STATUS = frozenset({"headers", "body", "content_type"})
MAINTENANCE = b"<!DOCTYPE html>\n<html><body><h1>We are down for maintenance.</h1></body></html>\n"


@dataclass(slots=True)
class Fault:
    """One thing that goes wrong, `times` times after `after` requests that it fits."""

    action: str
    argument: Any
    method: str | None = None
    path: re.Pattern[str] | None = None
    times: int | None = 1
    after: int = 0
    response: Response | None = None

    def fits(self, request: Request) -> bool:
        """Tell whether this request is meant, whatever the counts say."""
        return self.method in (None, request.method) and (
            self.path is None or self.path.search(request.path) is not None
        )

    def strikes(self) -> bool:
        """Count one request that fits; tell whether it is struck."""
        if self.after > 0:
            self.after -= 1
            return False
        if self.times is None:
            return True
        self.times -= 1
        return self.times >= 0


@dataclass(slots=True)
class Faults:
    """All faults that wait; `names` are the vendor's own."""

    names: frozenset[str] = frozenset()
    _waiting: list[Fault] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, document: Mapping[str, Any]) -> None:
        """Add one; raises ConfigurationError where it is not understood."""
        fault = _read(document, self.names)
        with self._lock:
            self._waiting.append(fault)

    def clear(self) -> None:
        """Forget those that wait."""
        with self._lock:
            self._waiting.clear()

    def strike(self, request: Request) -> list[Fault]:
        """Count a request and return what strikes it, in the order in which it was added."""
        with self._lock:
            struck = [fault for fault in self._waiting if fault.fits(request) and fault.strikes()]
            self._waiting = [fault for fault in self._waiting if fault.times is None or fault.times > 0]
        return struck


def _read(document: Mapping[str, Any], names: frozenset[str]) -> Fault:
    rest = dict(document)
    match = _taken(rest, "match", {}, lambda value: isinstance(value, dict))
    times = _taken(rest, "times", 1, lambda value: value is None or _count(value, least=1))
    after = _taken(rest, "after", 0, _count)
    actions = [name for name in rest if name in ACTIONS or name in names]
    if len(actions) != 1:
        raise _refused(f"it needs exactly one of {', '.join([*ACTIONS, *sorted(names)])}")
    action = actions[0]
    argument = rest.pop(action)
    extra = {name: rest.pop(name) for name in list(rest) if action == "status" and name in WITH_STATUS}
    if rest or match.keys() - {"method", "path"}:
        raise _refused(f"it does not know {', '.join(sorted({*rest, *(match.keys() - {'method', 'path'})}))}")
    if not _ARGUMENTS.get(action, lambda _: True)(argument):
        raise _refused(f"{action!r} has a wrong argument")
    return Fault(
        action,
        argument,
        match.get("method"),
        re.compile(match["path"]) if "path" in match else None,
        times,
        after,
        _response(action, argument, extra),
    )


def _taken(rest: dict[str, Any], name: str, default: Any, sound: Callable[[Any], bool]) -> Any:
    value = rest.pop(name, default)
    if not sound(value):
        raise _refused(f"{name!r} has a wrong value")
    return value


def _count(value: Any, least: int = 0) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= least


_ARGUMENTS: dict[str, Callable[[Any], bool]] = {
    "status": lambda value: value in range(200, 600),
    "close": lambda value: value in {"before", "after"},
    "cut": _count,
    "delay": lambda value: isinstance(value, int | float) and value >= 0,
    "html": lambda value: value is True,
}


def _response(action: str, argument: Any, extra: dict[str, Any]) -> Response | None:
    if action == "html":
        return Response(200, MAINTENANCE, "text/html;charset=UTF-8")
    if action != "status":
        return None
    body = str(extra.get("body", "")).encode()
    return Response(argument, body, extra.get("content_type", "application/json"), extra.get("headers", {}))


def _refused(reason: str) -> ConfigurationError:
    return ConfigurationError(
        f"a simulator's fault is not understood: {reason}",
        code="simulator-fault",
        hint='for example {"match": {"path": "/query"}, "times": 2, "status": 503}',
    )
