"""CON: instances do not know of each other, and leave nothing behind."""

from connector_sdk.conformance.catalogue import rule
from connector_sdk.conformance.child import Reading
from connector_sdk.conformance.errands import errands
from connector_sdk.conformance.lab import Lab
from connector_sdk.conformance.outcome import Tier


@rule("CON-01", Tier.SILVER, gate="read", requires=("RD-01",))
def instances_are_apart(lab: Lab) -> None:
    """Two instances of the connector, each with its own system, get nothing that belongs to the other.

    A token or a cursor kept beside the instance makes one customer's run read another customer's data.
    """
    stream = lab.book.streams[0]
    scenario = f"read.{stream}.full"
    with lab.visit(scenario) as one, lab.visit(scenario) as other:
        begun = {visit.player.url: lab.child.begin(visit.handle, stream) for visit in (one, other)}
        given = {url: Reading() for url in begun}
        going = set(begun)
        while going:
            for url in sorted(going):
                page = lab.child.next(begun[url])
                if page is None:
                    going.discard(url)
                else:
                    given[url].pages.append(page)
        for visit, foreign in ((one, other), (other, one)):
            crossed = sum(
                1
                for seen in visit.player.seen
                for token in foreign.player.tokens
                if any(token in value for value in seen.headers.values())
            )
            lab.holds(crossed == 0, f"{crossed} requests carried the other instance's token")
            lab.same(given[visit.player.url], stream, "read in turns with another")
            lab.holds(bool(visit.asked), "read in turns with another, it asked the other's system")


@rule("CON-03", Tier.SILVER, requires=("CAP-01",))
def leaves_nothing_behind(lab: Lab) -> None:
    """A connector that is closed, once or twice, holds no connection, no thread and no file.

    In a process that runs for weeks, what is left behind each time is what ends it.
    """
    every = errands(lab)
    with lab.visit(*[errand.scenario for errand in every]) as visit:
        for errand in every:
            errand.done(visit)
        first = lab.child.close(visit.handle)
        lab.child.close(visit.handle)
    left = {
        "connections": first.after.sockets - first.before.sockets,
        "threads": first.after.threads - first.before.threads,
        "open files": first.after.fds - first.before.fds,
    }
    told = ", ".join(f"{count} {name}" for name, count in left.items() if count > 0)
    lab.holds(not told, f"after it was closed, it still held {told}")
