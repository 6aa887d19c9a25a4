"""`simulate`: one line when it is ready, then it serves until it is asked to stop."""

import json
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from connector_sdk.testing import Caller
from tests.cli.conftest import Call
from tests.cli.test_connectors import install

COMMAND = [sys.executable, "-X", "dev", "-W", "error", "-m", "connector_sdk", "simulate", "salesforce"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_says_when_it_is_ready_and_ends_when_asked(number: signal.Signals) -> None:
    arguments = [*COMMAND, "--seed", "7", "--records", "5", "--json"]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        ready = json.loads(process.stdout.readline())
        assert ready.keys() == {"url", "config"}
        assert ready["config"].keys() == {"base_url", "client_id", "client_secret"}
        assert ready["config"]["base_url"] == ready["url"]
        with Caller(ready["url"]) as caller:
            assert caller.ask("GET", "/services/data").status == 200
            # The connection stays open: it must not keep the simulator alive.
            process.send_signal(number)
            assert process.wait(20) == 0
        assert (process.stdout.read(), process.stderr.read()) == ("", "")


def test_a_port_that_is_taken_is_told(call: Call) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        result = call("simulate", "salesforce", "--port", str(port), "--records", "0", "--json")
    assert (result.code, result.document["error"]["code"]) == (2, "simulator-port")


def test_a_connector_without_one_names_those_that_have_one(call: Call) -> None:
    result = call("simulate", "files", "--json")
    assert (result.code, result.document["error"]["code"]) == (2, "no-simulator")
    assert "salesforce" in result.document["error"]["hint"]


BROKEN = """
from connector_sdk import Config, Connector, hookimpl

class Broken(Connector[Config]):
    name = "broken_simulator"
    simulator = "no_such_module:Simulator"

@hookimpl
def connector_register(register):
    register(Broken)
"""


def test_a_simulator_that_cannot_be_loaded_is_told(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    install(tmp_path, "broken_simulator", BROKEN)
    result = call("simulate", "broken_simulator", "--json")
    assert (result.code, result.document["error"]["code"]) == (2, "broken-connector")
