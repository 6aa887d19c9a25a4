"""Move one page: batch after batch through T1, the write, and T2."""

from collections import Counter
from collections.abc import Mapping, Sequence

from connector_sdk import telemetry
from connector_sdk.connector import Batch, Disposition, Outcome
from connector_sdk.errors import OutcomeUnknownError
from connector_sdk.ids import idempotency_key
from connector_sdk.ledger import batches
from connector_sdk.ledger.batches import Commit, Intent
from connector_sdk.ledger.dead_letters import SetAside
from connector_sdk.ledger.partitions import Standing
from connector_sdk.ledger.spool import Fault, SpooledPage
from connector_sdk.pipeline.deletions import REFUSED, decided, overtaken
from connector_sdk.pipeline.destination import sealed
from connector_sdk.pipeline.flow import Flow, Progress
from connector_sdk.pipeline.page_records import Decoded
from connector_sdk.pipeline.tolerance import require_tolerable


def write_page(flow: Flow, progress: Progress, decoded: Decoded, *, done: int = 0) -> None:
    """Write the page's records from `done` on; a page without records still moves the cursor.

    Raises DataStopError, after the batch concerned is committed, when too many records are set aside.
    """
    while True:
        done = write_batch(flow, progress, decoded, done=done)
        if done == len(decoded.page.texts):
            break


def write_batch(
    flow: Flow,
    progress: Progress,
    decoded: Decoded,
    *,
    done: int,
    opened: int | None = None,
) -> int:
    """Write the page's next batch and return how many of its records are committed then.

    `opened` is the size of a batch that is already intended: it is resumed and not intended again.
    """
    size = flow.batch_size if opened is None else opened
    end = min(done + size, len(decoded.page.texts))
    seq = progress.standing.seq + 1
    with telemetry.span("batch", batch=seq, partition=str(flow.lease.key), records=end - done):
        began = flow.lease.store.clock.monotonic()
        intent = _intent(flow, progress, decoded, done, end)
        if opened is None:
            batches.intend(flow.lease, flow.run_id, intent, flow.bundle)
            flow.observation.source.recorded(intent.calls)
        else:
            batches.resume(flow.lease, flow.run_id, intent)
        result = _write(flow, progress, decoded, intent)
        took = flow.lease.store.clock.monotonic() - began
        flow.observation.run.committed(seq, Counter(result.dispositions), result.aside, took)
    flow.progress(progress)
    require_tolerable(flow, progress)
    return end


def _intent(flow: Flow, progress: Progress, decoded: Decoded, start: int, end: int) -> Intent:
    page = decoded.page
    commitments = flow.lease.store.commitments
    seq, texts = progress.standing.seq + 1, page.texts[start:end]
    return Intent(
        seq=seq,
        arrival=progress.standing.arrival + 1,
        origin=0 if page.redrive else page.origin + start,
        texts=texts,
        keys=commitments.keys(decoded.keys[start:end]),
        values=commitments.values(str(flow.lease.key), seq, texts),
        done=end,
        last=end == len(decoded.page.texts),
        cursor=page.cursor,
        deleted=frozenset(index - start for index in page.deleted if start <= index < end),
        page=page if start == 0 else None,
        redrive=page.redrive,
        calls=flow.observation.source.due(),
    )


def _write(flow: Flow, progress: Progress, decoded: Decoded, intent: Intent) -> Commit:
    page, start = decoded.page, intent.done - len(intent.texts)
    arrivals = page.arrivals(intent.arrival - start)[start : intent.done]
    faults = {
        index: decoded.faults[start + index]
        for index in range(len(intent.texts))
        if start + index in decoded.faults
    }
    dispositions = [Disposition.DEAD_LETTERED] * len(intent.texts)
    settled = _settled(flow, page, intent, start, arrivals)
    for index, disposition in settled.items():
        if index not in faults:
            dispositions[index] = disposition
            if disposition is Disposition.DEAD_LETTERED:
                faults[index] = REFUSED
    handed = [index for index in range(len(intent.texts)) if index not in faults and index not in settled]
    batch = Batch(
        pipeline=flow.pipeline,
        partition=str(flow.lease.key),
        epoch=flow.lease.epoch,
        seq=intent.seq,
        schema=decoded.schema,
        payloads=[decoded.payloads[start + index] for index in handed],
        records=[decoded.records[start + index] for index in handed],
        versions=[arrivals[index] for index in handed],
        deleted=[index in intent.deleted for index in handed],
        cursor=page.cursor,
        ledger=flow.lease.store.ledger_id,
        idempotency_keys=_idempotency_keys(flow, decoded, intent, start, handed),
    )
    for index, outcome in zip(handed, _outcomes(flow, batch), strict=True):
        dispositions[index] = outcome.disposition
        if outcome.disposition is Disposition.DEAD_LETTERED:
            faults[index] = Fault("write", outcome.code, outcome.message)
    aside = _aside(page, intent, start, arrivals, faults)
    target = flow.observation.destination
    checkpoint = sealed(flow.place, flow.target_call.checkpoint)
    result = Commit(dispositions, aside, checkpoint, target.due())
    committed = batches.commit(flow.lease, flow.run_id, intent, result, progress.standing)
    target.recorded(result.calls)
    _count(progress, dispositions, committed)
    return result


def _idempotency_keys(
    flow: Flow, decoded: Decoded, intent: Intent, start: int, handed: Sequence[int]
) -> Sequence[str]:
    if not flow.sink.sends_keys:
        return ()
    secret, partition = flow.lease.store.idempotency_secret, str(flow.lease.key)
    return [
        idempotency_key(secret, partition, intent.seq, index, decoded.payloads[start + index])
        for index in handed
    ]


def _settled(
    flow: Flow, page: SpooledPage, intent: Intent, start: int, arrivals: Sequence[int]
) -> dict[int, Disposition]:
    """Return the dispositions that are known without the sink, unless the record has a fault."""
    settled = dict.fromkeys(overtaken(flow.lease, page, intent.keys, start, arrivals), Disposition.SUPERSEDED)
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


def _outcomes(flow: Flow, batch: Batch) -> Sequence[Outcome]:
    if not len(batch):
        return []
    outcomes = list(flow.sink.write(flow.target_call, batch))
    if len(outcomes) != len(batch):
        raise OutcomeUnknownError(
            f"batch {batch.seq}: the sink answered for {len(outcomes)} of {len(batch)} records",
            code="outcome-missing",
            hint="a fault of the connector; the batch stays open and the next run writes it again",
        )
    return outcomes


def _count(progress: Progress, dispositions: Sequence[Disposition], standing: Standing) -> None:
    progress.standing = standing
    progress.read += len(dispositions)
    progress.batches += 1
    progress.counts.update(dispositions)
    dead = Disposition.DEAD_LETTERED
    trailing = next((i for i, each in enumerate(reversed(dispositions)) if each is not dead), None)
    progress.consecutive = progress.consecutive + len(dispositions) if trailing is None else trailing
