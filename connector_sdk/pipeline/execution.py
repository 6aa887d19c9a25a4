"""The frame around all work on a partition: T0, an end that is recorded whatever it is, a checkpoint."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace

from connector_sdk import telemetry
from connector_sdk.errors import FencedError
from connector_sdk.ledger import audit_log, runs
from connector_sdk.ledger.leases import kept
from connector_sdk.ledger.partitions import find, standing
from connector_sdk.ledger.runs import Started
from connector_sdk.ledger.store import Store
from connector_sdk.pipeline.assembly import Assembly
from connector_sdk.pipeline.bundle import bundle_digest
from connector_sdk.pipeline.destination import take_up
from connector_sdk.pipeline.failure import error_document, status_of
from connector_sdk.pipeline.flow import Flow, Progress
from connector_sdk.pipeline.gxp import require_permitted
from connector_sdk.pipeline.identity import require_identities
from connector_sdk.pipeline.observer import Observation, observe, record_calls
from connector_sdk.pipeline.outcome import RunReport

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


@dataclass(frozen=True, slots=True)
class _Begun:
    """A run under way: what its beginning settled."""

    assembly: Assembly
    store: Store
    options: Options
    started: Started
    bundle: str
    observation: Observation
    began: float


def execute(
    assembly: Assembly, store: Store, options: Options, work: Callable[[Flow, Progress], None]
) -> RunReport:
    """Do `work` while holding the partition, and record how it ended.

    The report holds the error, if any, that ended it; only a ledger that cannot record, or a partition held
    by another run, raises.
    """
    began, key = store.clock.monotonic(), assembly.key
    bundle = bundle_digest(assembly.pipeline, assembly.stream_name)
    environment = assembly.pipeline.environment.digest
    started = runs.start(store, key, bundle=bundle, environment_digest=environment, trigger=options.trigger)
    observation = observe(assembly.hooks, store, key, started.id, assembly.source, assembly.destination)
    begun = _Begun(assembly, store, options, started, bundle, observation, began)
    with telemetry.span("run", run=started.id, pipeline=key.pipeline, environment=key.environment) as span:
        LOG.info("run started", extra={"run": started.id})
        observation.run.started(bundle, environment, started.killed)
        report = _executed(begun, work)
        span.set_attribute("connector_sdk.status", report.status)
        if report.error is not None:
            telemetry.failed(span, report.error)
        _log(report)
        observation.run.finished(report)
    return report


def _executed(begun: _Begun, work: Callable[[Flow, Progress], None]) -> RunReport:
    assembly, lease = begun.assembly, begun.started.lease
    error: Exception | None = None
    try:
        with kept(lease):
            flow, progress = _prepare(begun)
            require_permitted(assembly.pipeline, assembly.sides)
            require_identities(assembly.pipeline, assembly.sides, assembly.call())
            work(flow, progress)
    except Exception as raised:  # noqa: BLE001 - whatever ends a run is recorded, then told
        error = raised
    except BaseException:
        lease.close()
        raise
    try:
        return _finish(begun, error)
    finally:
        lease.close()


def _log(report: RunReport) -> None:
    if report.error is None:
        LOG.info("run %s", report.status, extra={"run": report.run})
    else:
        told = error_document(report.error)
        event = f"run {report.status}: {told['message']}; {told['hint']}"
        LOG.error("%s", event, extra={"run": report.run, "code": told["code"]})


def _prepare(begun: _Begun) -> tuple[Flow, Progress]:
    assembly, store, started = begun.assembly, begun.store, begun.started
    if started.killed:
        store.require_sound()
    with store.snapshot() as connection:
        row = find(connection, assembly.key)
    assert row is not None  # noqa: S101 - T0 made it
    position = standing(row)
    definition = assembly.pipeline.definition
    target_call = assembly.call(full_refresh=begun.options.full_refresh)
    take_up(target_call, position.checkpoint, assembly.place)
    flow = Flow(
        pipeline=definition.pipeline,
        run_id=started.id,
        lease=started.lease,
        stream=assembly.stream,
        sink=assembly.sink,
        source_call=replace(assembly.call(), salt=store.cursor_salt),
        target_call=target_call,
        write=assembly.write,
        batch_size=definition.batch_size,
        dead_letters=definition.dead_letters,
        bundle=begun.bundle,
        read_from=assembly.read_from,
        place=assembly.place,
        target=assembly.target,
        mapping=assembly.mapping,
        document=assembly.pipeline.document.path,
        progress=begun.options.progress,
        observation=begun.observation,
    )
    return flow, Progress(position)


def _finish(begun: _Begun, error: Exception | None) -> RunReport:
    assembly, store, started = begun.assembly, begun.store, begun.started
    try:
        assembly.close()
    except Exception as closing_error:  # noqa: BLE001 - a connector may fail in any way, and the run still ends
        error = error or closing_error
    begun.observation.run.ended_by(error)
    document = error_document(error) if error else None
    status = status_of(error)
    with store.transaction() as connection:
        record_calls(connection, begun.observation, started.id, str(assembly.key))
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
        duration_s=store.clock.monotonic() - begun.began,
        audit_size=size,
        audit_root=root.hex(),
        retries=started.killed,
        error=error,
        bundle=row.bundle,
        environment_digest=row.environment_digest,
        calls=begun.observation.figures(row.read),
    )
