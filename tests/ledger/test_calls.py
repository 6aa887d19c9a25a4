"""The record of calls: split to fit, counted in the run's row, and compared by `verify`."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.engine import Connection

from connector_sdk.ledger import events, runs
from connector_sdk.ledger.calls import CallMade, append_calls, append_refusal
from connector_sdk.ledger.calls_made import calls_of, refusals_of
from connector_sdk.ledger.findings import Verdict
from connector_sdk.ledger.partitions import PartitionKey
from connector_sdk.ledger.store import Store, open_store
from connector_sdk.ledger.tables import audit_event
from connector_sdk.ledger.verify import verify
from tests.ledger.small_ledger import SmallLedger, call_out

CALL = CallMade("GET", "crm.example", "/items/{id}", 200, 2)
KEY = PartitionKey("dev", "calls")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(open_store(tmp_path / "ledger.db", create=True)) as opened:
        yield opened


@pytest.fixture
def started(store: Store) -> Iterator[runs.Started]:
    made = runs.start(store, KEY, bundle="sha256:0", environment_digest="sha256:1", trigger={"kind": "test"})
    yield made
    made.lease.close()


def called(store: Store, run: str, *calls: CallMade, side: str = "source") -> None:
    with store.transaction() as connection:
        append_calls(connection, store.clock, run=run, side=side, calls=calls, partition=str(KEY))


def logged(connection: Connection, kind: str) -> list[Any]:
    read = [events.read(row.body) for row in connection.execute(audit_event.select())]
    return [event for event in read if event.type == kind]


@pytest.mark.parametrize("count", [0, 1, 2000])
def test_calls_are_split_into_events_that_fit(store: Store, started: runs.Started, count: int) -> None:
    called(store, started.id, *[CALL] * count)
    with store.snapshot() as connection:
        found = logged(connection, "http.called")
        assert sum(len(event.facts["calls"]) for event in found) == count
        assert runs.get(connection, started.id).calls == 2 * count
        assert all(len(events.write(event)) < 62_000 for event in found)
        assert len(found) <= 1 + count // 400


def test_a_path_of_any_length_fits(store: Store, started: runs.Started) -> None:
    called(store, started.id, CallMade("GET", "crm.example", "/é" * 60_000, 200, 1))
    with store.snapshot() as connection:
        (made,) = calls_of(connection, started.id)
    assert len(made.path) == 1000


@pytest.mark.req("P11-10e-1")
def test_what_was_called_and_refused_can_be_read_back(store: Store, started: runs.Started) -> None:
    called(store, started.id, CALL, CallMade("GET", "crm.example", "/items/{id}", None, 6, "unreachable"))
    called(store, started.id, CallMade("POST", "dwh.example", "/rows", 201, 1), side="destination")
    with store.transaction() as connection:
        append_refusal(connection, store.clock, run=started.id, code="host-not-allowed", host="evil.example")
    with store.snapshot() as connection:
        first, second = calls_of(connection, started.id)
        assert (first.side, first.calls, first.attempts, first.failed) == ("source", 2, 8, 1)
        assert (second.side, second.host, second.failed) == ("destination", "dwh.example", 0)
        assert refusals_of(connection, started.id) == [{"code": "host-not-allowed", "host": "evil.example"}]
        assert calls_of(connection, "another") == []


def test_a_run_that_was_overtaken_keeps_its_figures(store: Store, started: runs.Started) -> None:
    called(store, started.id, CALL)
    with store.transaction() as connection:
        runs.finish(store, connection, started.id, status="aborted", error=None)
        started.lease.release(connection)
    called(store, started.id, CALL)
    with store.transaction() as connection:
        runs.sign(store, connection)
    with store.snapshot() as connection:
        assert runs.get(connection, started.id).calls == 2
        assert calls_of(connection, started.id)[0].calls == 2
        assert verify(connection, verifiers=[store.keys.signing.verifier]).verdict is Verdict.OK


@pytest.mark.req("P11-10a-2")
def test_calls_that_do_not_add_up_are_found(ledger: SmallLedger) -> None:
    call_out(ledger)
    assert ledger.verify().verdict is Verdict.OK
    ledger.start("run-10")
    calls = [{"method": "GET", "host": "h", "path": "/", "status": 200, "attempts": 2}]
    ledger.append("http.called", run="run-10", side="source", calls=calls)
    ledger.finish("run-10", "succeeded")
    ledger.sign()
    told = [(finding.where, finding.message) for finding in ledger.verify().findings]
    assert [where for where, message in told if "does not add up" in message] == ["run run-10"]


@pytest.mark.parametrize(
    "calls",
    [
        [],
        "GET",
        [{}],
        [{"method": "GET", "host": "h", "path": "/", "status": 200}],
        [{"method": "GET", "host": "h", "path": "/", "status": 200, "attempts": -1}],
        [{"method": "GET", "host": "h", "path": "/", "status": 200, "attempts": 1, "query": "id=4711"}],
    ],
)
def test_what_is_no_list_of_calls_is_refused(ledger: SmallLedger, calls: Any) -> None:
    with pytest.raises(ValueError, match="calls"):
        ledger.append("http.called", run="run-1", side="source", calls=calls)
