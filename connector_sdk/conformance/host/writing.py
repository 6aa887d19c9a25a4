"""Write a batch as a run does: checked, prepared, keyed, handed over, finished."""

from collections.abc import Sequence
from typing import Any, Final

from connector_sdk.conformance.commands import Write
from connector_sdk.conformance.host.opening import PARTITION, Opened
from connector_sdk.conformance.protocol import OutcomeSeen
from connector_sdk.connector import Batch, Mode, Sink, WritePolicy
from connector_sdk.decode import Decoder, infer_schema
from connector_sdk.errors import RecordError
from connector_sdk.ids import idempotency_key
from connector_sdk.pipeline.hand_over import outcomes_of
from connector_sdk.schema import Record, Schema, schema_of

_SECRET: Final = b"conformance"
"""The same in each process, as a ledger's is in each run: the same batch has the same keys again."""
_LEDGER: Final = "00000000-0000-7000-8000-000000000000"
_APART: Final = 1_000_000
"""Between the numbers of arrival of two batches: more than any of them has records."""


def written(opened: Opened, order: Write) -> list[OutcomeSeen]:
    """Return the outcome of each record; raises what the sink raises."""
    sink = opened.connector.sink(order.sink)
    try:
        outcomes = _written(opened, order, sink)
    finally:
        sink.close()
    return outcomes


def _written(opened: Opened, order: Write, sink: Sink) -> list[OutcomeSeen]:
    schema = _schema(sink, order)
    records = _decoded(schema, order.records)
    policy, call = WritePolicy(mode=_mode(sink, order.mode)), opened.call()
    sink.check(call, schema, policy)
    sink.prepare(call, schema, policy)
    found = outcomes_of(sink, call, _batch(sink, order, schema, records))
    sink.finish(call)
    return [OutcomeSeen(str(each.disposition), each.code, each.message) for each in found]


def _schema(sink: Sink, order: Write) -> Schema:
    """Return the schema that the sink declares, else that of the records."""
    record = getattr(sink, "record", None)
    if isinstance(record, type) and issubclass(record, Record):
        return schema_of(record)
    return infer_schema([order.records], tuple(order.key))


def _decoded(schema: Schema, texts: Sequence[bytes]) -> list[Any]:
    records = Decoder(schema, "report").decode_page(texts)
    for each in records:
        if isinstance(each, RecordError):
            raise each
    return list(records)


def _mode(sink: Sink, name: str) -> Mode:
    modes: Sequence[Mode] = getattr(sink, "modes", (Mode.UPSERT,))
    return Mode(name) if name else modes[0]


def _batch(sink: Sink, order: Write, schema: Schema, records: Sequence[Any]) -> Batch:
    keys: Sequence[str] = ()
    if sink.sends_keys:
        keys = [
            idempotency_key(_SECRET, PARTITION, order.seq, at, text) for at, text in enumerate(order.records)
        ]
    first = order.seq * _APART
    return Batch(
        pipeline=PARTITION,
        partition=PARTITION,
        epoch=1,
        seq=order.seq,
        schema=schema,
        payloads=order.records,
        records=records,
        versions=range(first, first + len(records)),
        ledger=_LEDGER,
        idempotency_keys=keys,
    )
