"""The raw contract of streams and sinks as an author fills it in: mypy and pyright agree on every line."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from connector_sdk import (
    APPLIED,
    UNSET,
    Batch,
    Call,
    Completeness,
    Config,
    Connector,
    Cursor,
    Delivery,
    Key,
    Maybe,
    Outcome,
    Page,
    Personal,
    Record,
    Schema,
    Secret,
    Sink,
    Stream,
    WritePolicy,
    hookimpl,
    rejected,
)
from connector_sdk.hookspecs import Register


class LabConfig(Config):
    base_url: str
    token: Secret
    page_size: int = 100


class Sample(Record):
    id: Annotated[str, Key]
    updated_at: Annotated[datetime, Cursor]
    initials: Annotated[Maybe[str], Personal] = UNSET
    volume_ml: Decimal | None


class Samples(Stream):
    record = Sample
    completeness = Completeness.TERMINATED

    def read(self, call: Call, position: Any) -> Iterator[Page]:
        yield Page([b'{"id": "007"}', {"id": "008", "volume_ml": Decimal("1.10")}], cursor=position)


class Results(Sink):
    delivery = Delivery.EFFECTIVELY_ONCE

    def check(self, call: Call, schema: Schema, write: WritePolicy) -> None:
        names: list[str] = [field.name for field in schema.fields]
        assert names

    def write(self, call: Call, batch: Batch) -> Iterable[Outcome]:
        for payload in batch.payloads:
            yield APPLIED if payload else rejected("empty", "there is nothing in it")


class Lab(Connector[LabConfig]):
    """A laboratory."""

    name = "lab"
    samples = Samples()
    results = Results()

    def secret(self) -> str:
        """Show that the configuration keeps its type."""
        size: int = self.config.page_size
        return f"{self.config.token.reveal()}{size}"


def initials(sample: Sample) -> str | None:
    """Show that null is not absent."""
    return None if sample.initials is UNSET else sample.initials


@hookimpl
def connector_register(register: Register) -> None:
    """Offer the connector."""
    register(Lab)
