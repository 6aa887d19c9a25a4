"""From a stream's page to texts, and to records as they are written: one bad record is one fault."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from connector_sdk.connector import Deleted, Page, Unreadable
from connector_sdk.contracts import Contract
from connector_sdk.decode import encode_record, encoder, key_of, parse_text
from connector_sdk.errors import RecordError
from connector_sdk.ledger.spool import Fault, SpooledPage
from connector_sdk.mapping import Mapping
from connector_sdk.pipeline.translation import Translation
from connector_sdk.schema import Record, Schema


@dataclass(frozen=True, slots=True)
class Decoded:
    """A spooled page with what its records become.

    By index in the page: `payloads` and `records` as they are written, both of `schema` (a record is None
    where a fault is), the source's `keys`, and all `faults`.
    """

    page: SpooledPage
    schema: Schema
    payloads: Sequence[bytes]
    records: Sequence[Any]
    keys: Sequence[bytes]
    faults: dict[int, Fault]


def spooled(page: Page, contract: Contract, target: str, *, textual: bool) -> SpooledPage:
    """Turn each record of the page into the one text that is hashed, spooled and written."""
    schema = contract.schema
    texts: list[bytes] = []
    faults: dict[int, Fault] = {}
    deleted: set[int] = set()
    parse = parse_text(schema) if textual else None
    for index, given in enumerate(page.records):
        record = given
        if isinstance(given, Deleted):
            deleted.add(index)
            record = given.record
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
        deleted=frozenset(deleted),
    )


def decoded(page: SpooledPage, translation: Translation) -> Decoded:
    """Decode the texts of a page and map the records; deterministic, so that recovery repeats it exactly."""
    faults = dict(page.faults)
    sound = [index for index in range(len(page.texts)) if index not in faults]
    records: list[Any] = [None] * len(page.texts)
    texts = [page.texts[index] for index in sound]
    for index, record in zip(sound, translation.decoder.decode_page(texts), strict=True):
        if isinstance(record, RecordError):
            faults[index] = Fault("decode", record.code, str(record))
        else:
            records[index] = record
    keys = _keys(page, records)
    payloads: Sequence[bytes] = page.texts
    if translation.mapping is not None:
        payloads = _mapped(translation.mapping, records, faults)
    return Decoded(page, translation.schema, payloads, records, keys, faults)


def _mapped(mapping: Mapping, records: list[Any], faults: dict[int, Fault]) -> list[bytes]:
    """Put the mapped record in the place of each, None where it has a fault; returns their texts."""
    payloads = [b""] * len(records)
    sound = [index for index, record in enumerate(records) if record is not None]
    encode = encoder(mapping.schema)
    for index, output in zip(sound, mapping.apply([records[index] for index in sound]), strict=True):
        records[index] = None
        try:
            if isinstance(output, RecordError):
                raise output
            payloads[index] = encode(output)
        except RecordError as error:
            faults[index] = Fault("map", error.code, str(error))
        else:
            records[index] = output
    return payloads


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
