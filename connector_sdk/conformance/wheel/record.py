"""Compare a wheel's own list of its files (`RECORD`) with the files.

Source: the binary distribution format, "The .dist-info directory" (PyPA specifications).
"""

import base64
import csv
from collections.abc import Iterator
from typing import Final

from connector_sdk.conformance.wheel.archive import Content

RECORD: Final = "RECORD"
_UNLISTED: Final = (RECORD, "RECORD.jws", "RECORD.p7s")
"""Files of which the list states no digest, or which it does not name."""
_COLUMNS: Final = 3


def compared(content: Content, folder: str) -> Iterator[str]:
    """Yield in which points the list in the folder `NAME-VERSION.dist-info` is not what the files are."""
    path = f"{folder}/{RECORD}"
    text = content.metadata.get(path)
    if text is None:
        yield f"{path} is missing"
        return
    try:
        rows = list(csv.reader(text.decode().splitlines(), strict=True))
    except (UnicodeDecodeError, csv.Error):
        yield f"{path} is no CSV in UTF-8"
        return
    without = {f"{folder}/{name}" for name in _UNLISTED}
    listed: set[str] = set()
    for number, row in enumerate(rows, 1):
        if len(row) != _COLUMNS:
            yield f"{path}: line {number} does not have {_COLUMNS} columns"
            continue
        name, digest, size = row
        if name in listed:
            yield f"{path} lists {name} twice"
        listed.add(name)
        if name not in content.digests:
            yield f"{path} lists {name}, which is not there"
        elif name not in without:
            yield from _differing(content, name, digest, size)
    for name in sorted(content.digests.keys() - listed - without):
        yield f"{name} is not listed in {path}"


def _differing(content: Content, name: str, digest: str, size: str) -> Iterator[str]:
    kind, _, stated = digest.partition("=")
    found = base64.urlsafe_b64encode(bytes.fromhex(content.digests[name])).decode().rstrip("=")
    if kind != "sha256":
        yield f"RECORD states no SHA-256 of {name}"
    elif stated != found:
        yield f"{name} is not the file whose digest RECORD states"
    elif size != str(content.sizes[name]):
        yield f"{name} does not have the size that RECORD states"
