"""Runs: started with their lease, ended with their outcome and a signed checkpoint."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from connector_sdk.clock import timestamp
from connector_sdk.errors import ConfigurationError
from connector_sdk.ids import uuid7
from connector_sdk.ledger import audit_log
from connector_sdk.ledger.checkpoints import origin
from connector_sdk.ledger.dispositions import LETTERS
from connector_sdk.ledger.leases import Holder, Lease, take
from connector_sdk.ledger.partitions import PartitionKey
from connector_sdk.ledger.store import Store
from connector_sdk.ledger.tables import batch, run


@dataclass(frozen=True, slots=True)
class Started:
    """A run that holds its partition; `killed` is the run that died holding it before."""

    id: str
    lease: Lease
    killed: str | None


def start(
    store: Store, key: PartitionKey, *, bundle: str, environment_digest: str, trigger: dict[str, str]
) -> Started:
    """T0: record the run and take the partition, in one transaction.

    Raises LeaseHeldError while another run holds it.
    """
    now = store.clock.now()
    run_id, started = str(uuid7(now)), timestamp(now)
    lease: Lease | None = None
    try:
        with store.transaction() as connection:
            lease, last = take(store, connection, key, run_id)
            killed = _bury(store, connection, last)
            connection.execute(
                run.insert(),
                {
                    "id": run_id,
                    "environment": key.environment,
                    "pipeline": key.pipeline,
                    "status": "running",
                    "trigger": msgspec.json.encode(trigger).decode(),
                    "retries": killed,
                    "started": started,
                    "bundle": bundle,
                    "environment_digest": environment_digest,
                    "read": 0,
                    "batches": 0,
                    "calls": 0,
                    **dict.fromkeys(LETTERS, 0),
                },
            )
            audit_log.append(
                connection,
                clock=store.clock,
                type="run.started",
                run=run_id,
                environment=key.environment,
                pipeline=key.pipeline,
                trigger=trigger,
                bundle=bundle,
                environment_digest=environment_digest,
                started=started,
                retries=killed,
            )
    except BaseException:
        if lease is not None:
            lease.close()
        raise
    return Started(run_id, lease, killed)


def finish(
    store: Store, connection: Connection, run_id: str, *, status: str, error: dict[str, Any] | None
) -> Row[Any]:
    """Record how a run ended; returns its row."""
    connection.execute(
        run.update()
        .where(run.c.id == run_id)
        .values(
            status=status,
            ended=timestamp(store.clock.now()),
            error=msgspec.json.encode(error).decode() if error else None,
        )
    )
    row = get(connection, run_id)
    audit_log.append(
        connection,
        clock=store.clock,
        type="run.finished",
        run=run_id,
        status=status,
        read=row.read,
        batches=row.batches,
        calls=row.calls,
        ended=row.ended,
        error=audit_log.text_digest(row.error),
        code=error["code"] if error else None,
        **{name: getattr(row, name) for name in LETTERS},
    )
    return row


def sign(store: Store, connection: Connection) -> str:
    """Sign what the audit log holds now; returns the note, worth keeping outside this machine."""
    return audit_log.sign_checkpoint(connection, store.keys.signing, origin(store.ledger_id), store.clock)


def get(connection: Connection, run_id: str) -> Row[Any]:
    """Return one run; raises ConfigurationError for an unknown id."""
    row = connection.execute(sa.select(run).where(run.c.id == run_id)).one_or_none()
    if row is None:
        raise ConfigurationError(
            f"there is no run {run_id}", code="unknown-run", hint="`connector-sdk runs` lists them"
        )
    return row


def listed(connection: Connection, key: PartitionKey, limit: int = 20) -> Sequence[Row[Any]]:
    """Return the pipeline's newest runs, newest first."""
    return connection.execute(
        sa.select(run)
        .where(run.c.environment == key.environment, run.c.pipeline == key.pipeline)
        .order_by(run.c.started.desc(), run.c.id.desc())
        .limit(limit)
    ).all()


def batches_of(connection: Connection, run_id: str) -> Sequence[Row[Any]]:
    """Return the batches a run committed or left open, in order."""
    return connection.execute(sa.select(batch).where(batch.c.run_id == run_id).order_by(batch.c.seq)).all()


def _bury(store: Store, connection: Connection, last: Holder | None) -> str | None:
    """Say of a run that died holding the partition that it ended: it could not do so itself."""
    if last is None or get(connection, last.run).status != "running":
        return None
    error = {"code": "killed", "title": "KilledRun", "message": f"process {last.pid} on {last.host} died"}
    finish(store, connection, last.run, status="aborted", error=error)
    return last.run
