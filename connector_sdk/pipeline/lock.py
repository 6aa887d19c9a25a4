"""`connectors.lock`: which connectors, in which form, a folder's pipelines are meant to run with."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution, EntryPoint, entry_points
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import Field

from connector_sdk import __version__
from connector_sdk.config import Config
from connector_sdk.digest import digest, sha256
from connector_sdk.documents import load
from connector_sdk.documents.writing import write_document
from connector_sdk.errors import ConfigurationError
from connector_sdk.hookspecs import PROJECT
from connector_sdk.plugins import find
from connector_sdk.plugins.editable import is_editable

FILE: Final = "connectors.lock"

EDITABLE: Final = "editable"
"""In place of a record: the code lies elsewhere and may change at any time."""
NONE: Final = "none"
"""In place of a record: the distribution keeps no list of its files."""

_INSTALLERS = ("INSTALLER", "REQUESTED", "direct_url.json", "RECORD")
_HASHED = 2


class Locked(Config):
    """One connector as the lock states it."""

    distribution: str
    version: str
    entry_point: str
    record: str


class Lock(Config):
    """The document `connectors.lock`, format 1."""

    format: Literal[1]
    sdk: str
    connectors: Annotated[dict[str, Locked], Field(default_factory=dict)]

    @property
    def document(self) -> dict[str, Any]:
        """What the file says."""
        return self.model_dump()

    @property
    def digest(self) -> str:
        """The digest of what it says; comments and layout do not count."""
        return digest(self.document)


@dataclass(frozen=True, slots=True)
class Difference:
    """What is installed differs from the lock in one point of one connector, or of the SDK itself."""

    name: str
    point: str
    locked: str
    installed: str

    @property
    def message(self) -> str:
        """The difference in words."""
        if not self.locked:
            return f"connector {self.name} is not in {FILE}"
        shown = f": {self.installed} is installed, {self.locked} is locked"
        return f"{self.name}: another {self.point}{'' if self.point == 'record' else shown}"


def installed_lock() -> Lock:
    """Return the lock of what is installed now, by name.

    Raises ConfigurationError for a broken connector, and for one that several distributions bring.
    """
    names = sorted({point.name for point in entry_points(group=PROJECT)})
    for name in names:
        find(name)
    return Lock(format=1, sdk=__version__, connectors={name: locked_as_installed(name) for name in names})


def locked_as_installed(name: str) -> Locked:
    """Return the facts of an installed connector; it is not imported."""
    point = next(iter(entry_points(group=PROJECT, name=name)))
    return _facts(point)


def write_lock(lock: Lock, path: Path) -> None:
    """Write the lock; raises ConfigurationError (lock-unwritable)."""
    try:
        write_document(lock.document, path)
    except OSError as error:
        raise ConfigurationError(
            f"the lock cannot be written: {error.strerror}",
            code="lock-unwritable",
            hint="make the folder writable, or name another file with --output",
            location=str(path),
        ) from None


def read_lock(folder: Path) -> Lock | None:
    """Return the lock of a pipeline's folder, if there is one; raises DocumentError for one that is none."""
    path = folder / FILE
    return load(path).validate(Lock) if path.exists() else None


def differences(lock: Lock, names: Iterator[str] | set[str]) -> Iterator[Difference]:
    """Yield how what is installed differs from the lock, as far as these connectors and the SDK go."""
    if lock.sdk != __version__:
        yield Difference("connector-sdk", "version", lock.sdk, __version__)
    for name in sorted(names):
        known = lock.connectors.get(name)
        if known is None:
            yield Difference(name, "connector", "", name)
            continue
        there = locked_as_installed(name)
        for point, wanted in known.model_dump().items():
            found = getattr(there, point)
            if found != wanted:
                yield Difference(name, point.replace("_", " "), wanted, found)
                break


def _facts(point: EntryPoint) -> Locked:
    dist = point.dist
    return Locked(
        distribution=dist.name if dist else "unknown",
        version=dist.version if dist else "",
        entry_point=point.value,
        record=_record(dist) if dist else NONE,
    )


def _record(dist: Distribution) -> str:
    """Return the digest of the installed files by the distribution's list of them (PEP 376, RECORD).

    What an installer adds of its own, and what depends on where it installs, is left out: the same wheel
    has the same digest everywhere.
    """
    if is_editable(dist):
        return EDITABLE
    text = dist.read_text("RECORD")
    if text is None:
        return NONE
    rows = [row for row in csv.reader(text.splitlines()) if len(row) > _HASHED and row[1]]
    files = [f"{row[0]},{row[1]}" for row in rows if _is_code(row[0])]
    return sha256("\n".join(sorted(files)).encode())


def _is_code(path: str) -> bool:
    outside = path.startswith(("..", "/")) or path.endswith(".pyc")
    return not outside and not (".dist-info/" in path and path.endswith(_INSTALLERS))
