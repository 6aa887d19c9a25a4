"""Move one page: batch after batch through T1, the write, and T2."""

from collections import Counter
from collections.abc import Sequence

from connector_sdk import telemetry
from connector_sdk.connector import Disposition
from connector_sdk.ledger import batches
from connector_sdk.ledger.batches import Commit, Intent
from connector_sdk.ledger.partitions import Standing
from connector_sdk.pipeline.destination import sealed
from connector_sdk.pipeline.flow import Flow, Progress
from connector_sdk.pipeline.hand_over import hand_over
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
    dispositions, aside = hand_over(flow, decoded, intent)
    target = flow.observation.destination
    checkpoint = sealed(flow.read_from, flow.place, flow.target_call.checkpoint)
    result = Commit(dispositions, aside, checkpoint, target.due())
    committed = batches.commit(flow.lease, flow.run_id, intent, result, progress.standing)
    target.recorded(result.calls)
    _count(progress, dispositions, committed)
    return result


def _count(progress: Progress, dispositions: Sequence[Disposition], standing: Standing) -> None:
    progress.standing = standing
    progress.read += len(dispositions)
    progress.batches += 1
    progress.counts.update(dispositions)
    dead = Disposition.DEAD_LETTERED
    trailing = next((i for i, each in enumerate(reversed(dispositions)) if each is not dead), None)
    progress.consecutive = progress.consecutive + len(dispositions) if trailing is None else trailing
