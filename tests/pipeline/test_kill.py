"""A real run, killed again and again, ends with exactly the source's records in the target."""

import random
import signal
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli_runs import call, ended, start, write_lines, write_pipeline

RECORDS = 20_000
KILLS = 20
PIPELINE = """
format: 1
pipeline: visits
source: {connector: files, stream: visit, config: {path: visits.jsonl, primary_key: [subject, visit]}}
destination: {connector: sql, sink: visit, config: {url: "sqlite:///target.db"}}
batch_size: 250
"""


def visits() -> list[dict[str, object]]:
    return [
        {"subject": f"{i // 20:05d}", "visit": i % 20, "weight": f"{i}.50", "note": "naïve ☤" * (i % 3)}
        for i in range(RECORDS)
    ]


def committed(ledger: Path) -> int:
    if not ledger.exists():
        return 0
    with closing(sqlite3.connect(f"file:{ledger}?mode=ro", uri=True)) as connection:
        try:
            return connection.execute("select coalesce(sum(arrival), 0) from partition").fetchone()[0]
        except sqlite3.OperationalError:
            return 0


@pytest.mark.slow
@pytest.mark.req("G1", "G2", "G4", "A11-16")
def test_killed_at_twenty_random_moments_and_resumed(tmp_path: Path) -> None:
    source = visits()
    write_lines(tmp_path / "visits.jsonl", source)
    pipeline = write_pipeline(tmp_path, PIPELINE)
    assert call("contract", "pin", pipeline).code == 0
    ledger = tmp_path / ".connector-sdk" / "ledger.db"
    seed = random.randrange(2**32)
    moments = random.Random(seed)
    killed = 0
    for number in range(KILLS):
        # Each run is killed a random while after a random step forward: all kills meet one run.
        goal = committed(ledger) + moments.randrange(number == 0, RECORDS // (KILLS + 5))
        process = start("run", pipeline)
        while committed(ledger) < goal and process.poll() is None:
            time.sleep(0.002)  # noqa: TID251 - a real child is watched; there is no clock to inject
        time.sleep(moments.random() * 0.01)  # noqa: TID251
        process.send_signal(signal.SIGKILL)
        process.communicate()
        killed += process.returncode == -signal.SIGKILL
    last = ended(start("run", pipeline))
    assert last.code == 0, (seed, last)
    assert killed >= KILLS - 2, f"seed {seed}: only {killed} runs were alive when killed"
    with closing(sqlite3.connect(tmp_path / "target.db")) as target:
        rows = target.execute(
            "select subject, visit, weight, note from visit order by subject, visit"
        ).fetchall()
    assert rows == [tuple(record.values()) for record in source], seed
    with closing(sqlite3.connect(ledger)) as connection:
        arrivals = connection.execute("select arrival, records from batch order by seq").fetchall()
        runs = connection.execute("select sum(read), sum(applied), count(*) from run").fetchone()
    expected = 1
    for arrival, records in arrivals:
        assert arrival == expected, seed
        expected += records
    assert runs[:2] == (RECORDS, RECORDS), seed
    verdict = call("audit", "verify", pipeline)
    assert verdict.code == 0, (seed, verdict)
