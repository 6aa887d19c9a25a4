"""CAP: the manifest says what the connector can do: all of it, and no more."""

import re
from collections.abc import Callable, Mapping
from typing import Final

from connector_sdk.conformance.book import Exchange
from connector_sdk.conformance.book.book import scenario_name
from connector_sdk.conformance.catalogue import rule
from connector_sdk.conformance.lab import Lab
from connector_sdk.conformance.outcome import Tier
from connector_sdk.conformance.player import Seen
from connector_sdk.conformance.protocol import Described
from connector_sdk.conformance.receiving import batching

NEVER: Final = "undeclared"

_DECLARED: Final = "its class declares by its streams, its sinks and `capabilities`"


@rule("CAP-01", Tier.BRONZE)
def says_what_it_is(lab: Lab) -> None:
    """The manifest is the same whenever it is asked for, and nobody is called for it.

    What a connector can do decides which rules it is held to, and what a pipeline may ask of it: an answer
    that changes, or that depends on a system, decides nothing.
    """
    first = lab.child.describe(lab.connector)
    with lab.examination.hosts.child() as other:
        second = other.describe(lab.connector)
        told = other.told()
    changed = [name for name in Described.__struct_fields__ if getattr(first, name) != getattr(second, name)]
    lab.holds(not changed, f"asked twice, the manifest differs in: {', '.join(changed)}")
    lab.holds(not told.connects, "describing the connector opened a connection")
    lab.facts.append(f"declared: {', '.join(sorted(first.capabilities))}")


@rule("CAP-02", Tier.BRONZE, requires=("CAP-01",))
def does_nothing_undeclared(lab: Lab) -> None:
    """What the manifest does not declare is refused, and nothing is sent for it.

    An operation that nobody was told of is one that nobody approved, tested or validated.
    """
    for capability in sorted({"read", "write"} - lab.capabilities):
        with lab.visit() as visit:
            tried = visit.read(NEVER) if capability == "read" else visit.write(NEVER, [b'{"id":"1"}'])
            asked = len(visit.player.seen)
        lab.holds(tried.raised is not None, f"`{capability}` is not declared, and was done all the same")
        lab.sdk_error(tried, f"`{capability}`, which is not declared")
        lab.holds(asked == 0, f"`{capability}` is not declared, and {asked} requests were sent for it")


@rule("CAP-03", Tier.BRONZE, requires=("CAP-01",))
def proves_what_it_declares(lab: Lab) -> None:
    """The book shows every capability that the manifest declares, for every stream and every sink.

    A capability that is only claimed is one that no rule has looked at.
    """
    unshown = sorted(
        capability for capability in lab.capabilities if (proof := _SHOWN.get(capability)) and not proof(lab)
    )
    lab.holds(not unshown, f"declared, but not in the book: {', '.join(unshown)}; {_DECLARED}")
    for kind, declared, there in (
        ("stream", lab.examination.described.streams, lab.book.streams),
        ("sink", lab.examination.described.sinks, lab.book.sinks),
    ):
        missing = sorted({each.name for each in declared if each.name} - set(there))
        lab.holds(not missing, f"no scenario of the book is about the {kind} {', '.join(missing)}")


@rule("CAP-04", Tier.BRONZE, requires=("CAP-01", "INC-02", "WRT-08"))
def asks_what_the_book_says(lab: Lab) -> None:
    """Undisturbed, the connector sends the requests of the book: no others, and all of them.

    A request that is not in the book is one that the vendor's documentation was not asked about; an exchange
    that is never used describes another connector.
    """
    for name in lab.book.scenarios:
        about = scenario_name(name)
        if about is None or about.part == "resume":
            continue
        later = about.part == "delta"
        with lab.visit(f"read.{about.collection}.full" if later else name) as visit:
            if about.verb == "write":
                visit.write(about.collection, lab.inputs(about.collection, about.part))
            else:
                reading = visit.read(about.collection)
                if later:
                    visit.player.play(name)
                    visit.read(about.collection, reading.state)
            unmatched = [_named(seen) for seen in visit.player.unmatched()]
            served = {seen.exchange for seen in visit.player.seen}
        lab.holds(not unmatched, f"{name}: the book does not have: {'; '.join(unmatched[:3])}")
        unserved = [each.name for each in lab.book.scenario(name) if each.name not in served]
        lab.holds(not unserved, f"{name}: never asked for: {', '.join(unserved)}")


@rule("CAP-05", Tier.BRONZE, requires=("CAP-01",))
def declares_what_it_does(lab: Lab) -> None:
    """The book shows nothing that the manifest does not declare.

    Whoever leaves a capability out is spared the rules about it: those that matter most to who uses it.
    """
    hidden = sorted(name for name, proof in _SHOWN.items() if name not in lab.capabilities and proof(lab))
    lab.holds(not hidden, f"in the book, but not declared: {', '.join(hidden)}; {_DECLARED}")


def _named(seen: Seen) -> str:
    """Return what identifies a request for its author: all but the values that it carries."""
    return f"{seen.method} {seen.path}" + (f" with {', '.join(sorted(seen.query))}" if seen.query else "")


def _exchanges(lab: Lab, operation: str) -> list[Exchange]:
    return [
        exchange
        for name in lab.book.scenarios
        if name.startswith(f"{operation}.")
        for exchange in lab.book.scenario(name)
    ]


def _repeatable(lab: Lab) -> bool:
    """Whether a write in the book names what makes it safe to repeat: a key in a header, or the record."""
    return any(
        exchange.is_write
        and (exchange.method in {"PUT", "PATCH"} or any("key" in name.lower() for name in exchange.headers))
        for exchange in _exchanges(lab, "write")
    )


def _projects(lab: Lab) -> bool:
    """Whether a request in the book names every field of the records that answer it."""
    for parts in lab.anatomies():
        first = parts.data()[parts.pages[0]]
        asked = " ".join((first.path, *first.query.values()))
        fields = lab.book.golden(parts.stream)[0]
        if not all(re.search(rf"\b{re.escape(name)}\b", asked) for name in fields):
            return False
    return bool(lab.book.streams)


_SHOWN: Final[Mapping[str, Callable[[Lab], bool]]] = {
    "read": lambda lab: bool(lab.book.streams),
    "paging": lambda lab: any(each.paged for each in lab.anatomies()),
    "next": lambda lab: any(each.next for each in lab.anatomies()),
    "total": lambda lab: any(each.total for each in lab.anatomies()),
    "incremental": lambda lab: any(each.incremental for each in lab.anatomies()),
    "write": lambda lab: bool(lab.book.sinks),
    "idempotent_write": _repeatable,
    "batch": lambda lab: any(batching(lab.book, sink) for sink in lab.book.sinks),
    "projection": _projects,
    "auth": lambda lab: any(each.issues_token for each in lab.book.exchanges.values()),
    "envelope": lambda lab: any(
        lab.book.roles(each).failure_envelope for each in (*lab.book.streams, *lab.book.sinks)
    ),
}
"""How a book shows a capability; the others leave no trace in requests and answers."""
