"""CPU of the ledger: commitments, T1 and T2 of prepared batches, without source and target."""

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
from connector_sdk.ledger.leases import Lease
from connector_sdk.ledger.merkle import root
from connector_sdk.ledger.partitions import PartitionKey, Standing
from connector_sdk.ledger.spool import SpooledPage
from connector_sdk.ledger.store import open_store
from connector_sdk.schema import Schema

BATCHES = 60
SMALL, LARGE = 100, 4000


class Cost(NamedTuple):
    """CPU in µs a record (proof: commitments, leaves, tree) and ms a batch; bytes stored."""

    proof_per_record: float
    rest_per_record: float
    per_batch: float
    bytes_per_record: float


class Sample(NamedTuple):
    """Medians over batches of one size, in seconds of CPU; and the ledger's bytes a record."""

    whole: float
    proof: float
    stored: float


def measure() -> Cost:
    """Draw a line through small and large batches: its slope is a record's cost, its start a batch's."""
    small, large = _sample(SMALL), _sample(LARGE)
    slope = (large.whole - small.whole) / (LARGE - SMALL)
    proof = (large.proof - small.proof) / (LARGE - SMALL)
    return Cost(proof * 1e6, (slope - proof) * 1e6, (small.whole - slope * SMALL) * 1e3, large.stored)


def _sample(size: int) -> Sample:
    chance = random.Random(2)
    texts = [json.dumps(record(number, chance)).encode() for number in range(size)]
    keys = [b'["003%015d"]' % number for number in range(size)]
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(open_store(Path(folder) / "l.db", create=True)) as store,
    ):
        started = runs.start(
            store, PartitionKey("dev", "bench"), bundle="", environment_digest="", trigger={}
        )
        standing = Standing(0, 0, None, None)
        whole, proof = [], []
        for _ in range(BATCHES):
            began = time.process_time()
            standing = _batch(started.lease, started.id, standing, texts, keys)
            whole.append(time.process_time() - began)
            began = time.process_time()
            _proof(started.lease, texts, keys)
            proof.append(time.process_time() - began)
        started.lease.close()
        stored = store.path.stat().st_size / (BATCHES * size)
    return Sample(statistics.median(whole), statistics.median(proof), stored)


def _batch(lease: Lease, run: str, before: Standing, texts: list[bytes], keys: list[bytes]) -> Standing:
    seq = before.seq + 1
    intent = Intent(
        seq=seq,
        arrival=before.arrival + 1,
        origin=before.arrival + 1,
        texts=texts,
        keys=lease.store.commitments.keys(keys),
        values=lease.store.commitments.values(str(lease.key), seq, texts),
        done=len(texts),
        last=True,
        cursor=seq,
        page=SpooledPage(
            texts=texts,
            faults={},
            schema=Schema(fields=()),
            new_fields="report",
            target="",
            origin=1,
            cursor=seq,
        ),
    )
    batches.intend(lease, run, intent, "")
    return batches.commit(lease, run, intent, Commit(["applied"] * len(texts), [], None), before)


def _proof(lease: Lease, texts: list[bytes], keys: list[bytes]) -> None:
    """Repeat what the proof of one batch costs."""
    committed = lease.store.commitments.keys(keys)
    values = lease.store.commitments.values(str(lease.key), 1, texts)
    root(leaves(committed, values, 1, b"a" * len(texts)))
