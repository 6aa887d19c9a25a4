"""Measure everything and write results.md: `make bench`."""

import argparse
import datetime as dt
import hashlib
import os
import platform
import sqlite3
import statistics
import tempfile
import timeit
from pathlib import Path

import http_cost
import ledger_cost
from jobs import SINKS, Spent, pinned_pipeline, run_once, start_up

HERE = Path(__file__).parent
REFERENCE = 0.9
"""µs for the SHA-256 of 1 KiB on the machine for which the ledger's limits were set."""
DOUBLE = str(HERE / "without_ledger.py")


def main() -> None:
    """Measure, print and write the report."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--records", type=int, default=100_000, help="records of the throughput jobs")
    options.add_argument("--many", type=int, default=1_000_000, help="records of the memory job")
    options.add_argument("--rounds", type=int, default=3, help="interleaved rounds")
    chosen = options.parse_args()
    parts = [_heading(), _ledger(), _http(), _start_up()]
    with tempfile.TemporaryDirectory() as folder:
        parts.append(_throughput(Path(folder), chosen.records, chosen.rounds))
        parts.append(_memory(Path(folder), chosen.records, chosen.many))
    (HERE / "results.md").write_text("\n".join(parts))


def _said(text: str) -> str:
    print(text, flush=True)
    return text


def _heading() -> str:
    processor = next(
        (
            line.split(":")[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.processor(),
    )
    return _said(
        "# Results\n\n"
        f"{dt.datetime.now(dt.UTC):%Y-%m-%d}, Python {platform.python_version()}, "
        f"SQLite {sqlite3.sqlite_version}, {os.cpu_count()} cores ({processor}), "
        f"load {os.getloadavg()[0]:.1f} when begun. "
        "Medians of interleaved runs of whole processes; "
        "the machine is shared, so trust ratios.\n"
    )


def _calibration() -> float:
    """Return what a known piece of work costs now, in µs: a shared machine is not always equally quick."""
    block = b"x" * 1024
    times = timeit.repeat(lambda: hashlib.sha256(block).digest(), number=50_000, repeat=5)
    return min(times) / 50_000 * 1e6


def _ledger() -> str:
    before = _calibration()
    cost = ledger_cost.measure()
    pace = (before + _calibration()) / 2
    rows = "".join(
        f"| {what} | {value:.2f} {unit} | {value * REFERENCE / pace:.2f} {unit} | ≤ {wanted} {unit} |\n"
        for what, value, unit, wanted in (
            ("commitments, leaves and tree, a record", cost.proof_per_record, "µs", 4),
            ("everything else, a record", cost.rest_per_record, "µs", 3),
            ("T1 and T2, a batch", cost.per_batch, "ms", 2),
        )
    )
    return _said(
        f"## The ledger\n\n| CPU | measured | at {REFERENCE} µs | wanted |\n|---|---:|---:|---:|\n{rows}\n"
        f"While this was measured the SHA-256 of 1 KiB took {pace:.2f} µs; the limits were set where it took "
        f"{REFERENCE} µs, to which the second column is scaled. "
        f"Stored: {cost.bytes_per_record:.0f} bytes a record.\n"
    )


def _http() -> str:
    before = _calibration()
    cost = http_cost.measure()
    pace = (before + _calibration()) / 2
    pairs = (("CPU of the client", cost.bare_cpu, cost.ours_cpu), ("wall", cost.bare, cost.ours))
    rows = "".join(
        f"| {what} | {bare:.2f} ms | {ours:.2f} ms | {ours - bare:.2f} ms "
        f"| {(ours - bare) * REFERENCE / pace:.2f} ms | ≤ 0.25 ms |\n"
        for what, bare, ours in pairs
    )
    return _said(
        "## A request through the HTTP stack, over loopback\n\n"
        f"| median | bare httpx | ours | more | at {REFERENCE} µs | wanted |\n"
        "|---|---:|---:|---:|---:|---:|\n"
        f"{rows}\nThe SHA-256 of 1 KiB took {pace:.2f} µs meanwhile.\n"
    )


def _start_up() -> str:
    rows = "".join(
        f"| `{' '.join(verb)}` | {start_up(*verb):.2f} s | ≤ {wanted} s |\n"
        for verb, wanted in ((("--help",), 0.25), (("connectors",), 0.5))
    )
    return _said(f"## Start-up\n\n| verb | wall | wanted |\n|---|---:|---:|\n{rows}")


def _throughput(folder: Path, records: int, rounds: int) -> str:
    jobs: dict[str, list[Spent]] = {}
    pipelines = {sink: pinned_pipeline(folder / f"small {sink}", sink, records) for sink in SINKS}
    for _ in range(rounds):
        for sink, pipeline in pipelines.items():
            jobs.setdefault(f"JSON Lines → {sink}", []).append(run_once(pipeline))
            jobs.setdefault(f"JSON Lines → {sink}, no ledger", []).append(run_once(pipeline, script=DOUBLE))
    rows = ""
    for name, spent in jobs.items():
        wall, cpu, peak = (statistics.median(values) for values in list(zip(*spent, strict=True))[:3])
        rows += f"| {name} | {records / wall:,.0f} | {records / cpu:,.0f} | {peak:.0f} MiB |\n"
    return _said(
        f"## Throughput, {records:,} records of 650 bytes, whole process\n\n"
        f"| job | records/s | records per CPU second | peak memory |\n|---|---:|---:|---:|\n{rows}"
    )


def _memory(folder: Path, few: int, many: int) -> str:
    rows = ""
    for sink in SINKS:
        peaks = [
            run_once(pinned_pipeline(folder / f"{count} {sink}", sink, count)).peak for count in (few, many)
        ]
        rows += f"| JSON Lines → {sink} | {peaks[0]:.0f} MiB | {peaks[1]:.0f} MiB |\n"
    return _said(f"## Peak memory\n\n| job | {few:,} records | {many:,} records |\n|---|---:|---:|\n{rows}")


if __name__ == "__main__":
    main()
