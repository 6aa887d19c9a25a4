"""A contract and its digest."""

from functools import cached_property
from typing import Any, Literal

import msgspec

from connector_sdk.digest import digest
from connector_sdk.schema import Field, Schema

OnNewField = Literal["report", "refuse"]


class Contract(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """What is agreed about a stream's (or sink's) records.

    `on_new_field` says what a field means that the source has and the contract lacks: "report" leaves it out
    and says so, "refuse" stops.
    """

    stream: str
    schema: Schema
    on_new_field: OnNewField = "report"

    @cached_property
    def document(self) -> dict[str, Any]:
        """The contract as plain data, as its file holds it, without the digest."""
        return {
            "format": 1,
            "stream": self.stream,
            "key": list(self.schema.key),
            "cursor": self.schema.cursor,
            "subject": self.schema.subject,
            "on_new_field": self.on_new_field,
            "fields": {field.name: field_document(field) for field in self.schema.fields},
        }

    @cached_property
    def digest(self) -> str:
        """`sha256:` and 64 hexadecimal digits over the content; the fields' order counts."""
        return digest({**self.document, "fields": list(self.document["fields"].items())})


def field_document(field: Field) -> dict[str, Any]:
    """Return a field as plain data, what it is by default left out."""
    flags = {name: True for name in ("nullable", "optional", "personal") if getattr(field, name)}
    return {"type": str(field.type), **flags}
