"""A document's text: read from its file, cut into lines, and the ground diagnostics stand on."""

import re
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path

from connector_sdk.documents.diagnostics import Diagnostic, DocumentError
from connector_sdk.documents.masking import mask_line
from connector_sdk.documents.nodes import Problem, Span

MAX_BYTES = 1 << 20
"""1 MiB: the largest document that is read."""

MAX_SHOWN = 4096
"""Characters of the longest line that is shown with its diagnostics."""

_ENCODING = "save the file as UTF-8; editors name the encoding in their status bar"
_LINE_END = re.compile(r"\r\n|\n|\r")


@dataclass(frozen=True)
class Source:
    """A document's name and text."""

    path: str
    text: str

    @cached_property
    def lines(self) -> list[str]:
        """The lines without their ends."""
        return _LINE_END.split(self.text)

    def diagnose(self, problem: Problem, secrets: Iterable[Span], *, suspicious: bool = False) -> Diagnostic:
        """Place a problem on its source line; `secrets` and `suspicious` as in `masking.mask_line`."""
        number, column, end = self._clamp(problem.span)
        if len(self.lines[number]) > MAX_SHOWN:
            shown, mark = "", (0, 0)
        else:
            shown, mark = mask_line(self.lines, number, secrets, (column, end), suspicious=suspicious)
        return Diagnostic(
            code=problem.code,
            path=self.path,
            line=number + 1,
            column=column + 1,
            end_column=end + 1,
            message=problem.message,
            label=problem.label,
            hint=problem.hint,
            source_line=_visible(shown),
            mark=mark,
        )

    def _clamp(self, span: Span) -> tuple[int, int, int]:
        """Bring a span to one line that exists: an end of file lies after the last line of text."""
        number, column, end = span.line, span.column, span.end_column
        if number >= len(self.lines) or not self.lines[number].strip():
            number = min(number, len(self.lines) - 1)
            while number > 0 and not self.lines[number].strip():
                number -= 1
            column = end = len(self.lines[number].rstrip())
        elif span.end_line > number:
            end = len(self.lines[number].rstrip())
        return number, column, max(end, column + 1)


def _visible(line: str) -> str:
    """Replace what would move the cursor, reorder the text or not be seen."""
    return "".join(char if char.isprintable() else "\ufffd" for char in line.replace("\t", "→"))


def read_source(path: Path) -> Source:
    """Read a document's text.

    Raises DocumentError where there is no such file, it cannot be read, is too large, or is not UTF-8
    without a byte order mark.
    """
    data = _read(path)
    name = str(path)
    if data.startswith(b"\xef\xbb\xbf"):
        raise _whole(
            name, "document-bom", "the file begins with a byte order mark", 'save it as "UTF-8", without BOM'
        )
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _whole(name, "document-not-utf8", "the file is UTF-16, not UTF-8", _ENCODING)
    try:
        return Source(name, data.decode())
    except UnicodeDecodeError as error:
        source = Source(name, data.decode(errors="replace"))
        raise DocumentError([_undecodable(source, data, error.start)]) from None


def _undecodable(source: Source, data: bytes, position: int) -> Diagnostic:
    before = _LINE_END.split(data[:position].decode())
    line, column = len(before) - 1, len(before[-1])
    problem = Problem(
        "document-not-utf8",
        Span(line, column, line, column + 1),
        f"byte 0x{data[position]:02x} is not UTF-8",
        _ENCODING,
    )
    return source.diagnose(problem, (), suspicious=True)


def _read(path: Path) -> bytes:
    name = str(path)
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise _whole(name, "document-unreadable", "this is a folder, not a document", "name a file in it")
        if not stat.S_ISREG(mode):
            raise _whole(
                name, "document-unreadable", "this is no regular file", "write the document to a file"
            )
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError):
        raise _missing(path) from None
    except (OSError, ValueError) as error:
        reason = (isinstance(error, OSError) and error.strerror) or "not a usable path"
        raise _whole(
            name, "document-unreadable", f"cannot be read: {reason}", "check the path and the permissions"
        ) from None
    if len(data) > MAX_BYTES:
        raise _whole(
            name,
            "document-too-large",
            "the file is larger than 1 MiB",
            "a document says how data moves; the data itself belongs into a file the connector reads",
        )
    return data


def _missing(path: Path) -> DocumentError:
    folder = path.parent
    try:
        near = get_close_matches(path.name, sorted(entry.name for entry in folder.iterdir()), n=1)
        hint = f"did you mean {folder / near[0]}?" if near else "check the path"
    except OSError:
        hint = f"there is no folder {folder}"
    return _whole(str(path), "document-missing", "there is no such file", hint)


def _whole(path: str, code: str, message: str, hint: str) -> DocumentError:
    return DocumentError([Diagnostic(code, path, 0, 0, message, hint)])
