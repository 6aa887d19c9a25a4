"""`python -I -m connector_sdk.conformance.host DESCRIPTOR`: the process that all others are forked from.

It imports all of the SDK that a connector needs, but never a connector, starts no thread, and forks one
process for each order that comes over the socket. It ends, with all of them, when the socket does.
"""

import ctypes
import gc
import os
import resource
import signal
import socket
import sys
import traceback
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec

from connector_sdk.clock import SYSTEM_CLOCK
from connector_sdk.conformance.commands import End, Fork, Order, Status, encode
from connector_sdk.conformance.host.preload import preload
from connector_sdk.conformance.host.serving import serve

_DECODE: Final = msgspec.json.Decoder(Order).decode
_LARGEST: Final = 65536
_PATIENCE, _LOOK = 1.0, 0.005
_PR_SET_PDEATHSIG: Final = 1
_LARGEST_FILE: Final = 256 * 2**20
"""Bytes that a process may write into one file, so that endless output ends."""


def main() -> None:
    """Take orders until nobody gives any."""
    control = socket.socket(fileno=int(sys.argv[1]))
    control.set_inheritable(False)
    preload()
    gc.collect()
    gc.freeze()  # what all processes share is not touched, and hence not copied, by any of them
    children: set[int] = set()
    while True:
        line, descriptors = _order(control)
        if not line:
            for pid in children:
                _kill(pid)
            return
        order = _DECODE(line)
        if isinstance(order, Fork):
            number = _forked(order, control, descriptors)
            children.add(number)
        else:
            number = _ended(order)
            children.discard(order.pid)
        control.sendall(encode(Status(number)) + b"\n")


def _order(control: socket.socket) -> tuple[bytes, list[int]]:
    line, descriptors = b"", []
    while not line.endswith(b"\n"):
        try:
            data, found, _flags, _address = socket.recv_fds(control, _LARGEST, 3)
        except ConnectionError:
            return b"", []
        if not data:
            return b"", []
        line += data
        descriptors += found
    return line, descriptors


def _forked(order: Fork, control: socket.socket, descriptors: list[int]) -> int:
    parent = os.getpid()
    pid = os.fork()
    if pid:
        for each in descriptors:
            os.close(each)
        return pid
    try:
        control.close()
        _settle(order.folder, parent, *descriptors[1:])
        serve(socket.socket(fileno=descriptors[0]))
    except BaseException:  # noqa: BLE001 - whatever it is, it must not reach the process that forks
        traceback.print_exc()
    os._exit(0)


def _settle(folder: str, parent: int, output: int, errors: int) -> None:
    """Make a process its own: session, folder, output, and an end when that of its parent comes."""
    os.setsid()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(70)
    os.dup2(output, 1)
    os.dup2(errors, 2)
    os.close(output)
    os.close(errors)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_LARGEST_FILE, _LARGEST_FILE))
    os.chdir(folder)
    temporary = Path(folder, "tmp")
    temporary.mkdir()
    os.environ |= {"HOME": folder, "TMPDIR": str(temporary)}


def _ended(order: End) -> int:
    """Return how a process ended: its code, or minus the signal that ended it."""
    until = SYSTEM_CLOCK.monotonic() + (_PATIENCE if order.patient else 0)
    try:
        pid, status = os.waitpid(order.pid, os.WNOHANG)
        while not pid and SYSTEM_CLOCK.monotonic() < until:
            SYSTEM_CLOCK.sleep(_LOOK)
            pid, status = os.waitpid(order.pid, os.WNOHANG)
        if not pid:
            os.kill(order.pid, signal.SIGKILL)
            _pid, status = os.waitpid(order.pid, 0)
    except ChildProcessError:
        return 0
    _end_session(order.pid)
    return os.waitstatus_to_exitcode(status)


def _kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    _end_session(pid)


def _end_session(pid: int) -> None:
    """End what a process started, which is of its group unless it took pains not to be."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


if __name__ == "__main__":
    main()
