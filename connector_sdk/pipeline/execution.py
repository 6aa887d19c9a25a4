"""The frame around all work on a partition: T0, an end that is recorded whatever it is, a checkpoint."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from connector_sdk.errors import FencedError
from connector_sdk.ledger import audit_log, runs
from connector_sdk.ledger.leases import kept
from connector_sdk.ledger.partitions import find, standing
from connector_sdk.ledger.runs import Started
from connector_sdk.ledger.store import Store
from connector_sdk.pipeline.assembly import Assembly, bundle_digest
from connector_sdk.pipeline.destination import take_up
from connector_sdk.pipeline.flow import Flow, Progress
from connector_sdk.pipeline.outcome import RunReport, error_document, status_of

LOG = logging.getLogger("connector_sdk.run")


@dataclass(frozen=True, slots=True)
class Options:
    """How this execution differs from the ordinary.

    `trigger` says what started it, `full_refresh` that all is read again; `stopping` is asked between pages:
    a run told to stop parks itself, to be resumed.
    """

    trigger: dict[str, str]
    full_refresh: bool = False
    progress: Callable[[Progress], None] = lambda _: None
    stopping: Callable[[], bool] = lambda: False


def execute(
    assembly: Assembly, store: Store, options: Options, work: Callable[[Flow, Progress], None]
) -> RunReport:
    """Do `work` while holding the partition, and record how it ended.

    The report holds the error, if any, that ended it; only a ledger that cannot record, or a partition held
    by another run, raises.
    """
    began = store.clock.monotonic()
    bundle = bundle_digest(assembly)
    started = runs.start(store, assembly.key, bundle=bundle, trigger=options.trigger)
    LOG.info("run started", extra={"run": started.id})
    error: Exception | None = None
    try:
        with kept(started.lease):
            flow, progress = _prepare(assembly, store, started, options, bundle)
            work(flow, progress)
    except Exception as raised:  # noqa: BLE001 - whatever ends a run is recorded, then told
        error = raised
    except BaseException:
        started.lease.close()
        raise
    try:
        report = _finish(store, started, assembly, error, began)
    finally:
        started.lease.close()
    if error is None:
        LOG.info("run %s", report.status, extra={"run": report.run})
    else:
        told = error_document(error)
        event = f"run {report.status}: {told['message']}; {told['hint']}"
        LOG.error("%s", event, extra={"run": report.run, "code": told["code"]})
    return report


def _prepare(
    assembly: Assembly, store: Store, started: Started, options: Options, bundle: str
) -> tuple[Flow, Progress]:
    if started.killed:
        store.require_sound()
    with store.snapshot() as connection:
        row = find(connection, assembly.key)
    assert row is not None  # noqa: S101 - T0 made it
    position = standing(row)
    definition = assembly.pipeline.definition
    target_call = assembly.call(full_refresh=options.full_refresh)
    take_up(target_call, position.checkpoint, assembly.place)
    flow = Flow(
        pipeline=definition.pipeline,
        run_id=started.id,
        lease=started.lease,
        stream=assembly.stream,
        sink=assembly.sink,
        source_call=assembly.call(),
        target_call=target_call,
        write=assembly.write,
        batch_size=definition.batch_size,
        dead_letters=definition.dead_letters,
        bundle=bundle,
        place=assembly.place,
        target=assembly.target,
        document=assembly.pipeline.document.path,
        progress=options.progress,
    )
    return flow, Progress(position)


def _finish(
    store: Store, started: Started, assembly: Assembly, error: Exception | None, began: float
) -> RunReport:
    try:
        assembly.close()
    except Exception as closing_error:  # noqa: BLE001 - a connector may fail in any way, and the run still ends
        error = error or closing_error
    document = error_document(error) if error else None
    status = status_of(error)
    with store.transaction() as connection:
        row = runs.get(connection, started.id)
        if row.status == "running":  # else the run that took over has recorded how this one ended
            row = runs.finish(store, connection, started.id, status=status, error=document)
        if not isinstance(error, FencedError):
            started.lease.release(connection)
        runs.sign(store, connection)
        position = find(connection, assembly.key)
        size, root = audit_log.head(connection)
    assert position is not None  # noqa: S101 - T0 made it
    return RunReport(
        run=row.id,
        environment=row.environment,
        pipeline=row.pipeline,
        status=status,
        read=row.read,
        applied=row.applied,
        superseded=row.superseded,
        filtered=row.filtered,
        dead_lettered=row.dead_lettered,
        in_doubt=row.in_doubt,
        batches=row.batches,
        cursor=standing(position).cursor,
        duration_s=store.clock.monotonic() - began,
        audit_size=size,
        audit_root=root.hex(),
        retries=started.killed,
        error=error,
    )
