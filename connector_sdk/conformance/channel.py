"""The suite's end of a conversation: a command, and what came of it before a deadline."""

import socket
from typing import Any, Final, TypeVar

import msgspec

from connector_sdk.clock import SYSTEM_CLOCK
from connector_sdk.conformance.commands import LONGEST, Command, Reply, encode
from connector_sdk.conformance.protocol import Failure

V = TypeVar("V")

_CHUNK: Final = 1 << 16
_DECODE: Final = msgspec.json.Decoder(Reply).decode


class HostFailed(Exception):  # noqa: N818 - it says nothing about the connector but that nobody knows
    """The connector's process crashed, hung, or talked nonsense.

    `ended` tells that it ended, or is about to, without being told to. `output` is the end of what it wrote:
    for those who repair it, since it may hold anything.
    """

    def __init__(self, told: str, *, ended: bool = False, output: str = "") -> None:
        super().__init__(told)
        self.ended = ended
        self.output = output


class Raised(Exception):  # noqa: N818 - what the connector raised, not we
    """The connector raised an exception; `failure` describes it. The text names it without its message."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(f"{failure.kind} ({failure.code})" if failure.code else failure.kind)
        self.failure = failure


class Channel:
    """Lines over a socket, each read with a deadline in real seconds."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._rest = b""

    def ask(self, command: Command, kind: type[V] | Any, deadline: float) -> V:
        """Send a command and return its value as `kind`; raises Raised and HostFailed."""
        if self._rest:
            raise HostFailed("the process spoke without being asked")
        try:
            self._connection.settimeout(deadline)
            self._connection.sendall(encode(command) + b"\n")
            line = self.line(deadline)
        except TimeoutError:
            raise HostFailed(f"no answer to {type(command).__name__} within {deadline:g} s") from None
        except OSError:
            raise HostFailed(f"the process ended during {type(command).__name__}", ended=True) from None
        try:
            reply = _DECODE(line)
            if reply.broken:
                said = f"{type(command).__name__} ended the process with {reply.broken}"
                raise HostFailed(said, ended=True)
            if reply.failure is not None:
                raise Raised(reply.failure)
            value: V = msgspec.json.decode(reply.value, type=kind)
        except msgspec.MsgspecError:
            raise HostFailed(f"the answer to {type(command).__name__} is none of the host's") from None
        return value

    def line(self, deadline: float) -> bytes:
        """Return the next line.

        Raises TimeoutError, OSError where the other end is closed, HostFailed where the line has no end.
        """
        until = SYSTEM_CLOCK.monotonic() + deadline
        parts = [self._rest]
        size = len(self._rest)
        while b"\n" not in parts[-1]:
            left = until - SYSTEM_CLOCK.monotonic()
            if left <= 0:
                raise TimeoutError
            if size > LONGEST:
                raise HostFailed(f"an answer is longer than {LONGEST} bytes")
            self._connection.settimeout(left)
            data = self._connection.recv(_CHUNK)
            if not data:
                raise ConnectionResetError
            parts.append(data)
            size += len(data)
        line, _, self._rest = b"".join(parts).partition(b"\n")
        return line

    def close(self) -> None:
        """Hang up."""
        self._connection.close()
