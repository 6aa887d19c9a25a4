"""TRU and TMO: an answer that is cut, mangled or never ends is never taken for data."""

from typing import Final

from connector_sdk.clock import SYSTEM_CLOCK
from connector_sdk.conformance.catalogue import rule
from connector_sdk.conformance.lab import Lab
from connector_sdk.conformance.outcome import Tier
from connector_sdk.conformance.player import Change, Fault
from connector_sdk.conformance.player.aim import on_data
from connector_sdk.conformance.player.faults import (
    Part,
    answering,
    cut_chunks,
    cut_gzip,
    cut_length,
    empty,
    gzip_without_trailer,
    hang,
    html,
    with_bytes,
)

READ: Final = 0.4
"""Seconds of silence after which the connector is told to give up."""
SLACK: Final = 2.0
"""Seconds that an attempt may take longer than it was told to."""
FIVE: Final = (0.1, 0.3, 0.5, 0.7, 0.9)
"""Where bodies are broken, as parts of their length."""
_SILENCES: Final[dict[str, Part]] = {
    "silence": "nothing",
    "silence after the head": "head",
    "silence in the body": "half",
}


@rule("TRU-01", Tier.BRONZE, gate="read", requires=("RD-01",), faults=True)
def shorter_than_announced(lab: Lab) -> None:
    """A body shorter than its Content-Length is not taken for an answer.

    A connection that breaks in the middle is the ordinary way to get half of the data.
    """
    _never_taken(lab, "a body cut", cut_length())


@rule("TRU-02", Tier.BRONZE, gate="read", requires=("RD-01",), faults=True)
def chunks_without_an_end(lab: Lab) -> None:
    """A chunked body without its last chunk is not taken for an answer.

    Only the last chunk tells the end from a broken connection.
    """
    _never_taken(lab, "chunks cut", cut_chunks())


@rule("TRU-03", Tier.BRONZE, gate="read", requires=("RD-01",), faults=True)
def compressed_without_an_end(lab: Lab) -> None:
    """A compressed body that stops early, or lacks its checksum, is not taken for an answer.

    HTTP clients hand out what they could inflate so far and say nothing: a proxy that cuts is enough.
    """
    _never_taken(lab, "a gzip body cut", cut_gzip())
    _never_taken(lab, "a gzip body without its trailer", gzip_without_trailer())


@rule("TRU-06", Tier.BRONZE, gate="read", requires=("RD-01",), faults=True)
def a_page_for_people(lab: Lab) -> None:
    """A page of HTML with status 200 is an error, never "no records".

    Maintenance pages and login pages come with status 200; taken for an empty answer they end the read well.
    """
    _error_and_nothing(lab, "a page of HTML", html())


@rule("TRU-07", Tier.BRONZE, gate="read", requires=("RD-01",), faults=True)
def malformed(lab: Lab) -> None:
    """A body that is not what it claims to be is an error of the SDK, which does not quote it.

    Parsers' own errors quote the text around the fault: with it, patients' data gets into logs.
    """
    for part in FIVE:

        def broken(body: bytes, part: float = part) -> bytes:
            at = int(len(body) * part)
            return body[:at] + b"\x00}" + body[at:]

        _error_and_nothing(lab, f"a body broken at {part:.0%}", with_bytes(broken))


@rule("TRU-08", Tier.BRONZE, gate="read", requires=("RD-01",), faults=True)
def no_body_at_all(lab: Lab) -> None:
    """An empty body with status 200, or a 204, is an error where records were asked for.

    "Nothing" and "nothing came" must not be the same.
    """
    _error_and_nothing(lab, "an empty body", empty())
    _error_and_nothing(lab, "a 204", answering(204))


@rule("TMO-01", Tier.BRONZE, gate="read", requires=("RD-01",), faults=True)
def silence_ends(lab: Lab) -> None:
    """A server that accepts and says nothing, at once or in the middle, is not waited for longer than told.

    One connection that hangs is enough to keep a run from ending, and its schedule from noticing.
    """
    stream = lab.book.streams[0]
    for name, part in _SILENCES.items():
        fault = Fault(name, hang(part), on_data(0))
        with lab.visit(f"read.{stream}.full", faults=[fault], timeouts={"read": READ, "total": 5.0}) as visit:
            began = SYSTEM_CLOCK.monotonic()
            reading = visit.read(stream)
            took = SYSTEM_CLOCK.monotonic() - began
        lab.never_short(reading, stream, f"{stream}, {name}")
        lab.holds(took <= READ * 1.2 + SLACK, f"{stream}, {name}: it took {took:.1f} seconds, told {READ}")


def _never_taken(lab: Lab, name: str, change: Change) -> None:
    """Assert that an answer without a proven end is asked for again, or ends the read, at every page.

    That the records are all there is not enough: nothing has proven it.
    """
    for parts in lab.anatomies():
        for page in range(len(parts.data())):
            during = f"{parts.stream}, {name} at page {page + 1}"
            with lab.visit(parts.scenario(), faults=[Fault(name, change, on_data(page))]) as visit:
                reading = visit.read(parts.stream)
                asked = sum(1 for seen in visit.asked if seen.index == page)
            lab.never_short(reading, parts.stream, during)
            refused = asked > 1 or reading.raised is not None
            lab.holds(refused, f"{during}: a body that nothing proves complete was taken")


def _error_and_nothing(lab: Lab, name: str, change: Change) -> None:
    for stream in lab.book.streams:
        with lab.visit(f"read.{stream}.full", faults=[Fault(name, change, on_data(0), times=None)]) as visit:
            reading = visit.read(stream)
        lab.sdk_error(reading, f"{stream}, {name}")
        lab.holds(not reading.records, f"{stream}, {name}: {len(reading.records)} records came of it")
