"""What a connector can be sent to do, whatever it is: read one of its streams, write to one of its sinks."""

from collections.abc import Mapping
from dataclasses import dataclass

from connector_sdk.conformance.book import Exchange, filled_in
from connector_sdk.conformance.child import Reading, Writing
from connector_sdk.conformance.lab import Lab, Visit
from connector_sdk.conformance.receiving import holds_what_was_given


@dataclass(frozen=True, slots=True)
class Errand:
    """A full read of a stream, or a write of the book's records to a sink."""

    lab: Lab
    collection: str
    writes: bool

    @property
    def scenario(self) -> str:
        """The scenario of the book that it plays in."""
        return f"write.{self.collection}" if self.writes else f"read.{self.collection}.full"

    @property
    def data(self) -> list[Exchange]:
        """The exchanges of that scenario, without those that issue credentials."""
        return [each for each in self.lab.book.scenario(self.scenario) if not each.issues_token]

    def done(self, visit: Visit) -> Reading | Writing:
        """Do it."""
        return visit.write(self.collection) if self.writes else visit.read(self.collection)

    def done_at(self, server: str, timeouts: Mapping[str, float]) -> Reading | Writing:
        """Do it where no book is played; raises Raised where the connector cannot even be opened."""
        lab, name = self.lab, self.collection
        settings = filled_in(lab.book.config, {"SERVER": server})
        handle = lab.child.open(lab.connector, settings, clock=lab.book.clock, timeouts=timeouts)
        tried: Reading | Writing
        try:
            if self.writes:
                key = lab.book.roles(name).key
                tried = lab.child.write(handle, name, lab.inputs(name), key=key)
            else:
                tried = lab.child.read(handle, name)
        finally:
            lab.child.close(handle)
        lab.met(tried.raised)
        return tried

    def well(self, visit: Visit, tried: Reading | Writing, during: str) -> None:
        """Assert that the same came of it as where nothing disturbs it."""
        if isinstance(tried, Writing):
            holds_what_was_given(visit, self.collection, tried, during)
        else:
            self.lab.same(tried, self.collection, during)


def errands(lab: Lab) -> list[Errand]:
    """Return all that the book knows of, reads first."""
    return [
        *(Errand(lab, stream, writes=False) for stream in lab.book.streams),
        *(Errand(lab, sink, writes=True) for sink in lab.book.sinks),
    ]
