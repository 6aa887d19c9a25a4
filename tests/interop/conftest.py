"""Simulators in processes of their own, as users run them."""

import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = ROOT / os.environ.get("CONNECTOR_SDK_PROGRAM", ".venv/bin/connector-sdk")


class Running:
    """A simulator that runs: where it is, what opens it, and its control endpoint."""

    def __init__(self, ready: dict[str, Any]) -> None:
        self.url: str = ready["url"]
        self.config: dict[str, str] = ready["config"]

    def control(self, name: str, document: Any = None, method: str = "POST") -> Any:
        """Ask the control endpoint."""
        request = urllib.request.Request(
            f"{self.url}/_simulator/{name}",
            data=None if document is None else json.dumps(document).encode(),
            method=method,
        )
        with urllib.request.urlopen(request, timeout=10) as response:
            return json.load(response)

    @property
    def requests(self) -> dict[str, int]:
        """Requests by endpoint."""
        counted = self.control("requests", method="GET")["endpoints"]
        return {name: each["requests"] for name, each in counted.items()}


@contextmanager
def simulator(connector: str, *options: str) -> Iterator[Running]:
    """Run a simulator, and end it as a user does: with Ctrl-C and exit code 0."""
    process = subprocess.Popen(
        [PROGRAM, "simulate", connector, *options], stdout=subprocess.PIPE, cwd=ROOT, text=True
    )
    assert process.stdout is not None
    with process.stdout:
        try:
            yield Running(json.loads(process.stdout.readline()))
        finally:
            process.send_signal(signal.SIGINT)
            code = process.wait(10)
            print(f"the simulator ended with {code}", file=sys.stderr)
    assert code == 0


@pytest.fixture
def simulated() -> Callable[..., Any]:
    """Return the function that runs a simulator."""
    return simulator
