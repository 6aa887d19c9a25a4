"""Connectors that take for an answer what is none, or only a part of one."""

from tests.conformance.mutants.mutant import Mutant

_READ = "            found = _parsed(response.content, _Answer[_Cases]).response\n"

MUTANTS = (
    Mutant(
        rule="TRU-01",
        base="sites",
        words="makes the best of a body that was cut",
        saw=r"countries, a body cut at page 1: \d records came instead of 3",
        spoils="""
from httpx import Response, TransportError
from connector_sdk.http.layers import body

whole = body._whole


def mended(request, response, exchange, policy):
    if "Content-Length" not in response.headers or "Content-Encoding" in response.headers:
        return whole(request, response, exchange, policy)
    parts = b""
    try:
        for part in response.stream:
            parts += part
    except TransportError:
        parts = parts[: parts.rfind(b"}") + 1] + b"]"
    return parts


body._whole = mended
""",
    ),
    Mutant(
        rule="TRU-02",
        base="lims",
        words="takes chunks for whole that lack the last",
        saw=r"chunks cut at page 1: a body that nothing proves complete was taken",
        spoils="""
from httpx import TransportError
from connector_sdk.http.layers import body

whole = body._whole


def careless(request, response, exchange, policy):
    if "Transfer-Encoding" not in response.headers:
        return whole(request, response, exchange, policy)
    parts = b""
    try:
        for part in response.stream:
            parts += part
    except TransportError:
        pass
    return parts


body._whole = careless
""",
    ),
    Mutant(
        rule="TRU-03",
        base="lims",
        words="takes for whole what could be inflated so far",
        saw=r"without its trailer at page 1: a body that nothing proves complete was taken",
        spoils="""
import zlib
from connector_sdk.http import framing

framing._gunzip = lambda raw: iter([zlib.decompressobj(31).decompress(b"".join(raw))])
""",
    ),
    Mutant(
        rule="TRU-06",
        base="safety",
        words="takes a page for people for no cases",
        saw=r"a page of HTML: no error was raised",
        changes=(
            (_READ, f'            if response.content.startswith(b"<!"):\n                return\n{_READ}'),
        ),
    ),
    Mutant(
        rule="TRU-07",
        base="safety",
        words="ends its read at an answer that it cannot understand",
        saw=r"a body broken at 10%: no error was raised",
        changes=(
            (
                _READ,
                (
                    "            try:\n"
                    "                found = _parsed(response.content, _Answer[_Cases]).response\n"
                    "            except IncompleteResponseError:\n"
                    '                if response.content.startswith(b"{"):\n'
                    "                    return\n"
                    "                raise\n"
                ),
            ),
        ),
    ),
    Mutant(
        rule="TRU-08",
        base="safety",
        words="takes an empty answer for no cases",
        saw=r"an empty body: no error was raised",
        changes=((_READ, f"            if not response.content:\n                return\n{_READ}"),),
    ),
    Mutant(
        rule="TMO-01",
        base="lims",
        words="waits for a silent server longer than it was told",
        saw=r"it took \d\.\d seconds, told 0\.4",
        spoils="""
from connector_sdk.http.policy import Timeouts

Timeouts.of_a_request = property(
    lambda self: {"connect": self.connect, "read": self.total, "write": self.write, "pool": self.pool}
)
""",
    ),
)
