"""Plugins that behave, and plugins that do not, by the name of their connector."""

SPEAKER = """
import logging, subprocess, sys, threading, time, warnings
from pathlib import Path
from connector_sdk import Config, Connector, Key, LocalPath, Page, Record, Register, Stream, hookimpl
from typing import Annotated


class Row(Record):
    id: Annotated[str, Key]


class SpeakerConfig(Config):
    folder: LocalPath


class Rows(Stream):
    record = Row

    def read(self, call, position):
        logging.getLogger("speaker").debug("a %s line", "log", extra={"patient": "P-1"})
        warnings.warn("careful", UserWarning)
        print("to standard output")
        print("to standard error", file=sys.stderr)
        Path("tmp/kept.txt").write_text("x")
        threading.Thread(target=lambda: None, name="helper").start()
        subprocess.run(["true"], check=True)
        time.sleep(3600)
        call.clock.sleep(37)
        before = call.clock.monotonic()
        yield Page([b'{"id": "1"}', b'{"id": 2}'], {"at": call.clock.now().isoformat()})
        call.clock.sleep(60)
        assert call.clock.monotonic() - before >= 60
        yield Page([], {"at": call.clock.now().isoformat()})


class Speaker(Connector[SpeakerConfig]):
    name = "speaker"
    rows = Rows()


@hookimpl
def connector_register(register: Register) -> None:
    register(Speaker)
"""

FAILING = """
import ctypes, os, subprocess, sys, tempfile, threading
from connector_sdk import Config, Connector, Key, Page, Record, Register, Stream, hookimpl
from typing import Annotated


class Row(Record):
    id: Annotated[str, Key]


class FailingConfig(Config):
    how: str


def own_socket():
    for fd in range(3, 64):
        try:
            if os.readlink(f"/proc/self/fd/{fd}").startswith("socket:"):
                return fd
        except OSError:
            pass


class Rows(Stream):
    record = Row

    def read(self, call, position):
        how = call_how[0]
        if how == "exit":
            os._exit(3)
        if how == "crash":
            ctypes.string_at(0)
        if how == "hang":
            threading.Event().wait()
        if how == "garbage":
            os.write(own_socket(), b"garbage\\n")
        if how == "forged":
            os.write(own_socket(), b'{"value": 17}\\n')
        if how == "closed":
            os.close(own_socket())
        if how == "noise":
            print("{}" * 100000)
            os.write(1, b'{"value": null}\\n')
        if how == "leave":
            raise SystemExit(4)
        if how == "interrupt":
            raise KeyboardInterrupt
        if how == "kill-parent":
            os.kill(os.getppid(), 9)
            threading.Event().wait()
        if how == "foreign":
            raise ValueError("of P-0001 \\ud800") from KeyError("cause")
        state = 1
        if how == "spawn":
            state = subprocess.Popen(["sleep", "60"]).pid
        if how == "environment":
            state = {
                "names": sorted(os.environ),
                "home": os.environ["HOME"],
                "temporary": tempfile.gettempdir(),
                "cwd": os.getcwd(),
                "isolated": sys.flags.isolated,
                "threads": threading.active_count(),
            }
        yield Page([b'{"id": "1"}'], state)


call_how = [""]


class Failing(Connector[FailingConfig]):
    name = "failing"
    rows = Rows()

    def stream(self, name):
        call_how[0] = self.config.how
        return super().stream(name)


@hookimpl
def connector_register(register: Register) -> None:
    register(Failing)
"""

MODULES = {
    "speaker": SPEAKER,
    "failing": FAILING,
    "wreck": "raise RuntimeError('no driver')",
    "gone": "import os; os._exit(9)",
}
