"""What a run tells: events to the hooks, figures to the metrics, calls and refusals to the ledger."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy.engine import Connection

from connector_sdk import telemetry
from connector_sdk.compliance import Refusal
from connector_sdk.connector import Connector
from connector_sdk.errors import ComplianceError
from connector_sdk.events import (
    AttemptFailed,
    BatchCommitted,
    BreakerChanged,
    CallFinished,
    ComplianceRefused,
    DeadLettersOpened,
    Happening,
    QuotaObserved,
    RunFinished,
    RunStarted,
    happened,
)
from connector_sdk.http.exchange import Exchange
from connector_sdk.ledger.calls import CallMade, append_calls
from connector_sdk.ledger.dead_letters import SetAside
from connector_sdk.ledger.partitions import PartitionKey
from connector_sdk.ledger.store import Store
from connector_sdk.pipeline.failure import error_document
from connector_sdk.pipeline.outcome import CallFigures, RunReport
from connector_sdk.pipeline.refusals import record_refusal, refusal_of
from connector_sdk.plugins.hooks import Hooks


@dataclass(slots=True)
class RunObserver:
    """Listens to one run and to both its connections."""

    hooks: Hooks
    store: Store
    key: PartitionKey
    run: str
    refused: set[str] = field(default_factory=set)
    """Codes of the refusals told so far."""

    def started(self, bundle: str, environment_digest: str, retries: str | None) -> None:
        """Learn that the run holds its partition."""
        self.emit(RunStarted(bundle=bundle, environment_digest=environment_digest, retries=retries))

    def finished(self, report: RunReport) -> None:
        """Learn that the run has ended, and is recorded."""
        self.emit(
            RunFinished(
                status=report.status,
                code=error_document(report.error)["code"] if report.error is not None else None,
                **{name: getattr(report, name) for name in ("read", *_DISPOSITIONS, "batches")},
                calls=report.calls.source + report.calls.destination,
                duration=report.duration_s,
            )
        )

    def emit(self, happening: Happening) -> None:
        """Tell the hooks; never raises."""
        self.hooks.emit(happened(happening, self.store.clock, **self._where()))

    def refuse(self, refusal: Refusal, side: str = "") -> None:
        """Record a refusal, then tell it; raises AuditUnavailableError where it cannot be recorded."""
        self.refused.add(refusal.code)
        record_refusal(self.store, self.run, refusal, side)
        self.emit(
            ComplianceRefused(
                connector=refusal.connector,
                side=side,
                code=refusal.code,
                method=refusal.method,
                host=refusal.host,
                path=refusal.path,
            )
        )

    def ended_by(self, error: Exception | None) -> None:
        """Record the refusal that ended the run, if one did and no connection has told it already."""
        if isinstance(error, ComplianceError) and error.code not in self.refused:
            self.refuse(refusal_of(error))

    def committed(self, seq: int, counts: Mapping[str, int], aside: Sequence[SetAside], took: float) -> None:
        """Learn that a batch is committed; `took` is in seconds."""
        counted = {name: counts[name] for name in _DISPOSITIONS}
        telemetry.batch_committed(self.key.pipeline, self.key.environment, counted, took)
        partition, records = str(self.key), sum(counted.values())
        self.emit(BatchCommitted(partition=partition, batch=seq, records=records, duration=took, **counted))
        if aside:
            codes = Counter(record.fault.code for record in aside)
            opened = DeadLettersOpened(partition=partition, batch=seq, count=len(aside), codes=dict(codes))
            self.emit(opened)

    def record(self, call: CallFinished) -> None:
        """Have the hooks keep the record of a call, then tell it; raises AuditUnavailableError."""
        event = happened(call, self.store.clock, **self._where())
        self.hooks.record(event)
        self.hooks.emit(event)

    def _where(self) -> dict[str, str]:
        key = self.key
        return {
            "source": f"{key.environment}/{key.pipeline}/{key.flow}",
            "run": self.run,
            "trace": telemetry.traceparent(),
        }


_DISPOSITIONS = ("applied", "superseded", "filtered", "dead_lettered", "in_doubt")


@dataclass(slots=True)
class Side:
    """Listens to one connection, and keeps its calls until the ledger holds them."""

    name: str
    connector: Connector[Any]
    observer: RunObserver
    attempts: int = 0
    """Requests sent, as far as they are recorded."""
    _due: list[CallMade] = field(default_factory=list)

    def emit(self, happening: Happening) -> None:
        """Tell what happened on this connection; never raises."""
        if isinstance(happening, AttemptFailed) and happening.wait is not None:
            telemetry.attempt_repeated(self.connector.name, happening.host, happening.code)
        if isinstance(happening, AttemptFailed | BreakerChanged | CallFinished | QuotaObserved):
            happening = replace(happening, connector=self.connector.name, side=self.name)
        self.observer.emit(happening)

    def record(self, exchange: Exchange) -> None:
        """Tell a call that ended; raises AuditUnavailableError where a hook cannot keep its record."""
        self.observer.record(
            CallFinished(
                connector=self.connector.name,
                side=self.name,
                method=exchange.method,
                host=exchange.host,
                path=exchange.path,
                status=exchange.status,
                attempts=exchange.attempts,
                duration=exchange.duration,
                code=exchange.code,
            )
        )

    def refuse(self, refusal: Refusal) -> None:
        """Record a refusal at once; raises AuditUnavailableError where that cannot be."""
        self.observer.refuse(refusal, self.name)

    def due(self) -> tuple[CallMade, ...]:
        """Return the calls that the ledger does not hold yet."""
        self._due += [
            CallMade(call.method, call.host, call.path, call.status, call.attempts, call.code)
            for call in self.connector.exchanges()
        ]
        return tuple(self._due)

    def recorded(self, calls: Sequence[CallMade]) -> None:
        """Learn that the ledger holds these, the first of those due."""
        del self._due[: len(calls)]
        self.attempts += sum(call.attempts for call in calls)


@dataclass(frozen=True, slots=True)
class Observation:
    """All that listens to a run: the run's own observer, and one for each side."""

    run: RunObserver
    source: Side
    destination: Side

    @property
    def sides(self) -> tuple[Side, Side]:
        """Both sides."""
        return (self.source, self.destination)

    def figures(self, read: int) -> CallFigures:
        """Return what the recorded calls came to, for a run that read so many records."""
        attempts = sum(side.attempts for side in self.sides)
        quotas = [(side.connector.name, side.connector.figures.quota) for side in self.sides]
        return CallFigures(
            source=self.source.attempts,
            destination=self.destination.attempts,
            per_1000_records=round(attempts * 1000 / read, 3) if read else None,
            quota={name: quota for name, quota in quotas if quota is not None},
        )


def observe(
    hooks: Hooks,
    store: Store,
    key: PartitionKey,
    run: str,
    source: Connector[Any],
    destination: Connector[Any],
) -> Observation:
    """Listen to a run from now on."""
    observer = RunObserver(hooks, store, key, run)
    made = Observation(observer, Side("source", source, observer), Side("destination", destination, observer))
    for side in made.sides:
        side.connector.observe(side)
    return made


def record_calls(connection: Connection, observation: Observation, run: str, partition: str) -> None:
    """Record, in the transaction that ends the run, the calls that no batch has recorded."""
    for side in observation.sides:
        calls = side.due()
        append_calls(
            connection, observation.run.store.clock, run=run, side=side.name, calls=calls, partition=partition
        )
        side.recorded(calls)
