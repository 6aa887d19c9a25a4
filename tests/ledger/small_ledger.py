"""A small consistent ledger, made by direct inserts: what the verifier checks, checked against other code."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from connector_sdk.clock import timestamp
from connector_sdk.ledger import audit_log, tables
from connector_sdk.ledger.dispositions import LETTERS
from connector_sdk.ledger.merkle import leaf_hash, root
from connector_sdk.ledger.verify import Report, verify
from connector_sdk.signing import Signer
from tests.clocks import FakeClock

LEDGER = "9f0c6a52-8d0e-4d0b-9f5e-0d7f3a1c2b4d"
ORIGIN = f"connector-sdk/{LEDGER}"
SIGNER = Signer.new()
STRANGER = Signer.new()


class SmallLedger:
    """One connection to a ledger in memory, and the steps that write it."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.clock = FakeClock()
        tables.metadata.create_all(connection)
        facts = {
            "format": "1",
            "ledger": LEDGER,
            "created": self.now(),
            "keys": "signing:0a hmac:0b spool:0c",
        }
        rows = [{"name": name, "value": value} for name, value in facts.items()]
        connection.execute(tables.meta.insert(), rows)
        self.append("ledger.created", **facts)

    def now(self) -> str:
        self.clock.advance(0.25)
        return timestamp(self.clock.now())

    def append(self, event: str, **more: Any) -> int:
        return audit_log.append(self.connection, clock=self.clock, type=event, **more)

    def sign(self) -> str:
        return audit_log.sign_checkpoint(self.connection, SIGNER, ORIGIN, self.clock)

    def verify(self, retained: str | None = None, *signers: Signer) -> Report:
        verifiers = [signer.verifier for signer in signers or (SIGNER,)]
        return verify(self.connection, verifiers=verifiers, retained=retained)

    def partition(self, number: int, name: str) -> str:
        row = {"environment": "dev", "pipeline": "dm-to-db", "flow": "main", "name": name}
        new = {"id": number, **row, "epoch": 0, "seq": 0, "arrival": 0}
        self.connection.execute(tables.partition.insert(), new)
        return "/".join(row.values())

    def take(self, number: int, name: str, epoch: int, run: str) -> None:
        holder = {"host": "node-1", "pid": 4711, "run": run}
        text = json.dumps(holder, separators=(",", ":"))
        self._standing(number, epoch=epoch, holder=text, lease_expires=self.now())
        self.append("lease.taken", run=run, partition=name, epoch=epoch, holder=holder)

    def release(self, number: int, name: str, epoch: int) -> None:
        self._standing(number, holder=None, lease_expires=None)
        self.append("lease.released", partition=name, epoch=epoch)

    def start(self, run: str, retries: str | None = None) -> None:
        trigger = {"kind": "cli", "by": "Ωmega"}
        facts = {"environment": "dev", "pipeline": "dm-to-db", "started": self.now()}
        facts |= {"bundle": "sha256:0b", "environment_digest": "sha256:0e"}
        row = {"id": run, "status": "running", "retries": retries, "read": 0, "batches": 0, "calls": 0}
        text = json.dumps(trigger, separators=(",", ":"), ensure_ascii=False)
        self.connection.execute(
            tables.run.insert(), {**row, **facts, "trigger": text, **dict.fromkeys(LETTERS, 0)}
        )
        self.append("run.started", run=run, trigger=trigger, retries=retries, **facts)

    def finish(self, run: str, status: str, error: dict[str, str] | None = None) -> None:
        ended, text = self.now(), json.dumps(error, separators=(",", ":")) if error else None
        mine = tables.run.c.id == run
        self.connection.execute(
            tables.run.update().where(mine).values(status=status, ended=ended, error=text)
        )
        row = self.connection.execute(sa.select(tables.run).where(mine)).mappings().one()
        facts = {name: row[name] for name in ("read", *LETTERS, "batches", "calls")}
        code = error["code"] if error else None
        digest = audit_log.text_digest(text)
        self.append("run.finished", run=run, status=status, ended=ended, code=code, error=digest, **facts)

    def intend(self, number: int, name: str, seq: int, epoch: int, run: str, records: int) -> None:
        arrival = self.connection.execute(
            sa.select(tables.partition.c.arrival).where(tables.partition.c.id == number)
        ).scalar_one()
        keys = hashlib.shake_128(f"{name}{seq}".encode()).digest(8 * records)
        place = {"partition_id": number, "seq": seq}
        facts = {"records": records, "arrival": arrival, "origin": arrival + 1, "intended": self.now()}
        row = {**place, "run_id": run, "epoch": epoch, "state": "intent", **facts}
        self.connection.execute(tables.batch.insert(), row)
        self.connection.execute(tables.batch_keys.insert(), {**place, "keys": keys})
        facts |= {"keys": hashlib.sha256(keys).hexdigest(), "payloads": "ab" * 32, "bundle": "sha256:0b"}
        self.append("batch.intended", run=run, partition=name, seq=seq, epoch=epoch, **facts)

    def resume(self, number: int, name: str, seq: int, epoch: int, run: str) -> None:
        mine = sa.and_(tables.batch.c.partition_id == number, tables.batch.c.seq == seq)
        self.connection.execute(tables.batch.update().where(mine).values(run_id=run, epoch=epoch))
        self.append("batch.resumed", run=run, partition=name, seq=seq, epoch=epoch)

    def commit(
        self, number: int, name: str, seq: int, epoch: int, run: str, letters: str, counted: str = ""
    ) -> None:
        records, packed = len(letters), letters.encode()
        leaves = [leaf_hash(f"{name}{seq}{index}{letter}".encode()) for index, letter in enumerate(letters)]
        counts = {word: (counted or letters).lower().count(letter) for word, letter in LETTERS.items()}
        committed, place = self.now(), {"partition_id": number, "seq": seq}
        mine = sa.and_(tables.batch.c.partition_id == number, tables.batch.c.seq == seq)
        outcome = {"state": "committed", "committed": committed, "root": root(leaves)}
        self.connection.execute(tables.batch.update().where(mine).values(outcome))
        proof = {**place, "dispositions": packed, "leaves": b"".join(leaves)}
        self.connection.execute(tables.batch_proof.insert(), proof)
        opened = [
            self._dead_letter(place, index, deleted=letter.isupper())
            for index, letter in enumerate(letters)
            if letter in "dD"
        ]
        cursor = json.dumps({"after": seq})
        standing = tables.partition.c.arrival + records
        self._standing(number, seq=seq, arrival=standing, cursor=cursor, checkpoint=f'"{seq}"')
        added = {"read": records, "batches": 1, **counts}
        values = {word: tables.run.c[word] + count for word, count in added.items()}
        self.connection.execute(tables.run.update().where(tables.run.c.id == run).values(values))
        facts = {"records": records, **counts, "committed": committed, "root": root(leaves).hex()}
        facts |= {"dispositions": hashlib.sha256(packed).hexdigest()}
        facts |= {
            "cursor": audit_log.text_digest(cursor),
            "checkpoint": audit_log.text_digest(f'"{seq}"'),
        }
        facts |= {"dead_letters": audit_log.dead_letters_digest(opened)}
        self.append("batch.committed", run=run, partition=name, seq=seq, epoch=epoch, **facts)

    def called(self, name: str, run: str, side: str, *attempts: int) -> None:
        calls: list[dict[str, Any]] = [
            {"method": "GET", "host": "crm.example", "path": "/items/{id}", "status": 200, "attempts": each}
            for each in attempts
        ]
        calls[-1] |= {"status": None, "code": "unreachable"}
        mine = tables.run.c.id == run
        added = {"calls": tables.run.c.calls + sum(attempts)}
        self.connection.execute(tables.run.update().where(mine).values(added))
        self.append("http.called", run=run, partition=name, side=side, calls=calls)

    def close(self, name: str, identifier: str, state: str) -> None:
        closed = {"state": state, "closed": self.now(), "reason": "invented: the site sent it twice"}
        mine = tables.dead_letter.c.id == identifier
        changed = {**closed, "actor": "Kim Vale"}
        self.connection.execute(tables.dead_letter.update().where(mine).values(changed))
        actor = {"kind": "human", "name": "Kim Vale"}
        self.append("dead_letter.closed", actor=actor, partition=name, id=identifier, **closed)

    def _dead_letter(self, place: dict[str, int], index: int, *, deleted: bool) -> dict[str, Any]:
        row = {
            "id": f"dl-{place['partition_id']}-{place['seq']}-{index}",
            **place,
            "position": index,
            "arrival": 40 + index,
            "origin": 60 + index,
            "attempts": 1,
            "stage": "decode",
            "code": "not-a-date",
            "message": "field BRTHDTC is not a date",
            "payload": bytes([1, index, 255]),
            "deleted": int(deleted),
            "state": "open",
            "opened": self.now(),
        }
        self.connection.execute(tables.dead_letter.insert(), row)
        return row

    def _standing(self, number: int, **values: Any) -> None:
        mine = tables.partition.c.id == number
        self.connection.execute(tables.partition.update().where(mine).values(values))


