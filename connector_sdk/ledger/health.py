"""What the ledger knows of how a pipeline fares: its last runs, and what is left to be dealt with."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from connector_sdk.ledger.partitions import PartitionKey
from connector_sdk.ledger.tables import dead_letter, partition, run

REDRIVE: Final[Mapping[str, str]] = MappingProxyType({"verb": "redrive"})
"""Part of the trigger of a run that moved dead letters again and asked the source for nothing."""

_OF_REDRIVE: Final = '"verb":"redrive"'


@dataclass(frozen=True, slots=True)
class Health:
    """The figures of one pipeline in one environment; moments as the ledger writes them.

    `last` is the newest run, whatever it did; `good` the newest one that read the source and succeeded.
    `read` is what all of the latter read since the moment asked about, `good` alone where none was.
    """

    last: Row[Any] | None = None
    good: Row[Any] | None = None
    read: int = 0
    in_doubt: int = 0
    dead_letters: int = 0
    oldest: str | None = None


def health(connection: Connection, key: PartitionKey, since: str | None) -> Health:
    """Return how a pipeline fares; `since` is where the period begins in which its owner expects records."""
    own = (run.c.environment == key.environment, run.c.pipeline == key.pipeline)
    reading = (*own, run.c.status == "succeeded", ~run.c.trigger.contains(_OF_REDRIVE, autoescape=True))
    good = connection.execute(_newest(reading, run.c.ended)).one_or_none()
    if since is not None:
        read = _sum(connection, run.c.read, *reading, run.c.ended >= since)
    else:
        read = good.read if good else 0
    letters = connection.execute(
        sa.select(sa.func.count(), sa.func.min(dead_letter.c.opened))
        .select_from(dead_letter.join(partition, partition.c.id == dead_letter.c.partition_id))
        .where(
            partition.c.environment == key.environment,
            partition.c.pipeline == key.pipeline,
            dead_letter.c.state == "open",
        )
    ).one()
    return Health(
        last=connection.execute(_newest(own, run.c.started)).one_or_none(),
        good=good,
        read=read,
        in_doubt=_sum(connection, run.c.in_doubt, *own),
        dead_letters=letters[0],
        oldest=letters[1],
    )


def _newest(where: tuple[sa.ColumnElement[bool], ...], by: sa.Column[Any]) -> sa.Select[Any]:
    return sa.select(run).where(*where).order_by(by.desc(), run.c.id.desc()).limit(1)


def _sum(connection: Connection, column: sa.Column[Any], *where: sa.ColumnElement[bool]) -> int:
    found = connection.execute(sa.select(sa.func.sum(column)).where(*where)).scalar_one()
    return int(found or 0)
