"""Which exchange comes next: the scenarios being played, as places that are served in turn."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from connector_sdk.conformance.book import Exchange, SeededBook, permitted
from connector_sdk.conformance.book import asked as asked_for
from connector_sdk.conformance.book.book import scenario_name
from connector_sdk.testing.wire import Asked


@dataclass(slots=True)
class Place:
    """One exchange at its place in a scenario; `index` counts those that issue no credentials.

    `writes` tells whether it changes something: a scenario that reads may ask its questions by POST.
    """

    exchange: Exchange
    collection: str
    index: int
    writes: bool
    served: bool = False


class Script:
    """The places of some scenarios, one scenario after the other."""

    def __init__(self, book: SeededBook, scenarios: Sequence[str]) -> None:
        self.places: list[Place] = []
        self.asked: Counter[str] = Counter()
        """How often each exchange was asked for, by name."""
        data = 0
        for scenario in scenarios:
            name = scenario_name(scenario)
            if name is None or scenario not in book.scenarios:
                raise LookupError(f"the book has no scenario {scenario!r}")
            for exchange in book.scenario(scenario):
                index = -1 if exchange.issues_token else data
                data += not exchange.issues_token
                writes = exchange.is_write and name.verb == "write"
                self.places.append(Place(exchange, name.collection, index, writes))

    def places_for(self, asked: Asked) -> list[Place]:
        """Return the places that a request may ask for: those whose listed headers it has, if any."""
        try:
            exchanges = asked_for(
                (place.exchange for place in self.places), asked.method, asked.target, asked.body
            )
        except ValueError:  # a target that is no address
            return []
        names = {exchange.name for exchange in exchanges}
        fitting = [place for place in self.places if place.exchange.name in names]
        return [place for place in fitting if permitted(place.exchange, asked.headers)] or fitting


def in_turn(places: Sequence[Place]) -> Place:
    """Return the first place that was not served yet, else the last."""
    return next((place for place in places if not place.served), places[-1])
