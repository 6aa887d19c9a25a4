"""What a run tells to hooks, spans, metrics and the ledger; and that none of it is a value."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from connector_sdk.compliance import Refusal
from connector_sdk.config import Config
from connector_sdk.connector import Connector
from connector_sdk.errors import ComplianceError, UnavailableError
from connector_sdk.events import AttemptFailed, BreakerChanged, Event, QuotaObserved, schema
from connector_sdk.http.exchange import Exchange, Figures, Quota
from connector_sdk.http.observer import SILENT
from connector_sdk.ledger.calls_made import CallsMade, calls_of, refusals_of
from connector_sdk.ledger.store import Store, open_store
from connector_sdk.ledger.tables import audit_event
from connector_sdk.ledger.verify import verify
from connector_sdk.pipeline.execution import Options
from connector_sdk.pipeline.outcome import RunReport
from connector_sdk.pipeline.run import run
from connector_sdk.plugins.hooks import Hooks
from connector_sdk.telemetry.spans import ATTRIBUTES
from tests.json_schema import problems
from tests.pipeline.fakes import ListStream, TableSink, assembly, record
from tests.telemetry_memory import Memory, memory

__all__ = ["memory"]

CANARY = "Zyxw-4711-canary"
PAGES = [[record(page * 3 + i) for i in range(3)] for page in range(2)]
OPTIONS = Options(trigger={"kind": "test"})


class Caller(Connector[Config]):
    """A connector whose calls a test makes; what it observes goes through as the HTTP stack would send it."""

    name = "caller"

    def __init__(self) -> None:
        super().__init__(Config())
        self.observe(SILENT)
        self.waiting: list[Exchange] = []
        self.allowance: Quota | None = None

    def call(self, path: str = "/items/{id}", *, attempts: int = 1, code: str | None = None) -> None:
        exchange = Exchange("GET", "https", "crm.example", 443, path, repeatable=True)
        exchange.attempts, exchange.code = attempts, code
        exchange.status = None if code else 200
        self.waiting.append(exchange)
        self._observer.record(exchange)

    def tell(self, happening: Any) -> None:
        self._observer.emit(happening)

    def refuse(self, refusal: Refusal) -> None:
        self._observer.refuse(refusal)

    def exchanges(self) -> list[Exchange]:
        calls, self.waiting = self.waiting, []
        return calls

    @property
    def figures(self) -> Figures:
        return Figures(0, self.allowance)


class Listening(Hooks):
    """Hooks that keep what they hear."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[Event] = []
        self.records: list[Event] = []

    def emit(self, event: Event) -> None:
        self.heard.append(event)

    def record(self, record: Event) -> None:
        self.records.append(record)

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [event.document()["data"] for event in self.heard if event.type == kind]


@dataclass
class Bench:
    """A pipeline of fakes with connectors that call."""

    folder: Path
    store: Store
    stream: ListStream
    sink: TableSink
    source: Caller
    destination: Caller
    hooks: Listening

    def go(self, options: str = "batch_size: 2\n") -> RunReport:
        made = assembly(self.folder, self.stream, self.sink, options)
        made = replace(made, source=self.source, destination=self.destination, hooks=self.hooks)
        return run(made, self.store, OPTIONS)

    def verified(self) -> bool:
        with self.store.snapshot() as connection:
            return verify(connection, verifiers=[self.store.keys.signing.verifier]).verdict == "ok"


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with closing(open_store(tmp_path / ".connector-sdk" / "ledger.db", create=True)) as store:
        yield Bench(tmp_path, store, ListStream(PAGES), TableSink(), Caller(), Caller(), Listening())


def reading(bench: Bench, act: Callable[[], None]) -> None:
    """Do something whenever the source serves a page."""
    pages = bench.stream.read

    def read(*arguments: Any) -> Iterator[Any]:
        for page in pages(*arguments):
            act()
            yield page

    bench.stream.read = read  # type: ignore[method-assign]  # a test's own stream


