"""Everything about one examination in one archive: the same bytes for the same report and book."""

import io
import json
import zipfile
from typing import Final

from connector_sdk.conformance.book.book import Book
from connector_sdk.conformance.certificate import Report
from connector_sdk.conformance.report.junit import junit

_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
"""The time of every file in it: the earliest that the format knows."""
_MODE: Final = 0o100644 << 16
_UNIX: Final = 3


def archive(report: Report, page: str, book: Book) -> bytes:
    """Return a ZIP archive: report.json, report.html (`page`), junit.xml, and the book's files in book/.

    Raises OSError where a file of the book cannot be read any more.
    """
    files = {
        "report.json": json.dumps(report.document, indent=2, ensure_ascii=False).encode() + b"\n",
        "report.html": page.encode(),
        "junit.xml": junit(report).encode(),
        **{f"book/{name}": (book.folder / name).read_bytes() for name in book.files},
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as target:
        for name in sorted(files):
            # Stored as it is: what a compressor makes of it differs between machines.
            member = zipfile.ZipInfo(name, _EPOCH)
            member.external_attr, member.create_system = _MODE, _UNIX
            target.writestr(member, files[name])
    return buffer.getvalue()
