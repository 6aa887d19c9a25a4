"""Writes that survive a power cut, one step at a time; OSError is the caller's to translate."""

import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from connector_sdk.connector import WritePolicy
from connector_sdk.connector.sink import Mode
from connector_sdk.errors import ConfigurationError, ConflictError


def json_lines(payloads: Iterable[bytes]) -> bytes:
    """Write each payload as one line, byte for byte.

    A JSON text holds line breaks only between its tokens, never inside a value (RFC 8259 §7), so a payload
    that was laid out over several lines has them turned into blanks.
    """
    return b"".join(
        [
            (
                payload.replace(b"\n", b" ").replace(b"\r", b" ")
                if b"\n" in payload or b"\r" in payload
                else payload
            )
            + b"\n"
            for payload in payloads
        ]
    )


def write_at(path: Path, offset: int, data: bytes) -> None:
    """Cut a file to `offset` bytes, append `data` and wait until it is on disk; make the file if need be."""
    created = not path.exists()
    with path.open("wb" if created else "r+b") as file:
        file.truncate(offset)
        file.seek(offset)
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    if created:
        sync_folder(path.parent)


def copy(source: Path, target: Path) -> None:
    """Copy a file with its permissions and wait until it is on disk."""
    with source.open("rb") as reading, target.open("wb") as writing:
        shutil.copyfileobj(reading, writing, 1 << 20)
        shutil.copymode(source, target)
        writing.flush()
        os.fsync(writing.fileno())
    sync_folder(target.parent)


def publish(working: Path, final: Path) -> None:
    """Give a complete file its name, durably and at once for every reader."""
    working.replace(final)
    sync_folder(final.parent)


def sync_folder(folder: Path) -> None:
    """Wait until the names in a folder are on disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def size_of(path: Path) -> int | None:
    """Return a file's size in bytes, or None where there is none."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return None


_APPENDING = frozenset({Mode.APPEND, Mode.UPSERT})
"""An upsert appends too: a file is the journal of its records' versions, in their order."""


def check_policy(write: WritePolicy) -> None:
    """Prove that a log of records can do what `write:` asks.

    Raises ConfigurationError.
    """
    if write.mode not in _APPENDING or write.omit_nulls:
        raise ConfigurationError(
            "a file is a log of records: it can neither look up keys nor keep single values",
            code="files-write-mode",
            hint="set write: {mode: append}; upsert appends too, as the next version; nulls must be `set`",
            location="write",
        )


def check_writable(folder: Path) -> None:
    """Prove that files can be made in a folder. Raises ConfigurationError."""
    if not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
        missing = not folder.exists()
        raise ConfigurationError(
            f"{folder} {'does not exist' if missing else 'is not a folder that can be written to'}",
            code="files-not-found" if missing else "files-permission",
            hint="create the folder, or give the account that runs the pipeline the right to write there",
            location=str(folder),
        )


def target_exists(path: Path) -> ConflictError:
    """Say that something stands where this pipeline has never written."""
    return ConflictError(
        f"{path} exists already, and this pipeline has not written it",
        code="files-target-exists",
        hint="move it away or choose another `path`: it is neither overwritten nor added to",
        location=str(path),
    )


def target_changed(path: Path, detail: str) -> ConflictError:
    """Say that the target no longer is what the ledger knows to be written."""
    return ConflictError(
        f"{path} is not what this pipeline left: {detail}",
        code="files-target-changed",
        hint="put back what was moved, cut or changed; or choose another `path` under a new pipeline name",
        location=str(path),
    )