def test_a_run_tells_its_events_in_order(bench: Bench, memory: Memory) -> None:
    report = bench.go()
    kinds = [event.type for event in bench.hooks.heard]
    assert kinds == ["run.started", *["batch.committed"] * 4, "run.finished"]
    for event in bench.hooks.heard:
        assert list(problems(event.document(), schema(), schema())) == []
        assert (event.source, event.run) == ("dev/fake/main", report.run)
    assert [each["records"] for each in bench.hooks.of("batch.committed")] == [2, 1, 2, 1]
    (finished,) = bench.hooks.of("run.finished")
    assert (finished["status"], finished["read"], finished["applied"]) == ("succeeded", 6, 6)
    (run_span,) = [span for span in memory.spans if span.name == "run"]
    batches = [span for span in memory.spans if span.name == "batch"]
    assert len(batches) == 4
    assert len(memory.spans) == 5, "no span for a record"
    assert {span.parent.span_id for span in batches if span.parent} == {run_span.context.span_id}
    assert f"{run_span.context.trace_id:032x}" in bench.hooks.heard[0].trace
    points = memory.points()
    assert points["connector_sdk.records"] == [
        (
            {
                "connector_sdk.pipeline": "fake",
                "connector_sdk.environment": "dev",
                "connector_sdk.disposition": "applied",
            },
            6,
        )
    ]
    assert [value for _, value in points["connector_sdk.batches"]] == [4]


def test_dead_letters_are_counted_by_their_reason(bench: Bench, memory: Memory) -> None:
    bench.stream.pages = [[record(0), b"{", b'{"id":"x"', record(3)]]
    bench.go("batch_size: 10\ndead_letters: {max_ratio: 1}\n")
    (opened,) = bench.hooks.of("dead_letters.opened")
    assert (opened["count"], sum(opened["codes"].values())) == (2, 2)
    dispositions = {
        point["connector_sdk.disposition"]: value for point, value in memory.points()["connector_sdk.records"]
    }
    assert dispositions == {"applied": 2, "dead_lettered": 2}


@pytest.mark.req("P11-10e-1", "G4")
def test_calls_stand_in_the_ledger_and_in_the_figures(bench: Bench) -> None:
    reading(bench, lambda: bench.source.call(attempts=3))
    bench.sink.after = lambda _: bench.destination.call("/bulk")
    finish = bench.sink.finish

    def finished(call: Any) -> None:
        bench.destination.call("/done", code="unreachable")
        finish(call)

    bench.sink.finish = finished  # type: ignore[method-assign]
    bench.source.allowance = Quota(18, 5000)
    report = bench.go()
    assert report.document()["calls"] == {"source": 6, "destination": 5, "per_1000_records": 1833.333}
    assert report.document()["quota"] == {"caller": {"used": 18, "limit": 5000}}
    with bench.store.snapshot() as connection:
        made = calls_of(connection, report.run)
    assert made == [
        CallsMade("source", "GET", "crm.example", "/items/{id}", 2, 6, 0),
        CallsMade("destination", "GET", "crm.example", "/bulk", 4, 4, 0),
        CallsMade("destination", "GET", "crm.example", "/done", 1, 1, 1),
    ]
    assert bench.verified()
    (finished_event,) = bench.hooks.of("run.finished")
    assert finished_event["calls"] == 11
    assert [event.data.side for event in bench.hooks.records].count("source") == 2  # type: ignore[union-attr]
    assert len(bench.hooks.of("call.finished")) == len(bench.hooks.records) == 7


def test_nothing_read_has_no_share_of_calls(bench: Bench) -> None:
    bench.stream.pages = []
    bench.source.call()
    assert bench.go().calls.per_1000_records is None


@pytest.mark.req("G4")
def test_the_calls_of_a_run_that_fails_are_recorded(bench: Bench, memory: Memory) -> None:
    def fail(_: Any) -> None:
        bench.destination.call(attempts=6, code="http-503")
        raise UnavailableError("the target is down", code="http-503")

    bench.sink.before = fail
    report = bench.go()
    assert (report.status, report.calls.destination) == ("parked", 6)
    with bench.store.snapshot() as connection:
        assert [made.failed for made in calls_of(connection, report.run)] == [1]
    told = {
        span.name: (span.status.is_ok, (span.attributes or {}).get("error.type")) for span in memory.spans
    }
    assert told == {"batch": (False, "http-503"), "run": (False, "http-503")}


