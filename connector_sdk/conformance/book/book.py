"""A book: recorded or hand-written exchanges with a vendor's system, and what they are for."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

from connector_sdk.conformance.book.exchange import Exchange, Roles
from connector_sdk.conformance.book.json_path import find
from connector_sdk.conformance.book.json_tree import Tree, without
from connector_sdk.conformance.certificate import BookFacts

READS: Final = ("full", "delta", "resume")
"""The scenarios of a stream: all there is, what is new since, and what is left after a stop."""


class ScenarioName(NamedTuple):
    """`read.STREAM.PART`, `write.SINK` or `write.SINK.rejected` in its parts."""

    verb: str
    collection: str
    part: str


def scenario_name(text: str) -> ScenarioName | None:
    """Return the parts of a scenario's name, None where it is none."""
    verb, _, rest = text.partition(".")
    stem, _, last = rest.rpartition(".")
    if verb == "read" and stem and last in READS:
        return ScenarioName(verb, stem, last)
    if verb == "write" and stem and last == "rejected":
        return ScenarioName(verb, stem, last)
    return ScenarioName(verb, rest, "") if verb == "write" and rest else None


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where the book comes from: `kind`, a page or tenant (`source`), when it was recorded."""

    kind: str
    source: str
    recorded: date
    api_version: str


@dataclass(frozen=True)
class Book:
    """A book as it was read; `files` are its files, relative to `folder`, all of which `digest` covers.

    `scenarios` list exchanges by name. `config` is the connector's, with placeholders in it.
    """

    folder: Path
    files: tuple[str, ...]
    digest: str
    connector: str
    provenance: Provenance
    clock: datetime
    config: Mapping[str, Any]
    exchanges: Mapping[str, Exchange]
    scenarios: Mapping[str, tuple[str, ...]]
    base_roles: Roles = field(repr=False)
    own_roles: Mapping[str, Roles] = field(repr=False)

    @property
    def streams(self) -> tuple[str, ...]:
        """The streams that scenarios read."""
        return self._collections("read")

    @property
    def sinks(self) -> tuple[str, ...]:
        """The sinks that scenarios write to."""
        return self._collections("write")

    @property
    def facts(self) -> BookFacts:
        """Where it comes from; exchanges that issue credentials count for nothing."""
        counting = [each for each in self.exchanges.values() if not each.issues_token]
        return BookFacts(
            digest=self.digest,
            kinds=tuple(sorted({each.kind for each in counting})),
            sources=tuple(sorted({each.source for each in counting if each.source})),
            recorded=self.provenance.recorded.isoformat(),
            api_version=self.provenance.api_version,
        )

    def roles(self, collection: str) -> Roles:
        """Return the roles of what is in a stream's or sink's exchanges."""
        return self.own_roles.get(collection, self.base_roles)

    def scenario(self, name: str) -> tuple[Exchange, ...]:
        """Return a scenario's exchanges in their order, none where there is no such scenario."""
        return tuple(self.exchanges[each] for each in self.scenarios.get(name, ()))

    def collections_of(self, exchange: str) -> tuple[str, ...]:
        """Return the streams and sinks in whose scenarios an exchange stands."""
        found = (scenario_name(name) for name, listed in self.scenarios.items() if exchange in listed)
        return tuple(dict.fromkeys(name.collection for name in found if name))

    def golden(self, stream: str, scenario: str = "full") -> list[Tree]:
        """Return the records that a stream's scenario answers with, in order, each exchange's once."""
        roles = self.roles(stream)
        if not roles.records:
            return []
        answers = (
            each.response
            for each in _once(self.scenario(f"read.{stream}.{scenario}"))
            if each.answers_json and each.succeeds and not each.issues_token
        )
        return [without(record, roles.ignore) for answer in answers for record in find(answer, roles.records)]

    def inputs(self, sink: str, part: str = "") -> list[Tree]:
        """Return the records that a sink's scenario writes, in order; `part` may be `rejected`."""
        roles = self.roles(sink)
        name = f"write.{sink}.{part}" if part else f"write.{sink}"
        bodies = (each.body for each in _once(self.scenario(name)) if each.asks_json and each.is_write)
        return [without(record, roles.ignore) for body in bodies for record in find(body, roles.input)]

    def _collections(self, verb: str) -> tuple[str, ...]:
        names = (scenario_name(name) for name in self.scenarios)
        return tuple(dict.fromkeys(name.collection for name in names if name and name.verb == verb))


@dataclass(frozen=True)
class SeededBook(Book):
    """A book with one run's values: what is seeded differs from run to run, and stays valid.

    `secrets` are the texts in place of `${SECRET}`, `personal` those in place of personal data that cannot
    stand anywhere by chance: none of them may be met outside records and requests.
    """

    seed: int
    secrets: tuple[str, ...] = field(repr=False)
    personal: tuple[str, ...] = field(repr=False)


def _once(exchanges: Sequence[Exchange]) -> Iterator[Exchange]:
    yield from {each.name: each for each in exchanges}.values()
