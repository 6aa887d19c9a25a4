"""A source and a target that remember everything, and die where a test says."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from connector_sdk.config import Config
from connector_sdk.connector import (
    APPLIED,
    SUPERSEDED,
    Batch,
    Call,
    Connector,
    Deletes,
    Delivery,
    Json,
    Outcome,
    Page,
    Sink,
    Stream,
    Unreadable,
    WritePolicy,
    rejected,
)
from connector_sdk.ledger.partitions import PartitionKey
from connector_sdk.pipeline.assembly import Assembly
from connector_sdk.pipeline.definition import load_pipeline
from connector_sdk.schema import Field, FieldType, Schema

SCHEMA = Schema(
    fields=(Field(name="id", type=FieldType.STRING), Field(name="n", type=FieldType.INTEGER)), key=("id",)
)


class Killed(BaseException):
    """The process dies here: nothing may catch it."""


def record(number: int, value: int = 0) -> bytes:
    return b'{"id":"%05d","n":%d}' % (number, value)


class ListStream(Stream):
    """Serves pages from a list; counts how often each was asked for."""

    def __init__(self, pages: list[list[Any]], schema: Schema = SCHEMA) -> None:
        self.pages = pages
        self.offered = schema
        self.served: list[int] = []
        self.acknowledged: list[Json] = []

    def schema(self, call: Call) -> Schema:
        return self.offered

    def read(self, call: Call, position: Json) -> Iterator[Page]:
        for number in range(position or 0, len(self.pages)):
            self.served.append(number)
            first = 1 + sum(map(len, self.pages[:number]))
            yield Page(self.pages[number], cursor=number + 1, first=first)

    def acknowledge(self, page_cursor: Json) -> None:
        self.acknowledged.append(page_cursor)


class TableSink(Sink):
    """A target that survives crashes: rows by key with their version, and every write in order.

    `marked` are the keys of rows whose record was deleted, where that is to be marked.
    """

    delivery = Delivery.EFFECTIVELY_ONCE
    keyed = True
    versioned = True
    deletes = frozenset({Deletes.MARK, Deletes.DELETE})

    def __init__(self) -> None:
        self.rows: dict[str, tuple[int, int]] = {}
        self.marked: set[str] = set()
        self.policy = WritePolicy()
        self.writes: list[tuple[int, int, list[str]]] = []
        self.refuse: Mapping[str, str] = {}
        self.before: Callable[[Batch], None] = lambda _: None
        self.after: Callable[[Batch], None] = lambda _: None
        self.answers: Callable[[list[Outcome]], Iterable[Outcome]] = lambda outcomes: outcomes
        self.finished = 0
        self.ledgers: set[str] = set()

    def check(self, call: Call, schema: Schema, write: WritePolicy) -> None:
        self.policy = write

    def write(self, call: Call, batch: Batch) -> Iterable[Outcome]:
        self.before(batch)
        self.ledgers.add(batch.ledger)
        outcomes = []
        numbered = zip(map(_tuple, batch.records), batch.versions, batch.deleted, strict=True)
        for (key, number), version, deleted in numbered:
            if key in self.refuse:
                outcomes.append(rejected(self.refuse[key], "refused as the test wishes"))
            elif self.versioned and key in self.rows and self.rows[key][1] > version:
                outcomes.append(SUPERSEDED)
            elif deleted and self.policy.deletes is Deletes.DELETE:
                self.rows.pop(key, None)
                outcomes.append(APPLIED)
            else:
                self.rows[key] = (number, version)
                (self.marked.add if deleted else self.marked.discard)(key)
                outcomes.append(APPLIED)
        self.writes.append((batch.epoch, batch.seq, [values[0] for values in map(_tuple, batch.records)]))
        self.after(batch)
        return self.answers(outcomes)

    def finish(self, call: Call) -> None:
        self.finished += 1


class Quiet(Connector[Config]):
    """A system that is reached without HTTP."""

    name = "quiet"


def _tuple(value: Any) -> tuple[Any, ...]:
    return msgspec.structs.astuple(value)


def assembly(folder: Path, stream: Stream, sink: Sink, options: str = "") -> Assembly:
    """Assemble a pipeline of fakes; `options` are further lines of its document."""
    path = folder / "pipeline.yaml"
    path.write_text(
        "format: 1\npipeline: fake\nsource: {connector: files}\ndestination: {connector: sql}\n" + options
    )
    pipeline = load_pipeline(path)
    return Assembly(
        pipeline=pipeline,
        key=PartitionKey("dev", "fake"),
        source=Quiet(Config()),
        destination=Quiet(Config()),
        stream_name="list",
        stream=stream,
        sink=sink,
        write=pipeline.definition.write.policy,
        contract_path=folder / "contracts" / "none.yaml",
        place="sha256:place",
        read_from="fake:stream",
        target="sha256:target",
    )


__all__ = ["SCHEMA", "Killed", "ListStream", "TableSink", "Unreadable", "assembly", "record"]
