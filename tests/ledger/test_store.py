"""Opening a ledger: made once, refused when it is not ours, never repaired."""

import errno
import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest
import sqlalchemy as sa

from connector_sdk.errors import AuditUnavailableError, LedgerError
from connector_sdk.ledger import store as module
from connector_sdk.ledger.store import Store, open_store
from connector_sdk.ledger.tables import meta


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a folder" / "ledger.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    opened = open_store(path, create=True)
    yield opened
    opened.close()


def refused(path: Path, *, create: bool = False) -> str:
    with pytest.raises((LedgerError, AuditUnavailableError)) as raised:
        open_store(path, create=create).close()
    assert raised.value.hint
    assert raised.value.location.startswith(str(path.parent))
    return raised.value.code


def test_a_new_ledger_and_its_keys_are_readable_by_their_owner_only(store: Store, path: Path) -> None:
    files = [path, *(path.parent / "keys").glob("*.key")]
    assert len(files) > 2
    for file in files:
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_opening_again_finds_the_same_ledger(store: Store, path: Path) -> None:
    again = open_store(path)
    assert again.ledger_id == store.ledger_id
    again.close()


def test_settings_survive_sigkill_and_power_loss(store: Store) -> None:
    with store.snapshot() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar_one() == "delete"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar_one() == 3
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar_one() == 1


@pytest.mark.req("G4")
def test_nothing_of_a_failed_transaction_is_kept(store: Store) -> None:
    with suppress(RuntimeError), store.transaction() as connection:
        connection.execute(meta.insert(), {"name": "x", "value": "y"})
        raise RuntimeError
    with store.snapshot() as connection:
        assert connection.execute(sa.select(meta).where(meta.c.name == "x")).all() == []


def test_a_missing_ledger_is_not_made_by_a_look(path: Path) -> None:
    assert refused(path) == "ledger-missing"
    assert not path.exists()


def test_a_foreign_file_is_refused(tmp_path: Path) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("not a ledger, but somebody's notes")
    assert refused(text, create=True) == "ledger-foreign"
    assert text.read_text() == "not a ledger, but somebody's notes"


def test_a_foreign_database_is_refused_unchanged(tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    connection = sqlite3.connect(other)
    connection.execute("create table theirs(a)")
    connection.commit()
    connection.close()
    before = other.read_bytes()
    assert refused(other, create=True) == "ledger-foreign"
    assert other.read_bytes() == before


@pytest.mark.parametrize(("written", "code"), [("99", "ledger-newer"), ("1", "ledger-older")])
def test_another_format_is_refused(store: Store, path: Path, written: str, code: str) -> None:
    with store.transaction() as connection:
        connection.execute(meta.update().where(meta.c.name == "format").values(value=written))
    assert refused(path) == code


def test_keys_of_another_ledger_are_refused(store: Store, path: Path, tmp_path: Path) -> None:
    other = open_store(tmp_path / "other" / "ledger.db", create=True)
    other.close()
    for key in (tmp_path / "other" / "keys").iterdir():
        (path.parent / "keys" / key.name).write_bytes(key.read_bytes())
    assert refused(path) == "key-mismatch"


def test_lost_keys_are_not_made_anew(store: Store, path: Path) -> None:
    for key in (path.parent / "keys").glob("*.key"):
        key.unlink()
    assert refused(path, create=True) == "key-missing"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everything")
def test_a_read_only_ledger_is_refused(store: Store, path: Path) -> None:
    path.chmod(0o400)
    assert refused(path) == "ledger-read-only"


def test_a_read_only_ledger_is_refused_for_root_too(
    store: Store, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module.os, "access", lambda *_: False)
    assert refused(path) == "ledger-read-only"


def test_a_locked_ledger_parks(store: Store, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    monkeypatch.setattr(module, "PRAGMAS", ("busy_timeout=1",))
    assert refused(path) == "ledger-locked"
    other.close()


def test_a_damaged_ledger_is_found(store: Store, path: Path) -> None:
    store.close()
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(size // 2)
        file.write(os.urandom(size // 2))

    def look() -> None:
        with closing(open_store(path)) as reopened:
            reopened.require_sound()

    with pytest.raises(LedgerError) as raised:
        look()
    assert raised.value.code == "ledger-damaged"


@pytest.mark.parametrize(
    "done",
    [
        "DELETE FROM meta WHERE name = 'format'",
        "UPDATE meta SET value = 'one' WHERE name = 'format'",
        "DROP TABLE meta",
    ],
)
def test_a_ledger_that_lacks_what_it_must_hold_is_damaged(store: Store, path: Path, done: str) -> None:
    with store.transaction() as connection:
        connection.exec_driver_sql(done)
    assert refused(path) == "ledger-damaged"


def test_a_row_that_must_be_there_and_is_not_is_damage(store: Store) -> None:
    with pytest.raises(LedgerError) as raised, store.snapshot() as connection:
        connection.execute(sa.select(meta).where(meta.c.name == "?")).one()
    assert raised.value.code == "ledger-damaged"


@pytest.mark.req("G4")
def test_a_full_disk_is_met_before_anything_is_sent(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    store.require_space(1)
    monkeypatch.setattr(module.shutil, "disk_usage", lambda _: type("Usage", (), {"free": 2**20}))
    with pytest.raises(AuditUnavailableError) as raised:
        store.require_space(1)
    assert raised.value.code == "ledger-disk-full"


def test_what_the_operating_system_refuses_parks(
    store: Store, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(module, "_require_sqlite", refuse)
    with pytest.raises(AuditUnavailableError, match="Input/output error") as raised:
        open_store(path)
    assert raised.value.code == "ledger-unavailable"
