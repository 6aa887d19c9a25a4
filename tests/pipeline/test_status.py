"""Silence is a failure: what is overdue or silent is told from what the ledger holds, at any time of day."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector_sdk.clock import timestamp
from connector_sdk.documents import DocumentError
from connector_sdk.ledger import runs
from connector_sdk.ledger.health import REDRIVE, Health, health
from connector_sdk.ledger.partitions import PartitionKey
from connector_sdk.ledger.store import Store, open_store
from connector_sdk.ledger.tables import run
from connector_sdk.pipeline.definition import Expectation, load_pipeline
from connector_sdk.pipeline.status import Standing, in_words, judge, period_of
from tests.clocks import FakeClock

KEY = PartitionKey("dev", "visits")
DAY = timedelta(days=1)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def store(tmp_path: Path, clock: FakeClock) -> Iterator[Store]:
    found = open_store(tmp_path / "ledger.db", clock=clock, create=True)
    yield found
    found.close()


def ran(
    store: Store, status: str = "succeeded", read: int = 10, key: PartitionKey = KEY, **trigger: str
) -> None:
    """Record a run that took a second and ended so."""
    started = runs.start(store, key, bundle="b", environment_digest="e", trigger={"kind": "cli", **trigger})
    store.clock.sleep(1)
    with store.transaction() as connection:
        connection.execute(run.update().where(run.c.id == started.id).values(read=read))
        error = None if status == "succeeded" else {"code": "x"}
        runs.finish(store, connection, started.id, status=status, error=error)
        started.lease.release(connection)
    started.lease.close()


def standing(store: Store, expect: Expectation | None) -> Standing:
    now = store.clock.now()
    since = period_of(expect, now)
    with store.snapshot() as connection:
        known = health(connection, KEY, None if since is None else timestamp(since))
    return judge(expect, known, now)


DAILY = Expectation(every="24h")
DAILY_TEN = Expectation(every="24h", min_records=10)
TEN = Expectation(min_records=10)


def test_one_that_never_ran_is_overdue_or_silent_where_something_is_expected(clock: FakeClock) -> None:
    found = judge(DAILY, Health(), clock.now())
    assert (found.state, found.due, found.age) == ("overdue", clock.now(), None)
    assert found.reason == "it has never run with success; expected every 24 h"
    silent = judge(TEN, Health(), clock.now())
    assert (silent.state, silent.due) == ("silent", None)
    assert silent.reason == "it has never run with success; at least 10 records expected"
    assert judge(None, Health(), clock.now()).state == "unwatched"


def test_overdue_begins_when_the_period_is_over(store: Store, clock: FakeClock) -> None:
    ran(store)
    good = clock.now()
    clock.advance(DAY.total_seconds())
    found = standing(store, DAILY)
    assert (found.state, found.age, found.due, found.last_good) == ("ok", DAY, good + DAY, good)
    clock.advance(1)
    found = standing(store, DAILY)
    assert found.state == "overdue"
    assert found.reason == "no run has succeeded for 24 h; expected every 24 h"


@pytest.mark.parametrize("status", ["data_stop", "aborted", "parked", "refused", "failed", "fenced"])
def test_only_a_success_counts(store: Store, clock: FakeClock, status: str) -> None:
    ran(store, status)
    assert standing(store, DAILY).state == "overdue"
    ran(store)
    clock.advance(2 * DAY.total_seconds())
    ran(store, status)
    assert standing(store, DAILY).state == "overdue"


def test_dead_letters_moved_again_are_no_life_of_the_source(store: Store, clock: FakeClock) -> None:
    ran(store)
    clock.advance(2 * DAY.total_seconds())
    ran(store, **REDRIVE)
    assert standing(store, DAILY).state == "overdue"
    ran(store, id='{"verb":"redrive"}')
    assert standing(store, DAILY).state == "ok"


def test_silent_is_what_reads_too_little_in_its_period(store: Store, clock: FakeClock) -> None:
    ran(store, read=6)
    clock.advance(3600)
    ran(store, read=3)
    found = standing(store, DAILY_TEN)
    assert found.state == "silent"
    assert found.reason == "9 records were read in the last 24 h; at least 10 expected"
    ran(store, read=1)
    assert standing(store, DAILY_TEN).state == "ok"
    ran(store, "data_stop", read=50)
    clock.advance(23 * 3600)
    found = standing(store, DAILY_TEN)
    assert found.reason == "4 records were read in the last 24 h; at least 10 expected"


def test_without_a_period_the_last_good_run_counts(store: Store, clock: FakeClock) -> None:
    ran(store, read=10)
    clock.advance(1000 * DAY.total_seconds())
    assert standing(store, TEN).state == "ok"
    ran(store, read=1)
    ran(store, "parked", read=50)
    found = standing(store, TEN)
    assert (found.state, found.due) == ("silent", None)
    assert found.reason == "1 record was read by the last good run; at least 10 expected"


def test_other_pipelines_and_other_environments_are_no_concern(store: Store) -> None:
    ran(store, key=PartitionKey("prod", "visits"))
    ran(store, key=PartitionKey("dev", "other"))
    assert standing(store, DAILY).state == "overdue"
    with store.snapshot() as connection:
        assert health(connection, KEY, None) == Health()


def test_a_success_of_a_faster_clock_is_one_of_now(store: Store, clock: FakeClock) -> None:
    ran(store)
    clock.advance(-3600)
    found = standing(store, DAILY)
    assert (found.state, found.age) == ("ok", timedelta(0))


@given(
    every=st.timedeltas(min_value=timedelta(seconds=1), max_value=timedelta(days=4000)),
    age=st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=4000)),
)
def test_overdue_is_older_than_its_period_and_nothing_else(every: timedelta, age: timedelta) -> None:
    class Good:
        ended = "2026-01-01T00:00:00.000000Z"
        read = 1

    now = datetime(2026, 1, 1, tzinfo=UTC) + age
    found = judge(Expectation.model_construct(every=every), Health(good=Good, read=1), now)  # type: ignore[arg-type]
    assert (found.state == "overdue") is (age > every)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"),
        (119, "119 s"),
        (120, "2 min"),
        (7199, "119 min"),
        (7200, "2 h"),
        (172_799, "47 h"),
        (172_800, "2 d"),
    ],
)
def test_spans_in_words(seconds: int, words: str) -> None:
    assert in_words(timedelta(seconds=seconds)) == words


PIPELINE = """\
format: 1
pipeline: visits
source: {connector: files}
destination: {connector: sql}
expect: {EXPECT}
"""


def _loaded(folder: Path, expect: str) -> Expectation:
    path = folder / "pipeline.yaml"
    path.write_text(PIPELINE.replace("EXPECT", expect))
    found = load_pipeline(path).definition.expect
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("text", "span"),
    [("90s", 90), ("30m", 1800), ("24h", 86_400), ("7d", 604_800), ("2w", 1_209_600)],
)
def test_periods_are_numbers_with_units(tmp_path: Path, text: str, span: int) -> None:
    assert _loaded(tmp_path, f"every: {text}").every == timedelta(seconds=span)


@pytest.mark.parametrize(
    "expect",
    [
        "",
        "every: 24",
        "every: 0h",
        "every: 24H",
        "every: PT24H",
        "every: 1.5h",
        "every: -1h",
        "every: 999999w",
        "min_records: 0",
    ],
)
def test_what_says_nothing_is_refused(tmp_path: Path, expect: str) -> None:
    with pytest.raises(DocumentError) as caught:
        _loaded(tmp_path, expect)
    assert caught.value.code in {"invalid-value", "wrong-type"}
