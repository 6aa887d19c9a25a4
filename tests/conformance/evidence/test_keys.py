"""The vendor's key: made once, read by its owner only, refused where it is anything else."""

import stat
from pathlib import Path

import pytest
from securesystemslib.signer import CryptoSigner

from connector_sdk.conformance.evidence import keys
from connector_sdk.conformance.evidence.keys import open_key, public_key
from connector_sdk.errors import ConfigurationError


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config" / "connector-sdk" / "conformance.key"


def refused(path: Path, words: str) -> None:
    with pytest.raises(ConfigurationError, match=words) as caught:
        open_key(path)
    assert caught.value.code == "evidence-key-unusable"
    assert caught.value.location == str(path)


def test_a_key_is_made_once_for_its_owner_alone(path: Path) -> None:
    made = open_key(path, create=True)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [each.name for each in path.parent.iterdir()] == ["conformance.key"]
    again = open_key(path, create=True)
    assert (again.id, again.public) == (made.id, made.public)
    assert public_key(made.public).keyid == made.id


def test_a_key_is_not_made_unless_asked_for(path: Path) -> None:
    refused(path, "cannot be reached")
    assert not path.exists()


def test_who_makes_a_key_later_takes_the_one_that_is_there(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = open_key(path, create=True)
    keys.place_new(path, CryptoSigner.generate_ed25519().private_bytes)
    assert open_key(path).id == first.id


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620])
def test_a_key_that_others_can_read_or_change_is_refused(path: Path, mode: int) -> None:
    open_key(path, create=True)
    path.chmod(mode)
    refused(path, f"can be read by others \\(mode {mode:o}\\)")


@pytest.mark.parametrize("content", [b"", b"garbage", b"\x00" * 100])
def test_a_damaged_key_is_refused_and_never_replaced(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    path.chmod(0o600)
    refused(path, "is no private key")
    with pytest.raises(ConfigurationError):
        open_key(path, create=True)
    assert path.read_bytes() == content


def test_a_key_of_another_kind_is_refused(path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.write_bytes(CryptoSigner.generate_ecdsa().private_bytes)
    path.chmod(0o600)
    refused(path, "is not an Ed25519 key")


def test_a_folder_is_no_key(path: Path) -> None:
    path.mkdir(parents=True)
    refused(path, "cannot be reached")


def test_no_form_of_a_key_shows_it(path: Path) -> None:
    key = open_key(path, create=True)
    secret = path.read_text().splitlines()[1]
    assert secret not in repr(key)
    assert secret not in str(key)
