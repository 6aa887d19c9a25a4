"""One run at a time: leases, epochs, and what happens when a holder dies or sleeps."""

import fcntl
from collections.abc import Iterator
from pathlib import Path

import pytest

from connector_sdk.errors import FencedError, LeaseHeldError
from connector_sdk.ledger import runs
from connector_sdk.ledger.leases import TTL
from connector_sdk.ledger.partitions import PartitionKey
from connector_sdk.ledger.runs import Started
from connector_sdk.ledger.store import Store, open_store
from tests.clocks import FakeClock

KEY = PartitionKey("dev", "dm")


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def store(tmp_path: Path, clock: FakeClock) -> Iterator[Store]:
    opened = open_store(tmp_path / "ledger.db", clock=clock, create=True)
    yield opened
    opened.close()


def start(store: Store, key: PartitionKey = KEY) -> Started:
    return runs.start(store, key, bundle="sha256:0", environment_digest="sha256:1", trigger={"kind": "test"})


def end(store: Store, started: Started) -> None:
    with store.transaction() as connection:
        runs.finish(store, connection, started.id, status="succeeded", error=None)
        started.lease.release(connection)
    started.lease.close()


def test_each_run_has_a_higher_epoch(store: Store) -> None:
    first = start(store)
    end(store, first)
    second = start(store)
    end(store, second)
    assert second.lease.epoch == first.lease.epoch + 1
    assert second.killed is None


@pytest.mark.req("G5")
def test_a_live_holder_is_named_and_waited_for(store: Store) -> None:
    first = start(store)
    with pytest.raises(LeaseHeldError) as raised:
        start(store)
    assert first.id in str(raised.value)
    assert raised.value.retry_after == TTL.total_seconds()
    end(store, first)


def test_another_partition_is_free_meanwhile(store: Store) -> None:
    first, other = start(store), start(store, PartitionKey("dev", "ae"))
    end(store, other)
    end(store, first)


@pytest.mark.req("G5")
def test_a_dead_holder_is_replaced_at_once_and_its_run_closed(store: Store) -> None:
    first = start(store)
    first.lease.close()  # what the kernel does when the process is killed
    second = start(store)
    assert second.killed == first.id
    with store.snapshot() as connection:
        row = runs.get(connection, first.id)
    assert (row.status, '"killed"' in row.error) == ("aborted", True)
    end(store, second)


@pytest.mark.req("G5")
def test_a_sleeper_is_fenced_when_its_lease_has_expired(store: Store, clock: FakeClock) -> None:
    sleeper = start(store)
    clock.advance(TTL.total_seconds() - 1)
    with pytest.raises(LeaseHeldError):
        start(store)
    clock.advance(2)
    second = start(store)
    with pytest.raises(FencedError), store.transaction() as connection:
        sleeper.lease.require(connection)
    with pytest.raises(FencedError):
        sleeper.lease.renew()
    sleeper.lease.close()
    end(store, second)


def test_a_renewed_lease_does_not_expire(store: Store, clock: FakeClock) -> None:
    first = start(store)
    clock.advance(50)
    first.lease.renew()
    clock.advance(50)
    with pytest.raises(LeaseHeldError):
        start(store)
    end(store, first)


def test_a_holder_on_another_host_is_believed_until_its_lease_expires(
    store: Store, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = start(store)
    first.lease.close()
    monkeypatch.setattr("socket.gethostname", lambda: "elsewhere")
    with pytest.raises(LeaseHeldError):
        start(store)
    clock.advance(TTL.total_seconds() + 1)
    end(store, start(store))


def test_lock_files_do_not_pile_up(store: Store, tmp_path: Path) -> None:
    for _ in range(3):
        start(store).lease.close()
    end(store, start(store))
    assert list(tmp_path.glob("*.lease-*")) == []


def test_the_file_lock_is_held_while_the_run_lives(store: Store, tmp_path: Path) -> None:
    first = start(store)
    (lock,) = tmp_path.glob("*.lease-*")
    with lock.open() as file, pytest.raises(BlockingIOError):
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    end(store, first)
