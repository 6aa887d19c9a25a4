"""Physical lines of a file, never longer than a record may be."""

from connector_files.prefix import OpenFile
from connector_files.source import RECORD_BYTES, too_long
from connector_sdk.errors import IncompleteResponseError

UTF8_MARK = b"\xef\xbb\xbf"
UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


class Lines:
    """Reads line after line from `offset` up to `end`; `number` is the record being read, for messages."""

    def __init__(self, source: OpenFile, offset: int, end: int) -> None:
        self._source = source
        self._readline = source.file.readline
        self._left = end - offset
        source.file.seek(offset)

    def next(self, number: int) -> bytes:
        """Return the next line with its line break, or nothing at the end.

        Raises IncompleteResponseError where the line is too long or the file became shorter.
        """
        if not self._left:
            return b""
        line = self._readline(min(self._left, RECORD_BYTES + 1))
        if len(line) > RECORD_BYTES:
            raise too_long(self._source, number)
        if not line:
            raise self._source.changed()
        self._left -= len(line)
        return line

    def until(self, sign: bytes, number: int, most: int) -> list[bytes]:
        """Return up to `most` lines and about a record's bytes; the first with `sign` in it is the last."""
        found: list[bytes] = []
        size = 0
        while len(found) < most and size < RECORD_BYTES and (line := self.next(number + len(found))):
            found.append(line)
            size += len(line)
            if sign in line:
                break
        return found


def bare(line: bytes) -> bytes:
    """Return a line without its line break: LF, CR LF, or at the end of a file the half of CR LF."""
    return line.removesuffix(b"\n").removesuffix(b"\r")


def refuse_marks(source: OpenFile, marks: tuple[bytes, ...]) -> None:
    """Prove that the file does not begin with a byte order mark (RFC 8259 §8.1 forbids them in JSON).

    Raises IncompleteResponseError.
    """
    head = source.at(0, 3)
    if head.startswith(marks):
        raise IncompleteResponseError(
            f"{source.path} begins with a byte order mark that does not belong there",
            code="files-byte-order-mark",
            hint="save the file as UTF-8 without a byte order mark",
            location=str(source.path),
        )


def whole_line(source: OpenFile, offset: int) -> bool:
    """Tell whether a line read up to `offset` ends there now, with or without a line break."""
    if offset in {0, source.size}:
        return True
    around = source.at(offset - 1, 3)
    return around[:1] == b"\n" or around[1:2] == b"\n" or around[1:] == b"\r\n"
