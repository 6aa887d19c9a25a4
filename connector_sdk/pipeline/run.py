"""Move all that the source has beyond the cursor."""

import logging
import shlex
from collections.abc import Generator, Iterator
from contextlib import contextmanager

from connector_sdk.connector import Json, Mode, Page
from connector_sdk.errors import DataStopError, RetryableError
from connector_sdk.ledger import audit_log
from connector_sdk.ledger.partitions import Standing
from connector_sdk.ledger.store import Store
from connector_sdk.pipeline.assembly import Assembly
from connector_sdk.pipeline.contract_check import Agreed, agree
from connector_sdk.pipeline.deletions import require_deletes
from connector_sdk.pipeline.destination import require_same, require_same_source
from connector_sdk.pipeline.execution import Options, execute
from connector_sdk.pipeline.flow import Flow, Progress
from connector_sdk.pipeline.outcome import RunReport
from connector_sdk.pipeline.page_records import decoded, spooled
from connector_sdk.pipeline.recover import recover
from connector_sdk.pipeline.tolerance import require_none_open, require_tolerable
from connector_sdk.pipeline.translation import Translation
from connector_sdk.pipeline.write_page import write_page

LOG = logging.getLogger("connector_sdk.run")


def run(assembly: Assembly, store: Store, options: Options) -> RunReport:
    """Run the pipeline once; see `execution.execute` for how it ends."""

    def work(flow: Flow, progress: Progress) -> None:
        if flow.stream.reports_deletes:
            require_deletes(flow.sink, flow.write)
        recover(flow, progress)
        if not options.full_refresh:
            require_same_source(
                progress.standing.checkpoint, flow.read_from, flow.document, flow.lease.key.environment
            )
            require_same(progress.standing.checkpoint, flow.place, flow.document, flow.lease.key.environment)
        if progress.standing.cursor is not None:
            flow.stream.acknowledge(progress.standing.cursor)
        require_none_open(flow)
        agreed = agree(
            assembly.contract_path, assembly.stream_name, flow.stream, flow.source_call, flow.mapping
        )
        record_contract(flow, agreed)
        made = agreed.translation(flow.mapping)
        flow.sink.prepare(flow.target_call, made.schema, flow.write)
        _read(flow, progress, agreed, made, options)
        require_tolerable(flow, progress, ended=True)
        flow.sink.finish(flow.target_call)

    return execute(assembly, store, options, work)


def record_contract(flow: Flow, agreed: Agreed) -> None:
    """Put into the audit log which contract this run works with, and tell what differs."""
    for difference in agreed.reported:
        LOG.warning("contract: %s", difference.message, extra={"run": flow.run_id})
    if not agreed.pinned:
        LOG.warning(
            "no contract is pinned for stream %s; `connector-sdk contract pin %s` fixes what may arrive",
            agreed.contract.stream,
            shlex.quote(str(flow.document)),
            extra={"run": flow.run_id},
        )
    with flow.lease.store.transaction() as connection:
        flow.lease.require(connection)
        audit_log.append(
            connection,
            clock=flow.lease.store.clock,
            type="contract.checked",
            run=flow.run_id,
            partition=str(flow.lease.key),
            stream=agreed.contract.stream,
            digest=agreed.contract.digest,
            pinned=agreed.pinned,
        )


def _read(flow: Flow, progress: Progress, agreed: Agreed, made: Translation, options: Options) -> None:
    position = None if options.full_refresh else progress.standing.cursor
    with _pages(flow, position) as pages:
        for page in pages:
            _require_repeatable(flow, page, progress.standing, full_refresh=options.full_refresh)
            if page.records or page.cursor != progress.standing.cursor:
                kept = spooled(page, agreed.contract, flow.target, textual=flow.stream.textual)
                if kept.deleted:
                    require_deletes(flow.sink, flow.write)
                write_page(flow, progress, decoded(kept, made))
                flow.stream.acknowledge(page.cursor)
            if options.stopping():
                raise RetryableError(
                    "stopped as asked, after a committed batch",
                    code="stopped",
                    hint="run again to go on from there",
                )
    if made.decoder.new_fields:
        names = ", ".join(sorted(made.decoder.new_fields))
        LOG.warning("fields not in the contract were left out: %s", names, extra={"run": flow.run_id})


@contextmanager
def _pages(flow: Flow, position: Json) -> Iterator[Iterator[Page]]:
    """Let the stream go of its files and connections at once, also when its pages are not read to the end."""
    pages = flow.stream.read(flow.source_call, position)
    try:
        yield pages
    finally:
        if isinstance(pages, Generator):
            pages.close()


def _require_repeatable(flow: Flow, page: Page, position: Standing, *, full_refresh: bool) -> None:
    """Refuse to append a second time what a replaced source serves again from its beginning."""
    if not page.restarted or position.cursor is None or full_refresh:
        return
    if flow.sink.keyed and flow.write.mode is Mode.UPSERT:
        LOG.warning("the source begins anew; all of it is read", extra={"run": flow.run_id})
        return
    raise DataStopError(
        "the source is no longer the one read before, and this target would get its records twice",
        code="source-replaced",
        hint="use `run --full-refresh` to read all of it again on purpose, or restore the source",
    )
