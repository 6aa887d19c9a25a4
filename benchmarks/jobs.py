"""Whole processes, as a user runs them: throughput, peak memory, start-up."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple

from records import write_records

COMMAND = [sys.executable, "-m", "connector_sdk"]
SINKS = {
    "JSON Lines": "{connector: files, config: {path: out.jsonl}}",
    "SQLite": '{connector: sql, sink: hcp, config: {url: "sqlite:///out.db"}}',
}


class Spent(NamedTuple):
    """What one process took: seconds of wall and CPU, peak memory in MiB, and what it printed."""

    wall: float
    cpu: float
    peak: float
    out: str


def spend(*command: str) -> Spent:
    """Run a process to its end and account for it alone."""
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as errors:
        began = time.perf_counter()
        process = subprocess.Popen(command, stdout=out, stderr=errors)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        errors.seek(0)
        if process.returncode:
            raise SystemExit(
                f"{' '.join(command)} ended with {process.returncode}\n{errors.read()}{out.read()}"
            )
        return Spent(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, out.read())


def pinned_pipeline(folder: Path, sink: str, count: int, batch_size: int = 1000) -> Path:
    """Write records and a pipeline over them, with its contract pinned."""
    folder.mkdir(parents=True)
    write_records(folder / "hcp.jsonl", count)
    path = folder / "pipeline.yaml"
    path.write_text(
        "format: 1\npipeline: bench\n"
        "source: {connector: files, stream: hcp, config: {path: hcp.jsonl, primary_key: [id]}}\n"
        f"destination: {SINKS[sink]}\nbatch_size: {batch_size}\n"
    )
    spend(*COMMAND, "contract", "pin", str(path), "--json")
    return path


def forget(folder: Path) -> None:
    """Remove what a run left, so that the next one starts anew."""
    subprocess.run(["rm", "-rf", folder / ".connector-sdk", *folder.glob("out.*")], check=True)


def run_once(pipeline: Path, *, script: str | None = None) -> Spent:
    """Run the pipeline from the beginning in a process of its own."""
    forget(pipeline.parent)
    command = [sys.executable, script] if script else [*COMMAND, "run", "--json"]
    spent = spend(*command, str(pipeline))
    report: dict[str, Any] = json.loads(spent.out)
    if report["status"] != "succeeded" or report["read"] != report["applied"]:
        raise SystemExit(f"the run did not succeed: {report}")
    return spent


def start_up(*verb: str, runs: int = 7) -> float:
    """Return the median wall time of a verb in seconds, the first run not counted."""
    return statistics.median([spend(*COMMAND, *verb).wall for _ in range(runs + 1)][1:])
