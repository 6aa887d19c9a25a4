"""The book that came with evidence: found beside it, and unpacked only where nothing in it is odd."""

import stat
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import Final

from connector_sdk.conformance.evidence.doubt import Refused
from connector_sdk.documents.wording import quote

MAX_ARCHIVE: Final = 64 << 20
MAX_BYTES: Final = 64 << 20
"""Bytes that all files of a book may come to."""
MAX_FILES: Final = 2000

_FOLDER: Final = "book"
_CHUNK: Final = 1 << 16
_BROKEN: Final = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, ValueError)


def archive_beside(evidence: Path, wheel: str) -> Path:
    """Return where the archive of a wheel's certification lies: `NAME-VERSION-conformance.zip`."""
    return evidence.parent / f"{'-'.join(wheel.split('-')[:2])}-conformance.zip"


def unpack_book(archive: Path, target: Path) -> Path:
    """Unpack the folder `book` of an archive below an empty folder, and return it.

    Raises Refused for an archive that cannot be read, is too large, or has any file that would not lie in
    that folder: absolute, with `..`, a link, there twice. Nothing is left out quietly.
    """
    try:
        if archive.stat().st_size > MAX_ARCHIVE:
            raise Refused("replay", f"{quote(archive.name)} is larger than {MAX_ARCHIVE} bytes")
        with zipfile.ZipFile(archive) as opened:
            members = [member for member in opened.infolist() if not member.is_dir()]
            _require_plain(members)
            left = MAX_BYTES
            for member in members:
                if PurePosixPath(member.filename).parts[0] == _FOLDER:
                    left -= _extract(opened, member, target, left)
    except OSError as error:
        said = f"{quote(archive.name)} cannot be read: {error.strerror or 'it is damaged'}"
        raise Refused("replay", said) from None
    except _BROKEN:
        raise Refused("replay", f"{quote(archive.name)} is no sound ZIP archive") from None
    if not (target / _FOLDER).is_dir():
        raise Refused("replay", f"{quote(archive.name)} has no book")
    return target / _FOLDER


def _require_plain(members: list[zipfile.ZipInfo]) -> None:
    if len(members) > MAX_FILES:
        raise Refused("replay", f"the archive has more than {MAX_FILES} files")
    seen: set[str] = set()
    for member in members:
        name = member.filename
        parts = name.split("/")
        odd = not set(parts).isdisjoint({"", ".", ".."}) or not name.isprintable() or set(name) & set("\\:")
        kind = stat.S_IFMT(member.external_attr >> 16)
        if odd or name != member.orig_filename or kind not in {0, stat.S_IFREG}:
            raise Refused("replay", f"the archive holds {quote(name)}, which is no plain file below it")
        if name.casefold() in seen:
            raise Refused("replay", f"the archive holds {quote(name)} twice")
        seen.add(name.casefold())


def _extract(opened: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path, left: int) -> int:
    """Write one file and return its size; what its header says about that size is not believed."""
    path = target / member.filename
    path.parent.mkdir(parents=True, exist_ok=True)
    size = 0
    with opened.open(member) as source, path.open("xb") as file:
        while chunk := source.read(_CHUNK):
            size += len(chunk)
            if size > left:
                raise Refused("replay", f"the book in the archive is larger than {MAX_BYTES} bytes")
            file.write(chunk)
    return size
