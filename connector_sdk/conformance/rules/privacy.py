"""PHI: what is moved, and what opens the door to it, is seen by nobody on the way."""

from typing import Any, Final

from connector_sdk.conformance.catalogue import rule
from connector_sdk.conformance.lab import Lab
from connector_sdk.conformance.outcome import Tier
from connector_sdk.conformance.player import Change, Fault, Seen
from connector_sdk.conformance.player.aim import on_data, on_token, on_writes
from connector_sdk.conformance.player.faults import answering, with_bytes, with_tree
from connector_sdk.conformance.watching import ELSEWHERE, PERSONAL, SECRET

PLACES: Final = (
    "logs at every level, spans, metrics, records of calls, errors, warnings, output, files and their names, "
    "environment variables, cursors, reasons of dead letters"
)


@rule("PHI-01", Tier.BRONZE, requires=("CAP-01",), judges=True, faults=True)
def personal_values_stay_in_records(lab: Lab) -> None:
    """No personal value of a record was seen outside records, in whatever all rules did.

    Logs and traces are copied to places that nobody validated, kept for ever, and read by everyone.
    """
    marked = (
        "the book marks no personal value (roles.phi), so that none could be looked for; any text will do"
    )
    lab.holds(bool(lab.book.personal), marked)
    for name, change in _PROVOCATIONS.items():
        for parts in lab.anatomies():
            fault = Fault(name, change, on_data(parts.pages[0]), times=None)
            with lab.visit(parts.scenario(), faults=[fault]) as visit:
                visit.read(parts.stream)
    for parts in lab.anatomies():

        def mistyped(_seen: Seen, tree: Any, parts: Any = parts) -> Any:
            spoiled = [{name: [value] for name, value in each.items()} for each in parts.records_in(tree)]
            return parts.with_records(tree, spoiled)

        fault = Fault("records of other types", with_tree(mistyped), on_data(parts.pages[0]), times=None)
        with lab.visit(parts.scenario(), faults=[fault]) as visit:
            visit.read(parts.stream)
    for sink in lab.book.sinks:
        for status in (400, 409, 422, 500):
            fault = Fault(f"a {status}", _echoing(status), on_writes(), times=None)
            with lab.visit(f"write.{sink}", faults=[fault]) as visit:
                visit.write(sink)
    found = lab.examination.findings.of(PERSONAL)
    lab.holds(not found, "; ".join(found[:3]))
    lab.facts.append(f"looked for {len(lab.book.personal)} values in: {PLACES}")


@rule("PHI-02", Tier.BRONZE, requires=("CAP-01",), judges=True, faults=True)
def secrets_stay_secret(lab: Lab) -> None:
    """No secret and no token was seen outside the requests that carry it, in whatever all rules did.

    A secret in a log is a secret that has to be changed, once somebody notices.
    """
    for scenario in [parts.scenario() for parts in lab.anatomies()] or [f"write.{lab.book.sinks[0]}"]:
        for status in (401, 403, 500):
            fault = Fault(f"a {status}", _echoing(status), on_data(0), times=None)
            _go(lab, scenario, fault)
        if "auth" in lab.capabilities:
            _go(lab, scenario, Fault("a login refused", _echoing(401), on_token(), times=None))
    found = lab.examination.findings.of(SECRET)
    lab.holds(not found, "; ".join(found[:3]))
    lab.facts.append(f"looked for {len(lab.book.secrets)} secrets, and every token given out, in: {PLACES}")


@rule("PHI-06", Tier.BRONZE, requires=("CAP-01",), judges=True)
def nobody_else_is_called(lab: Lab) -> None:
    """No connection was opened to anybody but the configured system, in whatever all rules did.

    Data that leaves for a place that nobody declared has left for good. Asking for another host's address is
    a way out, too, and so is a process that is started: nobody sees whom it calls.
    """
    for parts in lab.anatomies():
        with lab.visit(parts.scenario()) as visit:
            visit.read(parts.stream)
    found = lab.examination.findings.of(ELSEWHERE)
    lab.holds(not found, "; ".join(found[:3]))


def _go(lab: Lab, scenario: str, fault: Fault) -> None:
    verb, _, rest = scenario.partition(".")
    with lab.visit(scenario, faults=[fault]) as visit:
        if verb == "read":
            visit.read(rest.removesuffix(".full"))
        else:
            visit.write(rest)


def _echoing(status: int) -> Change:
    """Answer with an error that quotes the whole request: its headers, its address and its body."""

    def change(seen: Seen, _reply: Any) -> Any:
        headers = "".join(f"{name}: {value}\n" for name, value in seen.headers.items())
        body = f"cannot take {seen.target}\n{headers}\n".encode() + seen.body
        return answering(status, {"Content-Type": "text/plain"}, body)(seen, _reply)

    return change


_PROVOCATIONS: Final[dict[str, Change]] = {
    "half of the records": with_bytes(lambda body: body[: len(body) * 2 // 3]),
    "the records as an error": lambda _seen, reply: answering(400, reply.headers, reply.body)(_seen, reply),
    "the records as an outage": lambda _seen, reply: answering(500, reply.headers, reply.body)(_seen, reply),
    "the records as a page": with_bytes(lambda body: b"<html>" + body),
}
