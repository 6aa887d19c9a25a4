"""Where a request ends: just enough of HTTP/1.1 (RFC 9112, sections 2, 5, 6 and 7.1) to read one."""

from collections.abc import Mapping
from dataclasses import dataclass
from io import BufferedReader
from typing import Final

MOST_HEAD: Final = 64 * 1024
MOST_BODY: Final = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Incoming:
    """One request; names of headers are in lower case, equal ones are joined by a comma."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes


def read_request(incoming: BufferedReader) -> Incoming | None:
    """Read one request; None where the caller has gone, in the middle of one or not.

    What does not begin with a method's letter is returned with an empty method, as far as it has arrived:
    nobody can tell where it ends. So is a head or a body whose framing is broken or too large.
    """
    first = incoming.peek(1)[:1]
    if not first:
        return None
    if not first.isalpha():
        return Incoming("", "", {}, incoming.read1(MOST_HEAD))
    try:
        method, target, _version = _line(incoming).split(" ")
        headers = _headers(incoming)
        return Incoming(method, target, headers, _body(incoming, headers))
    except EOFError:
        return None
    except ValueError:
        return Incoming("", "", {}, b"")


def _line(incoming: BufferedReader) -> str:
    line = incoming.readline(MOST_HEAD)
    if not line.endswith(b"\n"):
        if len(line) < MOST_HEAD:
            raise EOFError
        raise ValueError("the line is too long")
    return line.decode("latin-1").rstrip("\r\n")


def _headers(incoming: BufferedReader) -> dict[str, str]:
    found: dict[str, str] = {}
    size = 0
    while line := _line(incoming):
        size += len(line)
        name, colon, value = line.partition(":")
        if not colon or size > MOST_HEAD:
            raise ValueError("no header, or too many")
        name, value = name.lower(), value.strip()
        found[name] = f"{found[name]}, {value}" if name in found else value
    return found


def _body(incoming: BufferedReader, headers: Mapping[str, str]) -> bytes:
    if "chunked" not in headers.get("transfer-encoding", "").lower():
        return _exactly(incoming, _size(headers.get("content-length", "0"), 10))
    parts: list[bytes] = []
    total = 0
    while size := _size(_line(incoming).partition(";")[0], 16):
        total += size
        if total > MOST_BODY:
            raise ValueError("the body is too large")
        parts.append(_exactly(incoming, size))
        if _line(incoming):
            raise ValueError("a chunk does not end where it should")
    while _line(incoming):
        pass  # trailers
    return b"".join(parts)


def _size(text: str, base: int) -> int:
    size = int(text.strip(), base)
    if not 0 <= size <= MOST_BODY:
        raise ValueError("the body is too large")
    return size


def _exactly(incoming: BufferedReader, size: int) -> bytes:
    body = incoming.read(size)
    if len(body) != size:
        raise EOFError
    return body
