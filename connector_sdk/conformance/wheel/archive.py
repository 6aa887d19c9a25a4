"""Read the files out of a wheel's ZIP archive, and say what no honest wheel has."""

import hashlib
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

LARGEST: Final = 512 * 1024 * 1024
"""Bytes that all files of a wheel may come to; more is no connector, but may be a bomb."""
MOST: Final = 20_000
"""Files that a wheel may have."""

_KEPT: Final = 4 * 1024 * 1024
"""Bytes up to which a metadata file is kept to be read."""
_UNREADABLE: Final = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError)


@dataclass(frozen=True, slots=True)
class Content:
    """The files of an archive: SHA-256 and size by path, and the bytes of the metadata files."""

    digests: dict[str, str]
    sizes: dict[str, int]
    metadata: dict[str, bytes]


def contents(archive: zipfile.ZipFile) -> tuple[Content, list[str]]:
    """Return what is in the archive, and what is wrong with it; where anything is, no file was read."""
    members = archive.infolist()
    problems = list(_wrong(members))
    found = Content({}, {}, {})
    if problems:
        return found, problems
    for member in members:
        if member.is_dir():
            continue
        try:
            _read(archive, member, found)
        except _UNREADABLE:
            problems.append(f"{member.filename} cannot be read out of the archive")
    return found, problems


def _wrong(members: list[zipfile.ZipInfo]) -> Iterator[str]:
    if len(members) > MOST:
        yield f"it has {len(members)} files, at most {MOST} are read"
        return
    if sum(member.file_size for member in members) > LARGEST:
        yield f"its files come to more than {LARGEST // 1024 // 1024} MB"
        return
    seen: dict[str, str] = {}
    for member in members:
        name = member.filename
        if not _plain(member):
            yield f"{name!r} is no plain relative path"
        elif not _regular(member):
            yield f"{name} is neither a file nor a folder: links and devices are refused"
        elif member.flag_bits & 1:
            yield f"{name} is encrypted"
        # Two names that are one on some file system: which of the two is installed depends on where.
        folded = unicodedata.normalize("NFC", name).casefold()
        if folded in seen:
            yield f"{name} is there twice" if seen[folded] == name else f"{name} and {seen[folded]} collide"
        seen[folded] = name


def _plain(member: zipfile.ZipInfo) -> bool:
    """Tell whether a name leads to one place below the folder it is unpacked in, on every system."""
    name = member.filename
    # The library cuts a name off at NUL, while other readers do not.
    if name != member.orig_filename or not name.isprintable() or any(mark in name for mark in '\\:*?"<>|'):
        return False
    parts = name.removesuffix("/").split("/")
    return bool(name) and all(part not in {"", ".", ".."} and part == part.rstrip(". ") for part in parts)


def _regular(member: zipfile.ZipInfo) -> bool:
    kind = stat.S_IFMT(member.external_attr >> 16)
    return kind in {0, stat.S_IFDIR} if member.is_dir() else kind in {0, stat.S_IFREG}


def _read(archive: zipfile.ZipFile, member: zipfile.ZipInfo, found: Content) -> None:
    digest, size, kept = hashlib.sha256(), 0, b""
    keep = PurePosixPath(member.filename).parent.name.endswith(".dist-info") and member.file_size <= _KEPT
    with archive.open(member) as file:
        while part := file.read(1 << 20):
            digest.update(part)
            size += len(part)
            if keep:
                kept += part
    found.digests[member.filename] = digest.hexdigest()
    found.sizes[member.filename] = size
    if keep:
        found.metadata[member.filename] = kept
