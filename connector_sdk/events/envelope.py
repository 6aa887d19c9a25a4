"""The envelope of an event: CloudEvents 1.0 (https://github.com/cloudevents/spec), JSON event format."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from importlib import resources
from typing import Any, Final

from connector_sdk.clock import Clock, timestamp
from connector_sdk.events.types import Happening
from connector_sdk.ids import uuid7

VERSION: Final = "1.0"
"""Of CloudEvents."""

SCHEMA: Final = "urn:connector-sdk:events:1"
"""`dataschema` of every event, and `$id` of the schema shipped with the package."""


@dataclass(frozen=True, slots=True)
class Event:
    """One happening, when and in which run; what `connector_event` and `connector_audit` are given.

    `run` is empty for what happens outside one. `source` is `<environment>/<pipeline>/<flow>`, or the name of
    the program's part that speaks where there is no pipeline; `trace` is the W3C `traceparent`, or empty.
    """

    id: str
    time: datetime
    source: str
    data: Happening
    run: str = ""
    trace: str = ""

    @property
    def type(self) -> str:
        """One of `TYPES`."""
        return self.data.type

    def document(self) -> dict[str, Any]:
        """Return the event as JSON holds it; it fits `schema()`. Facts that are None are left out."""
        document: dict[str, Any] = {
            "specversion": VERSION,
            "id": self.id,
            "source": self.source,
            "type": self.type,
            "time": timestamp(self.time),
            "datacontenttype": "application/json",
            "dataschema": SCHEMA,
            "data": {name: value for name, value in asdict(self.data).items() if value is not None},
        }
        if self.run:
            document["subject"] = self.run
        if self.trace:
            document["traceparent"] = self.trace
        return document


def happened(data: Happening, clock: Clock, *, source: str, run: str = "", trace: str = "") -> Event:
    """Put a happening of this moment into its envelope."""
    now = clock.now()
    return Event(str(uuid7(now)), now, source, data, run, trace)


def schema() -> Mapping[str, Any]:
    """Return the JSON Schema (draft 2020-12) that every event's document fits."""
    text = resources.files("connector_sdk.events").joinpath("events.schema.json").read_text(encoding="utf-8")
    found: Mapping[str, Any] = json.loads(text)
    return found
