"""Exporters are chosen by the standard variables, in a process of their own; a lost one stops nothing."""

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from connector_sdk.telemetry.exporting import Wanted, entry_name, exporters_wanted
from tests.cli_runs import COMMAND, environment, write_lines, write_pipeline

pytestmark = pytest.mark.slow

PIPELINE = """
format: 1
pipeline: traced
source: {connector: files, config: {path: a.jsonl, format: jsonl, primary_key: [id]}}
destination: {connector: sql, sink: t, config: {url: "sqlite:///t.db"}}
"""
EXPORTERS = """
import threading
from opentelemetry.sdk.metrics.export import MetricExporter, MetricExportResult
from opentelemetry.sdk.trace.export import SpanExporter

class Raising(SpanExporter):
    def export(self, spans):
        raise OSError("cannot send the span of patient 4711")

class Hanging(SpanExporter):
    def export(self, spans):
        threading.Event().wait()

class RaisingMetrics(MetricExporter):
    def export(self, metrics_data, timeout_millis=10_000, **kwargs):
        raise OSError("cannot send")
    def force_flush(self, timeout_millis=10_000):
        return True
    def shutdown(self, timeout_millis=30_000, **kwargs):
        pass

class HangingMetrics(RaisingMetrics):
    def export(self, metrics_data, timeout_millis=10_000, **kwargs):
        threading.Event().wait()

class Absurd(SpanExporter):
    def __init__(self):
        raise RuntimeError("no")
"""
POINTS = """
[opentelemetry_traces_exporter]
raising = test_exporters:Raising
hanging = test_exporters:Hanging
absurd = test_exporters:Absurd
[opentelemetry_metrics_exporter]
raising = test_exporters:RaisingMetrics
hanging = test_exporters:HangingMetrics
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_pipeline(tmp_path, PIPELINE)
    write_lines(tmp_path / "a.jsonl", [{"id": str(number), "n": number} for number in range(5)])
    site = tmp_path / "site" / "test_exporters-0.1.dist-info"
    site.mkdir(parents=True)
    (site / "METADATA").write_text("Metadata-Version: 2.1\nName: test-exporters\nVersion: 0.1\n")
    (site / "entry_points.txt").write_text(POINTS)
    (tmp_path / "site" / "test_exporters.py").write_text(EXPORTERS)
    return tmp_path


def run(folder: Path, **variables: str) -> tuple[Any, list[dict[str, Any]], str]:
    """Run the pipeline; returns the document printed, the log lines, and all of standard error."""
    done = subprocess.run(
        [*COMMAND, "run", "pipeline.yaml", "--json"],
        cwd=folder,
        env={**environment(), "PYTHONPATH": _path(folder), **variables},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    logs = [json.loads(line) for line in done.stderr.splitlines() if line.startswith('{"time"')]
    return json.loads(done.stdout), logs, done.stderr


def _path(folder: Path) -> str:
    return os.pathsep.join([str(folder / "site"), *filter(None, [os.environ.get("PYTHONPATH")])])


def warnings(logs: list[dict[str, Any]]) -> list[str]:
    return [line["event"] for line in logs if line["level"] == "warning" and "telemetry" in line["event"]]


def test_the_console_exporter_writes_beside_the_verbs_document(folder: Path) -> None:
    document, logs, errors = run(folder, OTEL_TRACES_EXPORTER="console", OTEL_METRICS_EXPORTER="console")
    assert document["status"] == "succeeded"
    assert '"name": "batch"' in errors
    assert '"connector_sdk.records"' in errors
    assert '"service.name": "connector-sdk"' in errors
    traced = {line["trace_id"] for line in logs if line["event"].startswith("run ")}
    assert len(traced) == 1
    assert f'"trace_id": "0x{traced.pop()}"' in errors


def test_a_service_has_the_name_that_the_variables_give_it(folder: Path) -> None:
    *_, errors = run(
        folder,
        OTEL_TRACES_EXPORTER="console",
        OTEL_SERVICE_NAME="nightly",
        OTEL_RESOURCE_ATTRIBUTES="site=basel",
    )
    assert '"service.name": "nightly"' in errors
    assert '"site": "basel"' in errors


@pytest.mark.parametrize("signal", ["TRACES", "METRICS"])
@pytest.mark.parametrize("kind", ["raising", "hanging"])
def test_a_lost_exporter_is_told_once_and_stops_nothing(folder: Path, kind: str, signal: str) -> None:
    began = time.monotonic()
    document, logs, errors = run(folder, **{f"OTEL_{signal}_EXPORTER": kind})
    took = time.monotonic() - began
    assert (document["status"], document["read"]) == ("succeeded", 5)
    assert len(warnings(logs)) == 1, errors
    assert "patient" not in errors
    assert took < 15
    if kind == "hanging":
        assert "did not end within 3 seconds" in warnings(logs)[0]


def test_a_dead_collector_stops_nothing(folder: Path) -> None:
    pytest.importorskip("opentelemetry.exporter.otlp.proto.http", reason="the extra `otlp` is not installed")
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        endpoint = f"http://127.0.0.1:{closed.getsockname()[1]}"
        began = time.monotonic()
        document, logs, _ = run(folder, OTEL_EXPORTER_OTLP_ENDPOINT=endpoint)
    assert document["status"] == "succeeded"
    assert warnings(logs)
    assert time.monotonic() - began < 15


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("jaegar", "no exporter jaegar is installed for traces; the run goes on"),
        ("absurd", "telemetry could not be set up (RuntimeError); the run goes on"),
    ],
)
def test_an_exporter_that_cannot_be_had_is_told(folder: Path, name: str, told: str) -> None:
    document, logs, _ = run(folder, OTEL_TRACES_EXPORTER=name)
    assert document["status"] == "succeeded"
    assert told in [line["event"] for line in logs]


def test_the_otlp_exporters_package_is_named_where_it_is_missing(folder: Path) -> None:
    *_, errors = run(folder, OTEL_METRICS_EXPORTER="otlp", OTEL_EXPORTER_OTLP_PROTOCOL="grpc")
    assert "pip install opentelemetry-exporter-otlp-proto-grpc" in errors


def test_without_a_variable_the_sdk_of_opentelemetry_is_not_loaded(folder: Path) -> None:
    code = (
        "import sys\nfrom connector_sdk.cli import boundary\n"
        "code = boundary.run(['run', 'pipeline.yaml', '--json'])\n"
        "print(code, sorted(name for name in sys.modules if name.startswith('opentelemetry.sdk')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env={**environment(), "OTEL_SERVICE_NAME": "nightly"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines()[-1] == "0 []"


ENDPOINT = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318"}


@pytest.mark.parametrize(
    ("variables", "traces", "metrics"),
    [
        ({}, [], []),
        ({"OTEL_SERVICE_NAME": "x", "OTEL_TRACES_EXPORTER": " "}, [], []),
        ({"OTEL_TRACES_EXPORTER": "otlp, console,otlp"}, ["otlp", "console"], []),
        ({"OTEL_METRICS_EXPORTER": "none", **ENDPOINT}, ["otlp"], []),
        (ENDPOINT, ["otlp"], ["otlp"]),
        ({"OTEL_EXPORTER_OTLP_METRICS_ENDPOINT": "http://127.0.0.1:4318"}, [], ["otlp"]),
        ({**ENDPOINT, "OTEL_SDK_DISABLED": "TRUE"}, [], []),
        ({**ENDPOINT, "OTEL_SDK_DISABLED": "false"}, ["otlp"], ["otlp"]),
    ],
)
def test_the_variables_choose_the_exporters(
    variables: dict[str, str], traces: list[str], metrics: list[str]
) -> None:
    assert exporters_wanted(variables) == Wanted(tuple(traces), tuple(metrics))


def test_otlp_stands_for_its_protocol() -> None:
    grpc = {"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}
    assert entry_name("otlp", "traces", {}) == "otlp_proto_http"
    assert entry_name("otlp", "traces", grpc) == "otlp_proto_grpc"
    over = {**grpc, "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL": "http/protobuf"}
    assert entry_name("otlp", "traces", over) == "otlp_proto_http"
    assert entry_name("otlp", "metrics", over) == "otlp_proto_grpc"
    assert entry_name("console", "traces", grpc) == "console"