def build(ledger: SmallLedger) -> None:
    """Two partitions, three runs (one killed and recovered), every disposition, two checkpoints."""
    first, second = ledger.partition(1, "all"), ledger.partition(7, "site/12")
    ledger.take(1, first, 1, "run-1")
    ledger.start("run-1")
    ledger.append(
        "contract.checked", run="run-1", partition=first, stream="dm", digest="sha256:c0", pinned=True
    )
    ledger.intend(1, first, 1, 1, "run-1", 7)
    ledger.commit(1, first, 1, 1, "run-1", "aAsfdiD")
    ledger.intend(1, first, 2, 1, "run-1", 3)
    ledger.take(7, second, 1, "run-2")
    ledger.start("run-2")
    ledger.intend(7, second, 1, 1, "run-2", 1)
    ledger.commit(7, second, 1, 1, "run-2", "a")
    ledger.release(7, second, 1)
    ledger.finish("run-2", "succeeded")
    ledger.sign()
    ledger.take(1, first, 2, "run-3")
    ledger.finish("run-1", "aborted", {"code": "killed", "message": "process 4711 on node-1 died"})
    ledger.start("run-3", retries="run-1")
    ledger.resume(1, first, 2, 2, "run-3")
    ledger.commit(1, first, 2, 2, "run-3", "ada")
    ledger.intend(1, first, 3, 2, "run-3", 0)
    ledger.commit(1, first, 3, 2, "run-3", "")
    ledger.close(first, "dl-1-1-4", "discarded")
    ledger.release(1, first, 2)
    ledger.finish("run-3", "succeeded")
    ledger.sign()


def call_out(ledger: SmallLedger) -> None:
    """A run that calls both sides, and is refused one call."""
    name = "dev/dm-to-db/main/site/12"
    ledger.take(7, name, 2, "run-9")
    ledger.start("run-9")
    ledger.called(name, "run-9", "source", 1, 3)
    ledger.append("compliance.refused", run="run-9", code="plaintext-http", side="source", host="crm.example")
    ledger.called(name, "run-9", "destination", 2)
    ledger.release(7, name, 2)
    ledger.finish("run-9", "refused", {"code": "plaintext-http", "message": "refused before it was sent"})
    ledger.sign()


def leave_open(ledger: SmallLedger) -> None:
    """A run under way: its batch intended, nothing signed since."""
    name = "dev/dm-to-db/main/all"
    ledger.take(1, name, 3, "run-4")
    ledger.start("run-4")
    ledger.intend(1, name, 4, 3, "run-4", 2)


@contextmanager
def small_ledger() -> Iterator[SmallLedger]:
    """Build one in memory; what is done to it is gone afterwards."""
    engine: Engine = sa.create_engine("sqlite://")
    try:
        with engine.connect() as connection:
            ledger = SmallLedger(connection)
            build(ledger)
            yield ledger
    finally:
        engine.dispose()