def test_what_happens_on_a_connection_is_told_with_its_side(bench: Bench, memory: Memory) -> None:
    failed = AttemptFailed(
        method="GET",
        host="crm.example",
        path="/a",
        attempt=1,
        error="UnavailableError",
        code="http-503",
        wait=0.5,
    )
    last = replace(failed, attempt=6, wait=None)
    others = [
        BreakerChanged(host="crm.example", before="closed", after="open"),
        QuotaObserved(used=1, limit=2),
    ]

    def tell() -> None:
        for happening in (failed, last, *others):
            bench.source.tell(happening)

    bench.stream.pages = PAGES[:1]
    reading(bench, tell)
    bench.go()
    for kind in ("attempt.failed", "breaker.changed", "quota.observed"):
        for told in bench.hooks.of(kind):
            assert (told["connector"], told["side"]) == ("caller", "source")
    retries = memory.points()["connector_sdk.retries"]
    assert [value for _, value in retries] == [1], "an attempt that is not repeated is no retry"


@pytest.mark.req("P11-10e-1")
def test_a_refusal_is_recorded_at_once_and_once(bench: Bench) -> None:
    seen: list[int] = []

    def refused() -> None:
        bench.source.refuse(Refusal("host-not-allowed", "caller", "GET", "evil.example", "/{id}"))
        with bench.store.snapshot() as connection:
            bodies = connection.execute(audit_event.select()).all()
        seen.append(sum(b"host-not-allowed" in row.body for row in bodies))
        raise ComplianceError("may not be called", code="host-not-allowed")

    reading(bench, refused)
    report = bench.go()
    assert (report.status, report.exit_code) == ("refused", 77)
    assert seen == [1]
    with bench.store.snapshot() as connection:
        refusals = refusals_of(connection, report.run)
    assert refusals == [
        {
            "code": "host-not-allowed",
            "side": "source",
            "connector": "caller",
            "method": "GET",
            "host": "evil.example",
            "path": "/{id}",
        }
    ]
    assert len(bench.hooks.of("compliance.refused")) == 1
    assert bench.verified()


def test_a_refusal_that_is_about_no_call_is_recorded_too(bench: Bench) -> None:
    def refused() -> None:
        raise ComplianceError("the wrong org", code="identity-mismatch")

    reading(bench, refused)
    report = bench.go()
    with bench.store.snapshot() as connection:
        assert refusals_of(connection, report.run) == [{"code": "identity-mismatch"}]
    assert bench.hooks.of("compliance.refused") == [
        {"connector": "", "side": "", "code": "identity-mismatch", "method": "", "host": "", "path": ""}
    ]


@pytest.mark.req("GDPR-5/25")
def test_no_value_is_in_any_event_span_metric_or_audit_event(bench: Bench, memory: Memory) -> None:
    bench.stream.pages = [
        [
            b'{"id":"%s","n":1}' % CANARY.encode(),
            b'{"id":"%s","n":"%s"}' % (CANARY.encode(), CANARY.encode()),
        ],
        [b'{"id":"%s-2","n":2}' % CANARY.encode()],
    ]

    def fail(batch: Any) -> None:
        if batch.seq == 2:
            raise ValueError(f"cannot write {CANARY}")

    bench.sink.before = fail
    report = bench.go("dead_letters: {max_ratio: 1}\n")
    assert report.status == "failed"
    assert bench.hooks.of("dead_letters.opened")
    told = [str(event) + str(event.document()) for event in (*bench.hooks.heard, *bench.hooks.records)]
    told += [span.to_json() for span in memory.spans] + [str(memory.points())]
    with bench.store.snapshot() as connection:
        told += [str(row.body) for row in connection.execute(audit_event.select())]
    assert len(told) > 10
    assert not [text for text in told if CANARY in text or "canary" in text.lower()]
    failed = [span for span in memory.spans if span.name == "batch"][-1]
    assert (failed.attributes or {})["error.type"] == "ValueError"
    for span in memory.spans:
        assert set(span.attributes or {}) <= ATTRIBUTES
        assert not span.events
        assert not span.status.description
