"""What a process lets be known besides its answers: logs, warnings, sleeps, and calls to the system."""

import logging
import os
import sys
import threading
import time
import warnings
from collections.abc import Callable
from typing import Any, Final, SupportsIndex

from connector_sdk.conformance.protocol import LogSeen

_PLAIN: Final = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_WRITING: Final = os.O_WRONLY | os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_TRUNC
_MOMENT: Final = 0.01
"""Seconds that a sleep past the clock really takes, at most."""


class Capture:
    """Listens to one process from its beginning; can be begun once and never ended."""

    def __init__(self) -> None:
        self.logs: list[LogSeen] = []
        self.warnings: list[str] = []
        self.sleeps: list[float] = []
        self.unmanaged: list[float] = []
        self.connects: list[tuple[str, int]] = []
        self.lookups: list[str] = []
        self.opened_files: list[str] = []
        self.variables: list[str] = []
        self.processes: list[str] = []
        self.threads: list[str] = []
        self._heard: dict[str, Callable[[tuple[Any, ...]], None]] = {
            "socket.connect": self._connect,
            "socket.sendto": self._connect,
            "socket.sendmsg": self._connect,
            **dict.fromkeys(
                ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"), self._lookup
            ),
            "open": self._open,
            **dict.fromkeys(("os.rename", "os.link", "os.symlink"), self._name),
            "os.putenv": self._variable,
            "sqlite3.connect": self._database,
            **dict.fromkeys(("subprocess.Popen", "os.exec", "os.posix_spawn", "os.system"), self._process),
            "os.fork": self._process,
            "os.forkpty": self._process,
        }

    def begin(self) -> None:
        """Put everything in place."""
        handler = _Handler(self.logs)
        root = logging.getLogger()
        root.addHandler(handler)
        root.setLevel(logging.DEBUG)
        warnings.simplefilter("always")
        warnings.showwarning = self._warning
        time.sleep = self._sleep  # noqa: TID251 - to notice who uses it
        self._watch_threads()
        sys.addaudithook(self._audit)

    def _audit(self, event: str, arguments: tuple[Any, ...]) -> None:
        heard = self._heard.get(event)
        if heard is not None:
            heard(arguments)

    def _connect(self, arguments: tuple[Any, ...]) -> None:
        address = arguments[1]
        if isinstance(address, tuple) and len(address) >= 2:  # noqa: PLR2004 - host and port
            self.connects.append((_text(address[0]), int(address[1])))
        else:
            self.connects.append((_text(address), 0))

    def _lookup(self, arguments: tuple[Any, ...]) -> None:
        self.lookups.append(_text(arguments[0]))

    def _open(self, arguments: tuple[Any, ...]) -> None:
        path, mode, flags = arguments
        writing = any(letter in mode for letter in "wax+") if isinstance(mode, str) else flags & _WRITING
        if writing and not isinstance(path, int):
            self.opened_files.append(_text(path))

    def _name(self, arguments: tuple[Any, ...]) -> None:
        self.opened_files.append(_text(arguments[1]))

    def _variable(self, arguments: tuple[Any, ...]) -> None:
        self.variables.append(f"{_text(arguments[0])}={_text(arguments[1])}")

    def _database(self, arguments: tuple[Any, ...]) -> None:
        if arguments[0] != ":memory:":
            self.opened_files.append(_text(arguments[0]))

    def _watch_threads(self) -> None:
        start, started = threading.Thread.start, self.threads

        def noticed(thread: threading.Thread) -> None:
            started.append(_text(thread.name))
            start(thread)

        threading.Thread.start = noticed  # type: ignore[method-assign, assignment]  # not every Python has an event for it

    def _process(self, arguments: tuple[Any, ...]) -> None:
        self.processes.append(_text(arguments[0]) if arguments else "fork")

    def _sleep(self, seconds: float | SupportsIndex, /) -> None:
        self.unmanaged.append(float(seconds))
        threading.Event().wait(min(float(seconds), _MOMENT))

    def _warning(
        self,
        message: Warning | str,
        category: type[Warning],
        filename: str,  # noqa: ARG002 - the library's own parameters
        lineno: int,  # noqa: ARG002
        file: Any = None,  # noqa: ARG002
        line: str | None = None,  # noqa: ARG002
    ) -> None:
        self.warnings.append(_text(f"{category.__name__}: {message}"))


class _Handler(logging.Handler):
    """Keeps all that hangs on a record, whatever formatter a company may use."""

    def __init__(self, kept: list[LogSeen]) -> None:
        super().__init__(logging.NOTSET)
        self._kept = kept

    def emit(self, record: logging.LogRecord) -> None:
        extra = {name: value for name, value in vars(record).items() if name not in _PLAIN}
        text = self.format(record) + (f" {extra!r}" if extra else "")
        self._kept.append(LogSeen(record.name, record.levelname, _text(text)))

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the library's own name
        self._kept.append(LogSeen(record.name, record.levelname, f"unformattable: {record.msg!r}"))


def _text(value: Any) -> str:
    if isinstance(value, bytes):
        return value.decode(errors="replace")
    return str(value).encode("utf-8", "replace").decode()
