"""The keys of a ledger: made once, kept in files that only their owner reads, never replaced.

A folder holds `signing.key` (Ed25519), `hmac.key` and `spool.key` (32 random bytes each), and
`signing.pub`, the public key for auditors. Secret keys are one line of text, `<purpose>+<key id>+<base64>`,
the signing key in the private form of signed notes; the id tells a damaged file from a good one.
"""

import base64
import binascii
import os
import stat
import tempfile
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from connector_sdk.errors import ConfigurationError, ConnectorError, LedgerError
from connector_sdk.signing.sealing import key_id
from connector_sdk.signing.signers import Signer

_MAX_FILE: Final = 4096
_SIZE: Final = 32


@dataclass(frozen=True)
class KeyRing:
    """`signing` signs checkpoints, `hmac` (32 bytes) salts commitments, `spool` (32 bytes) encrypts."""

    signing: Signer
    hmac: bytes = field(repr=False)
    spool: bytes = field(repr=False)

    @property
    def ids(self) -> str:
        """The keys by purpose and id, safe to show: `signing:… hmac:… spool:…`."""
        return (
            f"signing:{self.signing.verifier.key_id.hex()} "
            f"hmac:{key_id(self.hmac, 'hmac').hex()} spool:{key_id(self.spool, 'spool').hex()}"
        )

    def __repr__(self) -> str:
        return f"KeyRing({self.ids})"

    @classmethod
    def open(cls, folder: Path, *, create: bool) -> "KeyRing":
        """Read the keys; with `create`, make those that are missing.

        Raises LedgerError for a key that is missing or damaged, ConfigurationError for one that others can
        read or that cannot be reached.
        """
        try:
            if create:
                _create(folder)
            _require_own(folder)
            return cls(
                _signing(folder / "signing.key"),
                _symmetric(folder / "hmac.key"),
                _symmetric(folder / "spool.key"),
            )
        except OSError as error:
            raise ConfigurationError(
                f"the folder of the keys cannot be used: {error.strerror}",
                code="key-unavailable",
                hint="give this user the folder, and only this user: chmod 700, its files 600",
                location=str(folder),
            ) from None


def _create(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for purpose in ("hmac", "spool"):
        key = os.urandom(_SIZE)
        _place(folder / f"{purpose}.key", _line(purpose, key), 0o600)
    _place(folder / "signing.key", Signer.new().text(), 0o600)
    _place(folder / "signing.pub", _signing(folder / "signing.key").verifier.vkey, 0o644)


def _require_own(folder: Path) -> None:
    """Refuse a folder in which others could exchange the keys."""
    if folder.exists() and (mode := stat.S_IMODE(folder.stat().st_mode)) & 0o022:
        raise ConfigurationError(
            f"others can replace the keys in this folder (mode {mode:o})",
            code="key-permissions",
            hint=f"chmod 700 '{folder}', and compare its keys with the backup",
            location=str(folder),
        )


def _place(path: Path, line: str, mode: int) -> None:
    """Put a new file in place whole or not at all; one that exists stays as it is."""
    if path.exists():
        return
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            os.fchmod(handle, mode)
            file.write(line + "\n")
            file.flush()
            os.fsync(handle)
        # A link, unlike a rename, fails where another process was faster: its key is then the key.
        with suppress(FileExistsError):
            os.link(name, path)
    finally:
        Path(name).unlink()
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _signing(path: Path) -> Signer:
    try:
        return Signer.from_text(_read(path))
    except ConnectorError as error:
        raise (_damaged(path) if error.code == "vkey-malformed" else error) from None


def _symmetric(path: Path) -> bytes:
    line = _read(path)
    try:
        key = base64.b64decode(line.split("+", 2)[-1], validate=True)
    except (binascii.Error, ValueError):
        raise _damaged(path) from None
    if len(key) != _SIZE or line != _line(path.stem, key):
        raise _damaged(path)
    return key


def _line(purpose: str, key: bytes) -> str:
    return f"{purpose}+{key_id(key, purpose).hex()}+{base64.b64encode(key).decode()}"


def _read(path: Path) -> str:
    try:
        file = path.open("rb")
    except FileNotFoundError:
        raise LedgerError(
            f"the key {path.name} is missing",
            code="key-missing",
            hint="restore it from the backup; a new key cannot read what the old one wrote",
            location=str(path),
        ) from None
    with file:
        mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
        if mode & 0o077:
            raise ConfigurationError(
                f"the key {path.name} can be read by others (mode {mode:o})",
                code="key-permissions",
                hint=f"chmod 600 '{path}'; if others may have read it, tell who answers for this ledger",
                location=str(path),
            )
        raw = file.read(_MAX_FILE)
    try:
        return raw.decode().removesuffix("\n")
    except UnicodeDecodeError:
        raise _damaged(path) from None


def _damaged(path: Path) -> LedgerError:
    return LedgerError(
        f"the key {path.name} is damaged",
        code="key-damaged",
        hint="restore it from the backup; a new key cannot read what the old one wrote",
        location=str(path),
    )
