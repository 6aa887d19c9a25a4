"""Write twenty batches with SqlSink, going on where the file `done` says; SIGKILL oneself at the moment told.

How: `mark` appends, the first fifty records of each batch as deleted ones; `delete` upserts half a batch of
new records and deletes those of the batch before.

The moments: a number of steps of SQLite's machine (in hundreds), `commit` (just before that of the second
batch), `committed` (just after it), `never`.
"""

import os
import signal
import sqlite3
import sys
from pathlib import Path
from typing import Any

import msgspec
from connector_sql import sink as module

from connector_sdk.connector import APPLIED, Batch, Call, Deletes, Mode, WritePolicy
from connector_sdk.schema import Field, FieldType, Schema

SIZE = 250


def die(*_: Any) -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return 0


def plan_death(moment: str) -> None:
    """Arrange for the kill, in the driver where it can be."""
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return die() if steps == int(moment) else 0

    class Connection(sqlite3.Connection):
        def commit(self) -> None:
            commits.append(1)
            if moment == "commit" and len(commits) == 3:
                die()
            super().commit()
            if moment == "committed" and len(commits) == 3:
                die()

    commits: list[int] = []
    connect = sqlite3.connect

    def connected(*args: Any, **options: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = connect(*args, factory=Connection, **options)
        if moment.isdigit():
            connection.set_progress_handler(count, 100)
        return connection

    sqlite3.connect = connected


HOW = {
    "mark": (WritePolicy(Mode.APPEND, deletes=Deletes.MARK), 0, 50),
    "delete": (WritePolicy(Mode.UPSERT, deletes=Deletes.DELETE), SIZE // 2, SIZE),
}


def main(database: str, done: str, moment: str, how: str) -> None:
    policy, first, end = HOW[how]
    key = () if how == "mark" else ("id",)
    schema = Schema(fields=(Field(name="id", type=FieldType.STRING),), key=key)
    deleted = [first <= index < end for index in range(SIZE)]
    kind = msgspec.defstruct("Row", [("id", str)])
    last, epoch = map(int, Path(done).read_text().split()) if Path(done).exists() else (0, 0)
    epoch += 1
    Path(done).write_text(f"{last} {epoch}")
    plan_death(moment)
    sink = module.SqlSink(Path(database), "hcp")
    sink.prepare(Call("p", "0"), schema, policy)
    for seq in range(last + 1, 21):
        numbers = [(seq - 1) * SIZE + index for index in range(SIZE)]
        if how == "delete":
            numbers = [number - SIZE * 3 // 2 if number % SIZE >= first else number for number in numbers]
        records = [kind(f"{number:07}") for number in numbers]
        payloads = [msgspec.json.encode(record) for record in records]
        batch = Batch("p", "0", epoch, seq, schema, payloads, records, range(SIZE), deleted=deleted)
        assert sink.write(Call(), batch) == [APPLIED] * SIZE
        Path(done).write_text(f"{seq} {epoch}")
    sink.close()


main(*sys.argv[1:])
