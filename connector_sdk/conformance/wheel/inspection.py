"""Read a wheel strictly, without running anything of it: what it brings, and what forbids to install it."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Final

from connector_sdk.conformance.wheel.archive import Content, contents
from connector_sdk.conformance.wheel.code import code_digest
from connector_sdk.conformance.wheel.facts import Entry, WheelFacts
from connector_sdk.conformance.wheel.metadata import SDK, misnamed, read_entry_points, read_metadata
from connector_sdk.conformance.wheel.record import compared
from connector_sdk.digest import sha256
from connector_sdk.errors import ConfigurationError

_SDK_PACKAGE: Final = "connector_sdk"
_INSTALLERS: Final = frozenset({"direct_url.json", "INSTALLER", "REQUESTED"})
_MODULES: Final = (".py", ".pyi", ".so", ".pyd")


def inspect(path: Path) -> WheelFacts:
    """Return the facts of a wheel.

    Raises ConfigurationError (wheel-unreadable) where there is no file, or it is no ZIP archive.
    """
    try:
        data = path.read_bytes()
        archive = zipfile.ZipFile(io.BytesIO(data))
    except OSError as error:
        raise _unreadable(path, f"cannot be read: {error.strerror}") from None
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        raise _unreadable(path, "is no wheel: a wheel is a ZIP archive, this is none") from None
    own = sha256(data)
    with archive:
        content, problems = contents(archive)
    if problems:
        return WheelFacts(path, own, code=code_digest({}), problems=tuple(problems))
    return _facts(path, own, content)


def _facts(path: Path, own: str, content: Content) -> WheelFacts:
    tops = {PurePosixPath(name).parts[0] for name in content.digests}
    folders = sorted(top for top in tops if top.endswith(".dist-info"))
    if len(folders) != 1:
        said = f"it has {len(folders)} metadata folders (.dist-info) instead of one"
        code = code_digest(content.digests)
        return WheelFacts(path, own, files=content.digests, code=code, problems=(said,))
    folder = folders[0]
    metadata, problems = read_metadata(content.metadata.get(f"{folder}/METADATA", b""))
    entries, refused = read_entry_points(content.metadata.get(f"{folder}/entry_points.txt", b""))
    problems += misnamed(path.name, folder, metadata)
    problems += refused
    problems += compared(content, folder)
    problems += _foreign(content, folder, entries)
    return WheelFacts(
        path,
        own,
        metadata.name,
        metadata.version,
        metadata.requires,
        entries,
        content.digests,
        code_digest(content.digests),
        tuple(problems),
    )


def _foreign(content: Content, folder: str, entries: tuple[Entry, ...]) -> Iterator[str]:
    """Yield which files are none of the connector's own."""
    own = sorted({entry.top for entry in entries})
    for name in content.digests:
        path = PurePosixPath(name)
        top = path.parts[0]
        if path.suffix == ".pth":
            yield f"{name} would be run whenever Python starts, before any protection"
        elif path.suffix == ".pyc" or "__pycache__" in path.parts:
            yield f"{name} is compiled code, which need not be that of its source"
        elif _SDK_PACKAGE in {part.partition(".")[0] for part in path.parts}:
            yield f"{name} stands in for the SDK, or is a copy of it: require {SDK} instead"
        elif top == folder and path.name in _INSTALLERS:
            yield f"{name} is for installers to write"
        elif top != folder and not _belongs(path, own):
            whose = ", ".join(own) or "there is none"
            yield f"{name} lies outside the package that the entry points lead to ({whose})"


def _belongs(path: PurePosixPath, own: list[str]) -> bool:
    top = path.parts[0]
    if len(path.parts) > 1:
        return top in own
    return top.partition(".")[0] in own and path.suffix in _MODULES


def _unreadable(path: Path, said: str) -> ConfigurationError:
    return ConfigurationError(
        f"{path.name} {said}",
        code="wheel-unreadable",
        hint="build it anew, for instance with `python -m build --wheel`, and name the file in dist/",
        location=str(path),
    )
