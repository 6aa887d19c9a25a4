"""CPU of the ledger: T1 and T2 of prepared batches, without source and target."""

import json
import random
import statistics
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from records import record

from connector_sdk.ledger import batches, runs
from connector_sdk.ledger.batches import Commit, Intent
from connector_sdk.ledger.commitments import leaves
from connector_sdk.ledger.merkle import root
from connector_sdk.ledger.partitions import PartitionKey, Standing
from connector_sdk.ledger.spool import SpooledPage
from connector_sdk.ledger.store import Store, open_store
from connector_sdk.schema import Schema

BATCHES = 40


class Cost(NamedTuple):
    """CPU in microseconds a record and milliseconds a batch; bytes of ledger a record."""

    proof_per_record: float
    rest_per_record: float
    per_batch: float
    bytes_per_record: float


def measure() -> Cost:
    """Fit a line through batches of 100 and of 4,000 records: its slope is a record's, its start a batch's."""
    small, large = _cpu(100), _cpu(4000)
    slope = (large[0] - small[0]) / 3900
    proof = large[1] / 4000
    return Cost(proof * 1e6, (slope - proof) * 1e6, (small[0] - slope * 100) * 1e3, large[2])


def _cpu(size: int) -> tuple[float, float, float]:
    chance = random.Random(2)
    texts = [json.dumps(record(i, chance)).encode() for i in range(size)]
    keys = [b'["003%015d"]' % i for i in range(size)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ledger.db"
        with closing(open_store(path, create=True)) as store:
            started = runs.start(store, PartitionKey("dev", "bench"), bundle="", trigger={})
            whole, proof = [], []
            standing = Standing(0, 0, None, None)
            for seq in range(1, BATCHES + 1):
                before = time.process_time()
                committed, letters = _commitments(store, str(started.lease.key), seq, texts, keys)
                proof.append(time.process_time() - before + _proof(committed, letters))
                intent = Intent(
                    seq=seq, arrival=standing.arrival + 1, origin=1, texts=texts, keys=committed[0],
                    values=committed[1], done=size, last=True, cursor=seq,
                    page=SpooledPage(
                        texts=texts, faults={}, schema=Schema(fields=()), target="", origin=1, cursor=seq
                    ),
                )  # fmt: skip
                batches.intend(started.lease, started.id, intent, "")
                result = Commit(["applied"] * size, [], None)
                standing = batches.commit(started.lease, started.id, intent, result, standing)
                whole.append(time.process_time() - before - (proof[-1] - 0))
            started.lease.close()
        return (
            statistics.median(w + p for w, p in zip(whole, proof, strict=True)),
            statistics.median(proof),
            path.stat().st_size / (BATCHES * size),
        )
