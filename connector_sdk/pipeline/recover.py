"""Finish what a killed run left open, from the spooled page, before anything is read."""

import logging

from connector_sdk.errors import DataStopError
from connector_sdk.ledger import batches, spool
from connector_sdk.pipeline.flow import Flow, Progress
from connector_sdk.pipeline.page_records import decoded
from connector_sdk.pipeline.tolerance import require_none_open
from connector_sdk.pipeline.translation import translation
from connector_sdk.pipeline.write_page import write_batch, write_page

LOG = logging.getLogger("connector_sdk.run")


def recover(flow: Flow, progress: Progress, *, before_redrive: bool = False) -> None:
    """Write the rest of the spooled page, its open batch first; does nothing where no page is spooled.

    The source is not asked. Raises DataStopError when the pipeline's destination is another one by now, and
    when dead letters are open that stop the pipeline, unless they are about to be redriven.
    """
    store, partition_id = flow.lease.store, flow.lease.partition_id
    with store.snapshot() as connection:
        left = spool.load(store, connection, partition_id)
        seq = batches.open_seq(connection, partition_id)
        opened = batches.open_size(connection, partition_id, seq) if seq is not None else None
    if left is None:
        return
    page, done = left
    if page.target != flow.target:
        raise DataStopError(
            "a batch is open that was meant for another destination, or mapped or written in another way, "
            "than the pipeline says now",
            code="open-batch-elsewhere",
            hint="put `destination`, `write` and the mapping back as they were, run once, then change them",
        )
    LOG.warning(
        "finishing the page a killed run left open: %d of %d records to go",
        len(page.texts) - done,
        len(page.texts),
        extra={"run": flow.run_id, "batch": seq},
    )
    made = translation(flow.mapping, page.schema, page.new_fields)
    flow.sink.prepare(flow.target_call, made.schema, flow.write)
    again = decoded(page, made)
    if opened is not None:
        done = write_batch(flow, progress, again, done=done, opened=opened)
    if done < len(page.texts):
        if not before_redrive:
            require_none_open(flow)
        write_page(flow, progress, again, done=done)
