"""A source that reports deletions, and runs of it."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from connector_sdk.connector import Deleted, Sink
from connector_sdk.ledger import dead_letters
from connector_sdk.ledger.partitions import PartitionKey
from connector_sdk.ledger.store import Store
from connector_sdk.ledger.verify import verify
from connector_sdk.pipeline.execution import Options
from connector_sdk.pipeline.outcome import RunReport
from connector_sdk.pipeline.run import run
from tests.pipeline.fakes import ListStream, TableSink, assembly, record

OPTIONS = Options(trigger={"kind": "test"})


class Deleting(ListStream):
    """A source that reports deletions."""

    reports_deletes = True


class Simple(TableSink):
    """A target that can neither mark nor delete."""

    deletes = frozenset()


def gone(number: int, value: int = 0) -> Deleted:
    return Deleted(record(number, value))


PAGES: list[list[Any]] = [[record(1), record(2), record(3)], [gone(1, 7), record(4), gone(9), gone(4, 8)]]


def go(store: Store, folder: Path, stream: ListStream, sink: Sink, deletes: str, more: str = "") -> RunReport:
    return run(made(folder, stream, sink, deletes, more), store, OPTIONS)


def made(folder: Path, stream: ListStream, sink: Sink, deletes: str, more: str = "") -> Any:
    """Assemble; as in a pipeline, another `write` is another target for an open batch."""
    options = f"batch_size: 2\nwrite: {{deletes: {deletes}}}\ndead_letters: {{max_ratio: 1}}\n{more}"
    return replace(assembly(folder, stream, sink, options), target=f"sha256:{deletes}")


def letters(store: Store) -> list[Any]:
    with store.snapshot() as connection:
        return list(dead_letters.listed(connection, PartitionKey("dev", "fake"), state=None))


def require_verified(store: Store) -> None:
    with store.snapshot() as connection:
        report = verify(connection, verifiers=[store.keys.signing.verifier])
    assert report.verdict == "ok", report.findings
