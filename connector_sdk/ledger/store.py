"""Open the ledger: one SQLite file, set to survive SIGKILL and power loss, refused when it is not ours."""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine

from connector_sdk.clock import SYSTEM_CLOCK, Clock, timestamp
from connector_sdk.errors import LedgerError
from connector_sdk.ledger import audit_log
from connector_sdk.ledger.commitments import Commitments
from connector_sdk.ledger.faults import damaged, disk_full, foreign, read_only, translated
from connector_sdk.ledger.format import require_format
from connector_sdk.ledger.tables import FORMAT, meta, metadata
from connector_sdk.signing import KeyRing, derive

APPLICATION_ID = 0x43534C47
"""`PRAGMA application_id` of a ledger: the letters CSLG."""

# WAL loses committed data on SQLite 3.7.0 to 3.51.2 (https://sqlite.org/wal.html#walresetbug), hence the
# rollback journal; EXTRA also syncs the folder after the journal is removed.
PRAGMAS = (
    "journal_mode=DELETE",
    "synchronous=EXTRA",
    "busy_timeout=5000",
    "foreign_keys=ON",
    "trusted_schema=OFF",
    "cell_size_check=ON",
    "mmap_size=0",
    # Whatever is deleted was encrypted; some builds would spend as long on wiping it as on writing it.
    "secure_delete=OFF",
)

SPACE_FLOOR = 64 * 2**20
"""Bytes that must be free before a batch is intended: a full disk is met before anything is sent."""


@dataclass(frozen=True)
class Store:
    """An open ledger: its engine, its keys and its identity."""

    path: Path
    engine: Engine
    keys: KeyRing
    ledger_id: str
    clock: Clock = SYSTEM_CLOCK

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Write in one durable transaction; nothing of it is kept when the block raises.

        Raises AuditUnavailableError when the store cannot record, LedgerError when it is damaged.
        """
        with translated(self.path), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """Read one consistent state without holding up a run."""
        with translated(self.path), self.engine.execution_options(reads=True).connect() as connection:
            yield connection

    def require_space(self, payload: int) -> None:
        """Refuse to go on when the disk could fill up in the middle of a batch of `payload` bytes."""
        needed = max(SPACE_FLOOR, 4 * payload)
        with translated(self.path):
            free = shutil.disk_usage(self.path.parent).free
        if free < needed:
            raise disk_full(self.path, free, needed)

    def require_sound(self) -> None:
        """Have SQLite look through the whole file for damage; raises LedgerError."""
        with self.snapshot() as connection:
            verdict = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
        if verdict != "ok":
            raise damaged(self.path)

    @cached_property
    def commitments(self) -> Commitments:
        """What stands in this ledger instead of keys and values."""
        return Commitments(self.keys.hmac)

    @cached_property
    def idempotency_secret(self) -> bytes:
        """What the keys are made with by which a target knows a write of this ledger again (32 bytes)."""
        return derive(self.keys.hmac, b"idempotency keys")

    @cached_property
    def cursor_salt(self) -> bytes:
        """What streams hash records with that they remember in their cursor (32 bytes)."""
        return derive(self.keys.hmac, b"records in cursors")

    def close(self) -> None:
        """Let go of the file."""
        self.engine.dispose()


def keys_folder(path: Path) -> Path:
    """Return where the keys of a ledger are kept."""
    return path.parent / "keys"


def open_store(path: Path, *, clock: Clock = SYSTEM_CLOCK, create: bool = False) -> Store:
    """Open the ledger at `path`; with `create` make it, and its keys, where there is none.

    Raises LedgerError for a file that is missing, not a ledger, damaged, of another format, or without its
    keys; AuditUnavailableError when it cannot be read or written now.
    """
    with translated(path):
        exists = path.exists() and path.stat().st_size > 0
        if not exists and not create:
            raise LedgerError(
                "there is no ledger here yet",
                code="ledger-missing",
                hint="the first `connector-sdk run` of the pipeline makes it",
                location=str(path),
            )
        if not exists:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            path.touch(mode=0o600)
        _require_sqlite(path)
        engine = _engine(path)
        try:
            if exists:
                _require_ours(engine, path)
            keys = KeyRing.open(keys_folder(path), create=not exists)
            if create:
                _create_tables(engine, keys, clock)
            return Store(path, engine, keys, _identity(engine, path, keys), clock)
        except BaseException:
            engine.dispose()
            raise


def _require_sqlite(path: Path) -> None:
    if not os.access(path, os.W_OK) or not os.access(path.parent, os.W_OK):
        raise read_only(path)
    with path.open("rb") as file:
        head = file.read(16)
    if head and head != b"SQLite format 3\0":
        raise foreign(path)


def _engine(path: Path) -> Engine:
    engine = sa.create_engine(sa.URL.create("sqlite", database=str(path)), hide_parameters=True)

    @event.listens_for(engine, "connect")
    def _configure(raw: sqlite3.Connection, _record: object) -> None:
        raw.isolation_level = None
        for pragma in PRAGMAS:
            raw.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # A reader that came to write could not upgrade its snapshot: every writer asks for the lock at once.
        reads = connection.get_execution_options().get("reads")
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")

    return engine


def _create_tables(engine: Engine, keys: KeyRing, clock: Clock) -> None:
    with engine.begin() as connection:
        if sa.inspect(connection).get_table_names():
            return
        connection.exec_driver_sql(f"PRAGMA application_id={APPLICATION_ID}")
        metadata.create_all(connection)
        rows: dict[str, Any] = {
            "format": str(FORMAT),
            "ledger": str(uuid4()),
            "created": timestamp(clock.now()),
            "keys": keys.ids,
        }
        connection.execute(meta.insert(), [{"name": name, "value": value} for name, value in rows.items()])
        audit_log.append(connection, clock=clock, type="ledger.created", **rows)


def _require_ours(engine: Engine, path: Path) -> None:
    with engine.execution_options(reads=True).connect() as connection:
        if connection.exec_driver_sql("PRAGMA application_id").scalar_one() != APPLICATION_ID:
            raise foreign(path)


def _identity(engine: Engine, path: Path, keys: KeyRing) -> str:
    with engine.execution_options(reads=True).connect() as connection:
        rows: dict[str, str] = {row.name: row.value for row in connection.execute(sa.select(meta))}
    if not (rows.keys() >= {"format", "keys", "ledger"} and rows["format"].isdecimal()):
        raise damaged(path)
    require_format(rows["format"], path)
    if rows["keys"] != keys.ids:
        raise LedgerError(
            "the keys beside this ledger are not the ones it was made with",
            code="key-mismatch",
            hint="restore the keys folder that belongs to this ledger from the backup",
            location=str(path),
        )
    return rows["ledger"]
