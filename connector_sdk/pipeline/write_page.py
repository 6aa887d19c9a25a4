"""Move one page: batch after batch through T1, the write, and T2."""

from collections.abc import Sequence

from connector_sdk.connector import Batch, Disposition, Outcome
from connector_sdk.errors import OutcomeUnknownError
from connector_sdk.ledger import batches
from connector_sdk.ledger.batches import Commit, Intent
from connector_sdk.ledger.dead_letters import SetAside
from connector_sdk.ledger.partitions import Standing
from connector_sdk.ledger.spool import Fault
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
    intent = _intent(flow, progress, decoded, done, end)
    if opened is None:
        batches.intend(flow.lease, flow.run_id, intent, flow.bundle)
    else:
        batches.resume(flow.lease, flow.run_id, intent)
    _write(flow, progress, decoded, intent)
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
        page=page if start == 0 else None,
        redrive=page.redrive,
    )


def _write(flow: Flow, progress: Progress, decoded: Decoded, intent: Intent) -> None:
    page, start = decoded.page, intent.done - len(intent.texts)
    faults = {
        index: decoded.faults[start + index]
        for index in range(len(intent.texts))
        if start + index in decoded.faults
    }
    sound = [index for index in range(len(intent.texts)) if index not in faults]
    arrivals = page.arrivals(intent.arrival - start)[start : start + len(intent.texts)]
    batch = Batch(
        pipeline=flow.pipeline,
        partition=str(flow.lease.key),
        epoch=flow.lease.epoch,
        seq=intent.seq,
        schema=page.schema,
        payloads=[intent.texts[index] for index in sound],
        records=[decoded.records[start + index] for index in sound],
        versions=[arrivals[index] for index in sound],
        cursor=page.cursor,
        ledger=flow.lease.store.ledger_id,
    )
    dispositions = [Disposition.DEAD_LETTERED] * len(intent.texts)
    for index, outcome in zip(sound, _outcomes(flow, batch), strict=True):
        dispositions[index] = outcome.disposition
        if outcome.disposition is Disposition.DEAD_LETTERED:
            faults[index] = Fault("write", outcome.code, outcome.message)
    origins, attempts = page.origins(), page.attempts()
    aside = [
        SetAside(
            index,
            intent.texts[index],
            arrivals[index],
            origins[start + index],
            attempts[start + index],
            faults[index],
        )
        for index in sorted(faults)
    ]
    commit = Commit(dispositions, aside, sealed(flow.place, flow.target_call.checkpoint))
    committed = batches.commit(flow.lease, flow.run_id, intent, commit, progress.standing)
    _count(progress, dispositions, committed)


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
