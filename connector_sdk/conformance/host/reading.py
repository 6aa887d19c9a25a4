"""Read a stream as a run does: its schema, its pages, and each record decoded."""

from collections.abc import Generator

from connector_sdk.conformance.host.opening import Opened
from connector_sdk.conformance.protocol import FieldSeen, PageSeen, RecordFault
from connector_sdk.connector import Page
from connector_sdk.contracts import Contract
from connector_sdk.ledger.partitions import from_json, to_json
from connector_sdk.pipeline.page_records import decoded, spooled
from connector_sdk.pipeline.translation import translation


def begun(opened: Opened, name: str, position: str | None) -> Generator[PageSeen, None, None]:
    """Return the pages after a position; whatever the stream raises comes with the first of them."""
    call = opened.call()
    stream = opened.connector.stream(name)
    contract = Contract(stream=name, schema=stream.schema(call))
    translate = translation(None, contract.schema, contract.on_new_field)
    pages = stream.read(call, from_json(position))
    try:
        for page in pages:
            spool = spooled(page, contract, "", textual=stream.textual)
            made = decoded(spool, translate)
            yield PageSeen(
                records=[bytes(text) for text in made.payloads],
                faults={at: RecordFault(each.code, each.message) for at, each in made.faults.items()},
                deleted=sorted(spool.deleted),
                position=_position(page),
                restarted=page.restarted,
                new_fields=sorted(translate.decoder.new_fields),
            )
    finally:
        close = getattr(pages, "close", None)
        if close is not None:
            close()


def fields_of(opened: Opened, name: str) -> list[FieldSeen]:
    """Return the fields of a stream as it offers them now."""
    schema = opened.connector.stream(name).schema(opened.call())
    return [
        FieldSeen(field.name, field.type, schema.optional(field), schema.nullable(field))
        for field in schema.fields
    ]


def _position(page: Page) -> str | None:
    return to_json(page.cursor)
