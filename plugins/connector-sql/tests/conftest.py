"""A target to write into, and batches made from plain Python values."""

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import pytest
from connector_sql.sink import SqlSink
from msgspec import UNSET

from connector_sdk.connector import Batch, Call, Deletes, Mode, Outcome, WritePolicy
from connector_sdk.schema import Field, FieldType, Schema

Rows = Sequence[Mapping[str, Any]]


def make_schema(*fields: Field | str, key: Sequence[str] = ("id",)) -> Schema:
    """Make a schema; a bare name is a required text."""
    made = tuple(Field(name=f, type=FieldType.STRING) if isinstance(f, str) else f for f in fields)
    return Schema(fields=made, key=tuple(key))


def _payload(row: Mapping[str, Any]) -> bytes:
    def plain(value: Any) -> Any:
        return bytes(value).decode() if isinstance(value, msgspec.Raw) else str(value)

    return json.dumps(dict(row), default=plain).encode("utf-8", "surrogatepass")


def make_batch(
    schema: Schema,
    rows: Rows,
    *,
    seq: int = 1,
    epoch: int = 1,
    versions: Sequence[int] | None = None,
    ledger: str = "one",
    deleted: Sequence[bool] = (),
) -> Batch:
    """Make a batch; a field that a row lacks is absent. Versions go on with the batch's number."""
    kind = msgspec.defstruct("Row", [(f"f{index}", Any) for index in range(len(schema.fields))])
    return Batch(
        pipeline="p",
        partition="0",
        epoch=epoch,
        seq=seq,
        schema=schema,
        payloads=[_payload(row) for row in rows],
        records=[kind(*(row.get(name, UNSET) for name in schema.names)) for row in rows],
        versions=versions or range(seq * 1000, seq * 1000 + len(rows)),
        cursor={"line": seq},
        ledger=ledger,
        deleted=deleted,
    )


@dataclass
class Target:
    """One table in one file, with every sink that was opened on it."""

    path: Path
    table: str = "hcp"
    call: Call = field(default_factory=lambda: Call(pipeline="p", partition="0"))
    opened: list[SqlSink] = field(default_factory=list)

    schema = staticmethod(make_schema)
    batch = staticmethod(make_batch)

    def sink(
        self,
        schema: Schema,
        mode: Mode = Mode.UPSERT,
        *,
        omit_nulls: bool = False,
        deletes: Deletes = Deletes.REFUSE,
    ) -> SqlSink:
        """Open a sink that is ready to be written to."""
        sink = self.bare()
        sink.prepare(self.call, schema, WritePolicy(mode, omit_nulls, deletes))
        return sink

    def bare(self) -> SqlSink:
        """Open a sink that is not prepared."""
        sink = SqlSink(self.path, self.table)
        self.opened.append(sink)
        return sink

    def write(self, sink: SqlSink, schema: Schema, rows: Rows, **options: Any) -> list[Outcome]:
        """Write rows as one batch."""
        return sink.write(self.call, make_batch(schema, rows, **options))

    def rows(self, what: str = "*", table: str | None = None) -> list[tuple[Any, ...]]:
        """Read the table with the standard library alone."""
        name = (table or self.table).replace('"', '""')
        return self.run(f'SELECT {what} FROM "{name}" ORDER BY rowid')

    def run(self, *statements: str) -> list[tuple[Any, ...]]:
        """Run statements with the standard library alone; returns the last one's rows."""
        found: list[tuple[Any, ...]] = []
        with closing(sqlite3.connect(self.path, isolation_level=None)) as connection:
            for statement in statements:
                found = connection.execute(statement).fetchall()
        return found

    def close(self) -> None:
        for sink in self.opened:
            sink.close()
        self.opened.clear()


@pytest.fixture
def target(tmp_path: Path) -> Iterator[Target]:
    made = Target(tmp_path / "target.db")
    yield made
    made.close()


@pytest.fixture
def new_target(tmp_path: Path) -> Iterator[Callable[[], Target]]:
    """Make any number of targets in one test (hypothesis draws many examples)."""
    made: list[Target] = []

    def make() -> Target:
        made.append(Target(tmp_path / f"target-{len(made)}.db"))
        return made[-1]

    yield make
    for one in made:
        one.close()
