"""Where a partition stands: the names that identify it, and its committed position."""

from dataclasses import dataclass
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from connector_sdk.ledger.tables import partition


@dataclass(frozen=True, slots=True)
class PartitionKey:
    """Environment, pipeline, flow and partition: one cursor each."""

    environment: str
    pipeline: str
    flow: str = "main"
    name: str = "all"

    def __str__(self) -> str:
        return f"{self.environment}/{self.pipeline}/{self.flow}/{self.name}"


@dataclass(frozen=True, slots=True)
class Standing:
    """The committed position: last batch, records so far, the stream's cursor and the sink's checkpoint."""

    seq: int
    arrival: int
    cursor: Any
    checkpoint: Any


def to_json(value: Any) -> str | None:
    """Write a cursor or checkpoint as its column holds it."""
    return None if value is None else msgspec.json.encode(value).decode()


def from_json(text: str | None) -> Any:
    """Read a cursor or checkpoint back."""
    return None if text is None else msgspec.json.decode(text)


def find(connection: Connection, key: PartitionKey) -> Row[Any] | None:
    """Return the partition's row, or None where it never ran."""
    return connection.execute(
        sa.select(partition).where(
            partition.c.environment == key.environment,
            partition.c.pipeline == key.pipeline,
            partition.c.flow == key.flow,
            partition.c.name == key.name,
        )
    ).one_or_none()


def find_or_create(connection: Connection, key: PartitionKey) -> Row[Any]:
    """Return the partition's row, made with nothing read yet where it is new."""
    row = find(connection, key)
    if row is None:
        new = {"environment": key.environment, "pipeline": key.pipeline, "flow": key.flow, "name": key.name}
        connection.execute(partition.insert(), {**new, "epoch": 0, "seq": 0, "arrival": 0})
        row = find(connection, key)
        assert row is not None  # noqa: S101 - inserted in this very transaction
    return row


def standing(row: Row[Any]) -> Standing:
    """Read the position out of the partition's row."""
    return Standing(row.seq, row.arrival, from_json(row.cursor), from_json(row.checkpoint))
