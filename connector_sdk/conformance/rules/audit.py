"""AUD: every write leaves a record of what was tried and how it ended."""

from connector_sdk.conformance.catalogue import rule
from connector_sdk.conformance.lab import Lab, Visit
from connector_sdk.conformance.outcome import Tier
from connector_sdk.conformance.player import Fault, Seen
from connector_sdk.conformance.player.aim import on_writes
from connector_sdk.conformance.player.faults import answering, reset
from connector_sdk.conformance.protocol import CallSeen


@rule("AUD-01", Tier.SILVER, gate="write", requires=("WRT-01",))
def writes_are_recorded(lab: Lab) -> None:
    """For each write that the system saw there is exactly one record of the call, with its outcome.

    The ledger's audit trail is made of these records. A write that goes past the core is in none of them.
    """
    for sink in lab.book.sinks:
        with lab.visit(f"write.{sink}") as visit:
            visit.write(sink)
            sent, calls = _writes(visit), _recorded(lab, visit)
        lab.holds(
            len(calls) == len(sent), f"{sink}: {len(sent)} writes were sent, and {len(calls)} are recorded"
        )
        ended = [call.status for call in calls] == [seen.status for seen in sent]
        lab.holds(
            ended and not any(call.code for call in calls), f"{sink}: the records tell of other outcomes"
        )
        lab.facts.append(f"{sink}: {len(calls)} writes recorded")


@rule("AUD-02", Tier.SILVER, gate="write", requires=("AUD-01",), faults=True)
def failed_writes_are_recorded(lab: Lab) -> None:
    """A write that was refused, or whose outcome nobody knows, is recorded as that.

    "Nothing was written" and "nobody knows" call for different people; a record that says "done" for none.
    """
    for sink in lab.book.sinks:
        fault = Fault("a refusal", answering(422), on_writes(), times=None)
        with lab.visit(f"write.{sink}", faults=[fault]) as visit:
            visit.write(sink)
            refused = _recorded(lab, visit)
        wrong = sum(1 for call in refused if call.status != 422 or not call.code)  # noqa: PLR2004 - as injected
        lab.holds(bool(refused) and not wrong, f"{sink}: a refused write is not recorded as refused")
        fault = Fault("no answer", reset(), on_writes(), times=None, stores=True)
        with lab.visit(f"write.{sink}", faults=[fault]) as visit:
            visit.write(sink)
            unknown = _recorded(lab, visit)
        told = bool(unknown) and all(call.code and (call.unclear or call.repeatable) for call in unknown)
        lab.holds(told, f"{sink}: a write without an answer is not recorded as unclear")


def _writes(visit: Visit) -> list[Seen]:
    return [seen for seen in visit.asked if seen.writes]


def _recorded(lab: Lab, visit: Visit) -> list[CallSeen]:
    """Return the records of calls that write, without logins."""
    logins = {each.path for each in lab.book.exchanges.values() if each.issues_token}
    return [
        call
        for call in visit.told().calls
        if call.method in {"POST", "PUT", "PATCH", "DELETE"} and call.path not in logins
    ]
