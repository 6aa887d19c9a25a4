"""RTY: what may succeed is tried again, patiently and not for ever; what cannot is not."""

from datetime import timedelta
from email.utils import format_datetime
from typing import Final

from connector_sdk.conformance.catalogue import rule
from connector_sdk.conformance.lab import PATIENT, Lab, Visit
from connector_sdk.conformance.outcome import Tier
from connector_sdk.conformance.player import Change, Fault
from connector_sdk.conformance.player.aim import on_data
from connector_sdk.conformance.player.faults import answering, hang, reset

SILENCE: Final = "silence"
TRANSIENT: Final[dict[str, Change]] = {
    "500": answering(500),
    "502": answering(502),
    "503": answering(503),
    "504": answering(504),
    "a reset": reset(),
    SILENCE: hang(),
}
QUICK: Final = {"read": 0.4, "total": 3.0}
"""Seconds, where the server falls silent."""
PERMANENT: Final = (400, 403, 404, 405, 410, 415, 422, 501)
MOST: Final = 10
"""Attempts of one request at most."""
PROCESSES: Final = 6
GROWTH: Final = 1.5
"""By which each wait should grow at least; chance has a part in it, hence several processes are added up."""
MOST_GROWTH: Final = 2.5
"""Of the last wait against the first: no more is asked for, since waits may have an upper limit."""
LONGEST: Final = 24 * 3600.0
"""Seconds that a request may be tried for at most, by the connector's own clock."""


@rule("RTY-01", Tier.BRONZE, gate="read", requires=("RD-01", "PAG-01"), faults=True)
def transient_faults_change_nothing(lab: Lab) -> None:
    """After a fault that passes, at any page and of any kind, the same records come as without it.

    Systems fail now and then, at any page. What is lost, doubled or mixed up when they do is found by
    nobody, since the read ends well.
    """
    for parts in lab.anatomies():
        for page in range(len(parts.data())):
            for name, change in TRANSIENT.items():
                fault = Fault(name, change, on_data(page))
                timeouts = QUICK if name == SILENCE else PATIENT
                with lab.visit(parts.scenario(), faults=[fault], timeouts=timeouts) as visit:
                    lab.same(
                        visit.read(parts.stream), parts.stream, f"{parts.stream}, {name} at page {page + 1}"
                    )
    lab.facts.append(f"{len(TRANSIENT)} kinds of faults, at every page")


@rule("RTY-02", Tier.BRONZE, gate="read", requires=("RD-01",), faults=True)
def gives_up(lab: Lab) -> None:
    """A fault that does not pass ends the read after some attempts, with an error that says "later".

    A connector that tries for ever blocks the run, hides the outage, and adds to it.
    """
    for stream in lab.book.streams:
        fault = Fault("an outage", answering(503), on_data(0), times=None)
        with lab.visit(f"read.{stream}.full", faults=[fault]) as visit:
            reading = visit.read(stream)
            asked, waited = len(visit.asked), sum(visit.told().sleeps)
        failure = lab.sdk_error(reading, f"{stream}, an outage")
        lab.holds(failure.retryable, f"{stream}, an outage: {failure.kind} does not say that it may pass")
        lab.holds(asked <= MOST, f"{stream}, an outage: {asked} requests were sent")
        lab.holds(waited <= LONGEST, f"{stream}, an outage: it was waited for {waited:.0f} seconds")
        lab.holds(
            failure.attempts == asked,
            f"{stream}: the error tells of {failure.attempts} attempts, not {asked}",
        )
        lab.facts.append(f"{stream}: {asked} attempts")


@rule("RTY-03", Tier.BRONZE, gate="read", requires=("RD-01",), faults=True)
def refusals_are_final(lab: Lab) -> None:
    """A request that the system refuses is sent once.

    Repeating it helps nobody, uses up the allowance, and locks accounts.
    """
    stream = lab.book.streams[0]
    for status in PERMANENT:
        fault = Fault(f"a {status}", answering(status), on_data(0), times=None, expect=(1, None))
        with lab.visit(f"read.{stream}.full", faults=[fault]) as visit:
            reading = visit.read(stream)
            asked = len(visit.asked)
        lab.holds(reading.raised is not None, f"{stream}: a {status} went unnoticed")
        lab.holds(asked == 1, f"{stream}: after a {status}, {asked} requests were sent instead of one")


@rule("RTY-04", Tier.SILVER, gate="read", requires=("RD-01",), faults=True)
def waits_as_long_as_asked(lab: Lab) -> None:
    """Where the system says how many seconds to wait, it is waited for so long, and not much longer.

    Who asks again too early is throttled for longer, or shut out.
    """
    _waits(lab, Fault("a 429", answering(429, {"Retry-After": "37"}), on_data(0)), 37)


@rule("RTY-05", Tier.SILVER, gate="read", requires=("RD-01",), faults=True)
def waits_until_the_moment(lab: Lab) -> None:
    """Where the system names a moment to wait for, it counts by the system's own clock.

    Clocks differ by minutes: by its own, a connector asks far too early, or sleeps far too long.
    """
    there = lab.book.clock + timedelta(minutes=10)
    until = format_datetime(there + timedelta(seconds=41), usegmt=True)
    headers = {"Retry-After": until, "Date": format_datetime(there, usegmt=True)}
    _waits(lab, Fault("a 503", answering(503, headers), on_data(0)), 41)


@rule("RTY-07", Tier.SILVER, gate="read", requires=("RD-01",), faults=True)
def waits_grow_and_differ(lab: Lab) -> None:
    """Waits between attempts grow, and are not the same in every process.

    Equal waits make all clients of a system that recovers come back at the same instant, and fell it again.
    """
    waits = [_waits_in_an_outage(lab) for _process in range(PROCESSES)]
    lab.holds(min(map(len, waits)) > 1, "after a failure it was not waited before the next attempt")
    different = {round(each[0], 6) for each in waits}
    lab.holds(len(different) > 1, f"the first wait was the same in {PROCESSES} processes")
    first, last = sum(each[0] for each in waits), sum(each[-1] for each in waits)
    due = min(GROWTH ** (len(waits[0]) - 1), MOST_GROWTH)
    lab.holds(last >= due * first, "the waits do not grow from attempt to attempt")


def _waits(lab: Lab, fault: Fault, seconds: float) -> None:
    stream = lab.book.streams[0]
    with lab.visit(f"read.{stream}.full", faults=[fault]) as visit:
        reading = visit.read(stream)
        waited = _waited(visit)
    lab.same(reading, stream, f"{stream}, asked to wait")
    lab.holds(
        seconds - 1 <= waited < seconds * 1.6 + 5, f"it was waited for {waited:.1f} seconds, not {seconds}"
    )


def _waits_in_an_outage(lab: Lab) -> list[float]:
    """Return the waits of a read in a process of its own."""
    stream = lab.book.streams[0]
    fault = Fault("an outage", answering(503), on_data(0), times=None, expect=(2, None))
    with (
        Lab(lab.examination, lab.rule) as process,
        process.visit(f"read.{stream}.full", faults=[fault]) as visit,
    ):
        visit.read(stream)
        return visit.told().sleeps


def _waited(visit: Visit) -> float:
    return sum(visit.told().sleeps)
