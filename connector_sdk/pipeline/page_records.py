"""From a stream's page to texts and decoded records: one bad record is one fault, the others go on."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from connector_sdk.connector import Page, Unreadable
from connector_sdk.contracts import Contract
from connector_sdk.decode import Decoder, encode_record, key_of, parse_text
from connector_sdk.errors import RecordError
from connector_sdk.ledger.spool import Fault, SpooledPage
from connector_sdk.schema import Record, Schema


@dataclass(frozen=True, slots=True)
class Decoded:
    """A spooled page with its records (None where a fault is), their keys, and all faults by index."""

    page: SpooledPage
    records: Sequence[Any]
    keys: Sequence[bytes]
    faults: dict[int, Fault]


def spooled(page: Page, contract: Contract, target: str, *, textual: bool) -> SpooledPage:
    """Turn each record of the page into the one text that is hashed, spooled and written."""
    schema = contract.schema
    texts: list[bytes] = []
    faults: dict[int, Fault] = {}
    parse = parse_text(schema) if textual else None
    for index, record in enumerate(page.records):
        if isinstance(record, bytes):
            texts.append(record)
        elif isinstance(record, Unreadable):
            texts.append(record.raw)
            faults[index] = Fault("read", record.code, record.message)
        else:
            try:
                texts.append(_encoded(record, schema, parse))
            except RecordError as error:
                texts.append(_kept(record))
                faults[index] = Fault("read", error.code, str(error))
    return SpooledPage(
        texts=texts,
        faults=faults,
        schema=schema,
        new_fields=contract.on_new_field,
        target=target,
        origin=page.first,
        cursor=page.cursor,
    )


def decoded(page: SpooledPage, decoder: Decoder) -> Decoded:
    """Decode the texts of a page; deterministic, so that recovery repeats it exactly."""
    faults = dict(page.faults)
    sound = [index for index in range(len(page.texts)) if index not in faults]
    records: list[Any] = [None] * len(page.texts)
    for index, record in zip(sound, decoder.decode_page([page.texts[i] for i in sound]), strict=True):
        if isinstance(record, RecordError):
            faults[index] = Fault("decode", record.code, str(record))
        else:
            records[index] = record
    return Decoded(page, records, _keys(page, records), faults)


def _keys(page: SpooledPage, records: Sequence[Any]) -> list[bytes]:
    """Key each record; one without a readable key is known by its number in the source."""
    numbered = zip(page.origins(), records, strict=True)
    if not page.schema.key:
        return [b"[%d]" % origin for origin, _ in numbered]
    key = key_of(page.schema)
    return [b'[{"record":%d}]' % origin if record is None else key(record) for origin, record in numbered]


def _encoded(record: Any, schema: Schema, parse: Callable[[Any], Any] | None) -> bytes:
    return encode_record(parse(record) if parse else record, schema)


def _kept(record: Any) -> bytes:
    """Keep for inspection, as well as JSON can say it, what cannot be kept exactly."""
    plain = msgspec.structs.asdict(record) if isinstance(record, Record) else record
    try:
        return msgspec.json.encode(plain, enc_hook=str)
    except (ValueError, TypeError, RecursionError):
        return ", ".join(f"{_shown(name)}: {_shown(value)}" for name, value in plain.items()).encode()


def _shown(value: Any) -> str:
    """Write a value that JSON cannot hold, such as half of a surrogate pair, in printable ASCII."""
    try:
        return ascii(value)
    except (ValueError, RecursionError):
        return f"<{type(value).__name__} of no finite text>"
