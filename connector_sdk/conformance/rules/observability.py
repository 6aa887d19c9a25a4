"""OBS: whoever watches sees every attempt, and why it failed."""

from contextlib import AbstractContextManager
from typing import Final

from connector_sdk.conformance.catalogue import rule
from connector_sdk.conformance.lab import Lab, Visit
from connector_sdk.conformance.outcome import Tier
from connector_sdk.conformance.player import Fault
from connector_sdk.conformance.player.aim import on_data
from connector_sdk.conformance.player.faults import answering, reset
from connector_sdk.conformance.protocol import SpanSeen

ATTRIBUTES: Final = ("http.request.method", "server.address", "server.port", "http.response.status_code")
"""What a span of an attempt says, by OpenTelemetry's conventions for HTTP client spans."""
DURATION: Final = "http.client.request.duration"
RESENT: Final = "http.request.resend_count"


@rule("OBS-01", Tier.SILVER, requires=("CAP-01",), faults=True)
def every_attempt_has_a_span(lab: Lab) -> None:
    """Each request on the wire has a client span of its own, with method, server and status.

    Without one an attempt is invisible to whoever has to explain a delay, and a call that goes round the
    core's HTTP stack is found by nobody.
    """
    with _disturbed(lab, 2) as visit:
        _moved(lab, visit)
        asked, spans = len(visit.player.seen), _attempts(visit)
    lab.holds(len(spans) == asked, f"{asked} requests were sent, and {len(spans)} client spans tell of them")
    for name in ATTRIBUTES:
        lacking = sum(1 for span in spans if name not in span.attributes)
        lab.holds(lacking == 0, f"{lacking} of {asked} spans lack {name}")


@rule("OBS-02", Tier.SILVER, requires=("OBS-01",), faults=True)
def attempts_are_counted(lab: Lab) -> None:
    """The span of a repeated attempt says which one it is: nothing, then 1, then 2.

    It is the only way to tell a system that fails from one that is asked a lot.
    """
    with _disturbed(lab, 2) as visit:
        _moved(lab, visit)
        counts = [span.attributes.get(RESENT) for span in _attempts(visit) if not _login(lab, span)]
    wanted = [None, 1, 2]
    lab.holds(counts[:3] == wanted, f"{RESENT} of three attempts is {counts[:3]}, not {wanted}")


@rule("OBS-03", Tier.SILVER, requires=("OBS-01",), faults=True)
def failures_say_what_failed(lab: Lab) -> None:
    """The span of a failed attempt has the status ERROR and an error type; one that succeeded has neither.

    Dashboards and alerts go by these two; without them an outage looks like traffic.
    """
    for name, change in (("a 503", answering(503)), ("a reset", reset())):
        with lab.visit(_scenario(lab), faults=[Fault(name, change, on_data(0))]) as visit:
            _moved(lab, visit)
            failed, *others = [span for span in _attempts(visit) if not _login(lab, span)]
        told = bool(failed.attributes.get("error.type"))
        lab.holds(failed.status == "ERROR" and told, f"{name}: its span does not tell of an error")
        wrong = sum(1 for span in others if span.status == "ERROR" or "error.type" in span.attributes)
        lab.holds(wrong == 0, f"{name}: {wrong} spans of attempts that succeeded tell of an error")


@rule("OBS-05", Tier.SILVER, requires=("CAP-01",), faults=True)
def requests_are_measured(lab: Lab) -> None:
    """The histogram of request durations, in seconds, counts the requests that were sent: no more, no fewer.

    Rates and budgets are computed from it; what is not in it is not paid attention to.
    """
    with _disturbed(lab, 1) as visit:
        _moved(lab, visit)
        asked = len(visit.player.seen)
        points = [point for point in visit.told().metrics if point.name == DURATION]
    lab.holds(bool(points), f"there is no {DURATION}")
    lab.holds({point.unit for point in points} == {"s"}, f"{DURATION} is not in seconds")
    counted = sum(point.count for point in points)
    lab.holds(counted == asked, f"{DURATION} counts {counted} requests, and {asked} were sent")


def _scenario(lab: Lab) -> str:
    return f"read.{lab.book.streams[0]}.full" if lab.book.streams else f"write.{lab.book.sinks[0]}"


def _disturbed(lab: Lab, times: int) -> AbstractContextManager[Visit]:
    fault = Fault("a 503", answering(503), on_data(0), times=times, expect=(times, times))
    return lab.visit(_scenario(lab), faults=[fault])


def _moved(lab: Lab, visit: Visit) -> None:
    """Read or write, whichever the connector does; what comes of it is other rules' matter."""
    if lab.book.streams:
        visit.read(lab.book.streams[0])
    else:
        visit.write(lab.book.sinks[0])


def _attempts(visit: Visit) -> list[SpanSeen]:
    return [span for span in visit.told().spans if span.kind == "CLIENT"]


def _login(lab: Lab, span: SpanSeen) -> bool:
    paths = {each.path for each in lab.book.exchanges.values() if each.issues_token}
    return span.attributes.get("url.template") in paths
