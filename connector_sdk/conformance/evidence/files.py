"""Files that others rely on: read up to a size, written whole or not at all."""

import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from connector_sdk.conformance.evidence.doubt import Refused
from connector_sdk.errors import ConfigurationError


def read_bounded(path: Path, limit: int, what: str) -> bytes:
    """Read a file of at most `limit` bytes.

    Raises ConfigurationError (evidence-unreadable) where it cannot be read, Refused where it is larger.
    """
    try:
        with path.open("rb") as file:
            content = file.read(limit + 1)
    except OSError as error:
        raise ConfigurationError(
            f"the {what} cannot be read: {error.strerror}",
            code="evidence-unreadable",
            hint="name the wheel and the .conformance.intoto.jsonl file that came with it",
            location=str(path),
        ) from None
    if len(content) > limit:
        raise Refused("form", f"the {what} is larger than {limit} bytes")
    return content


def place_new(path: Path, content: bytes) -> None:
    """Put a new file in place that only its owner reads; one that exists stays as it is. Raises OSError."""

    def link(name: str) -> None:
        # A link, unlike a rename, fails where another process was faster: its file is then the file.
        with suppress(FileExistsError):
            os.link(name, path)

    _written(path, content, link)


def replace(path: Path, content: bytes) -> None:
    """Put a file in place of an older one: readers see one or the other. Raises OSError."""
    _written(path, content, lambda name: Path(name).replace(path))


def _written(path: Path, content: bytes, put: Callable[[str], object]) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(handle)
        put(name)
    finally:
        Path(name).unlink(missing_ok=True)
