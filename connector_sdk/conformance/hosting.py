"""The process from which those that run connectors are forked, seen from the suite."""

import itertools
import os
import socket
import subprocess
import threading
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import msgspec

from connector_sdk.conformance.channel import Channel, HostFailed, Raised
from connector_sdk.conformance.child import OUTPUTS, Child
from connector_sdk.conformance.commands import End, Fork, Order, Status, encode

__all__ = ["Child", "HostFailed", "Hosts", "Raised"]

DEADLINE: Final = 30.0
"""Real seconds that a command may take unless it is said otherwise."""
_START: Final = 60.0


class Hosts:
    """Forks processes with a connector; may be used by several threads.

    `python` is the interpreter of an environment that has the SDK and the connector. What it runs sees none
    of this process's environment variables, and works in folders below `folder`.
    """

    def __init__(self, python: Path, folder: Path) -> None:
        self._python = python
        self._folder = folder.resolve()
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        self._zygote: _Zygote | None = None

    def child(self, deadline: float = DEADLINE) -> Child:
        """Fork a process; raises HostFailed where the environment cannot even run the host."""
        folder = self._folder / f"process-{next(self._numbers)}"
        folder.mkdir(parents=True)
        ours, its = socket.socketpair()
        with its:
            files = [
                os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600) for name in OUTPUTS
            ]
            try:
                with self._lock:
                    zygote = self._running()
                    pid = zygote.ask(Fork(str(folder)), [its.fileno(), *files])
            except BaseException:
                ours.close()
                raise
            finally:
                for each in files:
                    os.close(each)
        return Child(Channel(ours), pid, folder, self._end, deadline)

    def _end(self, pid: int, patient: bool) -> int:
        with self._lock:
            if self._zygote is None:
                return 0
            try:
                return self._zygote.ask(End(pid, patient))
            except HostFailed:
                return 0  # it took all of them along

    def _running(self) -> "_Zygote":
        if self._zygote is not None and not self._zygote.running:
            self._zygote.close()
            self._zygote = None
        if self._zygote is None:
            self._zygote = _Zygote(self._python, self._folder)
        return self._zygote

    def close(self) -> None:
        """End all processes; may be called again."""
        with self._lock:
            if self._zygote is not None:
                self._zygote.close()
                self._zygote = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class _Zygote:
    def __init__(self, python: Path, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._control, its = socket.socketpair()
        self._channel = Channel(self._control)
        self._errors = folder / "stderr"
        with its, self._errors.open("ab") as errors:
            self._process = subprocess.Popen(  # noqa: S603 - the interpreter that is to be examined
                [str(python), "-I", "-B", "-m", "connector_sdk.conformance.host", str(its.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=errors,
                stderr=errors,
                cwd=folder,
                env=_environment(folder),
                pass_fds=[its.fileno()],
                start_new_session=True,
            )

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    def ask(self, order: Order, descriptors: list[int] | None = None) -> int:
        line = encode(order) + b"\n"
        try:
            if descriptors:
                socket.send_fds(self._control, [line], descriptors)
            else:
                self._control.sendall(line)
            return msgspec.json.decode(self._channel.line(_START), type=Status).number
        except (OSError, msgspec.MsgspecError, HostFailed):
            self.close()  # an answer that comes too late must not be taken for that to another order
            raise HostFailed(f"the host does not run: {self._last_words()}") from None

    def close(self) -> None:
        self._channel.close()  # it ends, and ends all others, when nobody can ask any more
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _last_words(self) -> str:
        lines = self._errors.read_text(errors="replace").strip().splitlines()
        return lines[-1] if lines else "it said nothing"


def _environment(folder: Path) -> dict[str, str]:
    """Return the variables of the process; no authority is trusted, but those that a rule names."""
    return {
        "PATH": os.defpath,
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "LANG": "C.UTF-8",
        "SSL_CERT_FILE": os.devnull,
        "SSL_CERT_DIR": os.devnull,
    }
