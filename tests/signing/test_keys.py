"""The files that keep a ledger's keys."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from connector_sdk.errors import ConfigurationError, ConnectorError, LedgerError
from connector_sdk.signing import KeyRing, Verifier, keys

SECRET = ["hmac.key", "signing.key", "spool.key"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "a b" / "keys"


def refused(folder: Path, *, create: bool = False) -> ConnectorError:
    with pytest.raises(ConnectorError) as caught:
        KeyRing.open(folder, create=create)
    assert caught.value.hint
    return caught.value


def test_keys_are_made_once_and_read_back(folder: Path) -> None:
    made = KeyRing.open(folder, create=True)
    assert KeyRing.open(folder, create=False) == KeyRing.open(folder, create=True) == made
    assert len({made.hmac, made.spool, made.signing.seed}) == 3
    assert {len(made.hmac), len(made.spool), len(made.signing.seed)} == {32}
    assert sorted(file.name for file in folder.iterdir()) == [*SECRET[:2], "signing.pub", SECRET[2]]


@pytest.mark.req("P11-30")
def test_only_their_owner_reads_them(folder: Path) -> None:
    old = os.umask(0)
    try:
        KeyRing.open(folder, create=True)
    finally:
        os.umask(old)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE((folder / name).stat().st_mode) for name in SECRET} == {0o600}
    assert stat.S_IMODE((folder / "signing.pub").stat().st_mode) == 0o644


def test_auditors_get_the_public_key(folder: Path) -> None:
    made = KeyRing.open(folder, create=True)
    assert Verifier.from_vkey((folder / "signing.pub").read_text()) == made.signing.verifier


def test_ids_tell_keys_apart_and_nothing_else_shows(folder: Path, tmp_path: Path) -> None:
    made, other = KeyRing.open(folder, create=True), KeyRing.open(tmp_path / "other", create=True)
    assert [part.partition(":")[0] for part in made.ids.split()] == ["signing", "hmac", "spool"]
    assert not set(made.ids.split()) & set(other.ids.split())
    assert repr(made) == str(made) == f"KeyRing({made.ids})"


@pytest.mark.parametrize("name", SECRET)
def test_a_missing_key_is_not_replaced(folder: Path, name: str) -> None:
    KeyRing.open(folder, create=True)
    (folder / name).unlink()
    error = refused(folder)
    assert isinstance(error, LedgerError)
    assert (error.code, error.location) == ("key-missing", str(folder / name))
    assert "restore it from the backup" in error.hint
    assert not (folder / name).exists()


def test_no_folder_is_made_without_being_asked(folder: Path) -> None:
    assert refused(folder).code == "key-missing"
    assert not folder.exists()


def test_making_keys_leaves_those_that_exist(folder: Path) -> None:
    made = KeyRing.open(folder, create=True)
    (folder / "spool.key").unlink()
    again = KeyRing.open(folder, create=True)
    assert (again.signing, again.hmac) == (made.signing, made.hmac)
    assert again.spool != made.spool


@pytest.mark.req("P11-30")
@pytest.mark.parametrize("name", SECRET)
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o610])
def test_a_key_that_others_reach_is_refused(folder: Path, name: str, mode: int) -> None:
    KeyRing.open(folder, create=True)
    (folder / name).chmod(mode)
    error = refused(folder)
    assert isinstance(error, ConfigurationError)
    assert error.code == "key-permissions"
    assert f"chmod 600 '{folder / name}'" in error.hint


@pytest.mark.parametrize(
    ("mode", "code"), [(0o770, "key-permissions"), (0o707, "key-permissions"), (0o755, "")]
)
def test_a_folder_in_which_others_write_is_refused(folder: Path, mode: int, code: str) -> None:
    KeyRing.open(folder, create=True)
    folder.chmod(mode)
    if code:
        assert refused(folder).code == code
    else:
        assert KeyRing.open(folder, create=False)


@pytest.mark.parametrize("name", SECRET)
@pytest.mark.parametrize("damage", ["", "\udcff", "x", "swap", "cut", "flip", "more"])
def test_a_damaged_key_is_refused(folder: Path, name: str, damage: str) -> None:
    KeyRing.open(folder, create=True)
    path = folder / name
    text = path.read_text()
    letter = "A" if text[-10] != "A" else "B"
    changed = {
        "swap": (folder / SECRET[(SECRET.index(name) + 1) % 3]).read_text(),
        "cut": text[:-5],
        "flip": text[:-10] + letter + text[-9:],
        "more": text + text,
    }.get(damage, damage)
    path.write_bytes(changed.encode(errors="surrogateescape"))
    error = refused(folder)
    assert (error.code, error.location) == ("key-damaged", str(path))
    assert "+" not in str(error)


def test_a_folder_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "keys").write_text("a file, where a folder should be")
    error = refused(tmp_path / "keys", create=True)
    assert isinstance(error, ConfigurationError)
    assert error.code == "key-unavailable"


def test_a_key_that_appears_meanwhile_is_the_key(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another process that creates the same ledger was faster between our look and our link."""
    first = KeyRing.open(folder, create=True)
    monkeypatch.setattr(Path, "exists", lambda _: False)
    assert KeyRing.open(folder, create=True) == first
    assert sorted(file.name for file in folder.iterdir()) == [*SECRET[:2], "signing.pub", SECRET[2]]


def test_a_key_half_written_is_never_in_place(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(keys.os, "fsync", fail)
    assert refused(folder, create=True).code == "key-unavailable"
    assert list(folder.iterdir()) == []


def test_errors_and_ids_need_no_cryptography() -> None:
    """Listing plugins and printing help must not wait for it."""
    code = "import sys, connector_sdk.errors, connector_sdk.ids; sys.exit('cryptography' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
