"""The other side of the demo: a simulated Salesforce, running in a process of its own."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from connector_sdk.cli.demo.org import Org

PROGRAM = (sys.executable, "-m", "connector_sdk")
CONTACTS = 5_200
SEED = 20_260_329
_PATIENCE = 10.0


class SimulatorError(Exception):
    """The simulator did not start."""


def arguments(port: int | None = None) -> list[str]:
    """Return the verb that starts this Salesforce; with `port`, where it was before."""
    verb = ["simulate", "salesforce", "--records", str(CONTACTS), "--seed", str(SEED)]
    return verb if port is None else [*verb, "--port", str(port)]


@contextmanager
def simulated() -> Iterator[Org]:
    """Start the simulator on a free port of this machine, and end it, by its own pid, with the block."""
    with subprocess.Popen(  # noqa: S603 - our own verb
        [*PROGRAM, *arguments()],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        errors="backslashreplace",
    ) as process:
        try:
            assert process.stdout is not None  # noqa: S101 - as asked for above
            ready = process.stdout.readline()
            if not ready:
                raise SimulatorError(process.communicate()[1].strip())
            started = json.loads(ready)
            yield Org(started["url"], started["config"])
        finally:
            _end(process)


def _end(process: subprocess.Popen[str]) -> None:
    process.terminate()
    try:
        with suppress(subprocess.TimeoutExpired):
            process.communicate(timeout=_PATIENCE)
    finally:
        process.kill()  # nothing, where it has ended as asked
