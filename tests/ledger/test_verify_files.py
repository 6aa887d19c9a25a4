"""What `verify` says of a ledger's file: damaged, locked, or written to meanwhile."""

import sqlite3
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from connector_sdk.ledger import tables
from connector_sdk.ledger.verify import Report, verify
from tests.ledger.small_ledger import SIGNER, SmallLedger, build

pytestmark = pytest.mark.req("P11-10a-2")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "ledger.db"
    engine = sa.create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        build(SmallLedger(connection))
    engine.dispose()
    return path


def verify_file(path: Path) -> Report:
    engine = sa.create_engine(f"sqlite:///{path}", connect_args={"timeout": 0})
    try:
        with engine.connect() as connection:
            return verify(connection, verifiers=[SIGNER.verifier])
    finally:
        engine.dispose()


def test_a_damaged_file_is_tampering_without_a_traceback(path: Path) -> None:
    assert verify_file(path).exit_code == 0
    whole = path.read_bytes()
    raw = sqlite3.connect(path)
    pages = dict(
        raw.execute("SELECT name, rootpage FROM sqlite_master WHERE type = 'table' AND name <> 'spool'")
    )
    raw.close()
    assert len(pages) == len(tables.metadata.tables) - 1
    for table, page in pages.items():
        at = (page - 1) * 4096
        path.write_bytes(whole[:at] + bytes(64) + whole[at + 64 :])
        assert verify_file(path).exit_code == 80, table
    path.write_bytes(whole[: len(whole) // 2])
    assert verify_file(path).exit_code == 80


def test_what_a_run_commits_meanwhile_is_not_taken_for_tampering(path: Path) -> None:
    engine = sa.create_engine(f"sqlite:///{path}")
    outcomes = []

    @sa.event.listens_for(engine, "before_cursor_execute")
    def commit_meanwhile(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if "FROM audit_head" in statement:
            other = sqlite3.connect(path, timeout=0)
            try:
                other.execute("UPDATE partition SET seq = seq + 1")
                other.commit()
                outcomes.append("committed")
            except sqlite3.OperationalError:
                outcomes.append("had to wait")
            other.close()

    try:
        with engine.connect() as connection:
            report = verify(connection, verifiers=[SIGNER.verifier])
    finally:
        engine.dispose()
    assert (report.verdict, outcomes) == ("ok", ["had to wait"])


def test_a_locked_ledger_is_not_called_damaged(path: Path) -> None:
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(OperationalError, match="locked"):
        verify_file(path)
    other.close()
