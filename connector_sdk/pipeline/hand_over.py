"""Hand the records of an intended batch to the sink, and tell what became of each."""

from collections.abc import Mapping, Sequence

from connector_sdk.connector import Batch, Call, Disposition, Outcome, Sink
from connector_sdk.errors import OutcomeUnknownError
from connector_sdk.ids import idempotency_key
from connector_sdk.ledger.batches import Intent
from connector_sdk.ledger.dead_letters import SetAside
from connector_sdk.ledger.spool import Fault, SpooledPage
from connector_sdk.pipeline.deletions import REFUSED, decided
from connector_sdk.pipeline.flow import Flow
from connector_sdk.pipeline.overtaken import overtaken
from connector_sdk.pipeline.page_records import Decoded


def hand_over(flow: Flow, decoded: Decoded, intent: Intent) -> tuple[list[Disposition], list[SetAside]]:
    """Return the disposition of each record of the batch, and the records to be set aside.

    The sink is not asked where none is left for it. What it raises leaves the batch open, to be repeated; so
    does an answer that is not one for each record: OutcomeUnknownError.
    """
    page, start = decoded.page, intent.done - len(intent.texts)
    arrivals = page.arrivals(intent.arrival - start)[start : intent.done]
    indexes = range(len(intent.texts))
    faults = {index: decoded.faults[start + index] for index in indexes if start + index in decoded.faults}
    dispositions = [Disposition.DEAD_LETTERED] * len(intent.texts)
    settled = _settled(flow, page, intent, start, arrivals)
    for index, disposition in settled.items():
        if index not in faults:
            dispositions[index] = disposition
            if disposition is Disposition.DEAD_LETTERED:
                faults[index] = REFUSED
    handed = [index for index in indexes if index not in faults and index not in settled]
    batch = _batch(flow, decoded, intent, start, handed, arrivals)
    for index, outcome in zip(handed, outcomes_of(flow.sink, flow.target_call, batch), strict=True):
        dispositions[index] = outcome.disposition
        if outcome.disposition is Disposition.DEAD_LETTERED:
            faults[index] = Fault("write", outcome.code, outcome.message)
    return dispositions, _aside(page, intent, start, arrivals, faults)


def _batch(
    flow: Flow, decoded: Decoded, intent: Intent, start: int, handed: Sequence[int], arrivals: Sequence[int]
) -> Batch:
    store, partition = flow.lease.store, str(flow.lease.key)
    payloads = [decoded.payloads[start + index] for index in handed]
    keys: Sequence[str] = ()
    if flow.sink.sends_keys:
        secret, numbered = store.idempotency_secret, zip(handed, payloads, strict=True)
        keys = [idempotency_key(secret, partition, intent.seq, index, text) for index, text in numbered]
    return Batch(
        pipeline=flow.pipeline,
        partition=partition,
        epoch=flow.lease.epoch,
        seq=intent.seq,
        schema=decoded.schema,
        payloads=payloads,
        records=[decoded.records[start + index] for index in handed],
        versions=[arrivals[index] for index in handed],
        cursor=decoded.page.cursor,
        ledger=store.ledger_id,
        deleted=[index in intent.deleted for index in handed],
        idempotency_keys=keys,
    )


def _settled(
    flow: Flow, page: SpooledPage, intent: Intent, start: int, arrivals: Sequence[int]
) -> dict[int, Disposition]:
    """Return the dispositions that are known without the sink, unless the record has a fault."""
    settled = dict.fromkeys(overtaken(flow, page, intent.keys, start, arrivals), Disposition.SUPERSEDED)
    disposition = decided(flow.write)
    if disposition is not None:
        settled |= dict.fromkeys(intent.deleted, disposition)
    return settled


def _aside(
    page: SpooledPage, intent: Intent, start: int, arrivals: Sequence[int], faults: Mapping[int, Fault]
) -> list[SetAside]:
    origins, attempts = page.origins(), page.attempts()
    return [
        SetAside(
            index=index,
            text=intent.texts[index],
            arrival=arrivals[index],
            origin=origins[start + index],
            attempts=attempts[start + index],
            fault=faults[index],
            deleted=index in intent.deleted,
        )
        for index in sorted(faults)
    ]


def outcomes_of(sink: Sink, call: Call, batch: Batch) -> Sequence[Outcome]:
    """Return the sink's answer for each record; it is not asked where there is none.

    Raises OutcomeUnknownError (outcome-missing) where the answers are not one for each, and what it raises.
    """
    if not len(batch):
        return []
    outcomes = list(sink.write(call, batch))
    if len(outcomes) != len(batch):
        raise OutcomeUnknownError(
            f"batch {batch.seq}: the sink answered for {len(outcomes)} of {len(batch)} records",
            code="outcome-missing",
            hint="a fault of the connector; the batch stays open and the next run writes it again",
        )
    return outcomes
