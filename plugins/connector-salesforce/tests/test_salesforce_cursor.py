"""Windows, places and what is remembered: nothing is passed over, nothing comes twice."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

import pytest
from connector_salesforce import cursor
from connector_salesforce.config import SalesforceConfig
from connector_salesforce.cursor import Place, Position, position_of
from connector_salesforce.describe import ObjectField, SObject
from connector_salesforce.simulator.soql import Condition, Logic, parse
from connector_salesforce.stream import ObjectStream
from hypothesis import given, settings
from hypothesis import strategies as st

from connector_sdk.connector import Call, Deleted
from connector_sdk.errors import ConfigurationError

pytestmark = pytest.mark.slow

BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
LOOKBACK = 20
State = tuple[str, str, bool, int]

FIELDS = {
    "Id": ObjectField("Id", "id", nullable=False),
    "SystemModstamp": ObjectField("SystemModstamp", "datetime", nullable=False),
    "IsDeleted": ObjectField("IsDeleted", "boolean", nullable=False),
    "Edits__c": ObjectField("Edits__c", "int", nullable=False),
}


class World:
    """An org of few rows that change while they are read; `script` says what happens before each query."""

    def __init__(self) -> None:
        self.now = BEGIN
        self.rows: dict[str, tuple[datetime, bool]] = {}
        self.edits = 0
        self._edited: dict[str, int] = {}
        self.script: list[tuple[str, int, int]] = []
        self.pace = 0
        self.page = 2
        self._open: dict[str, list[dict[str, Any]]] = {}

    @property
    def server_time(self) -> datetime:
        return self.now

    def describe(self, name: str) -> SObject:
        return SObject(name, True, FIELDS)

    def query(self, soql: str, rows: int) -> dict[str, Any]:
        for _ in range(self.pace):
            self.happen()
        asked = parse(soql)
        found = sorted((stamp, name) for name, (stamp, _deleted) in self.rows.items())
        fitting = [pair for pair in found if asked.where is None or _true(asked.where, pair)]
        return self._page([self._row(name) for _, name in fitting[: asked.limit]], 0)

    def more(self, url: str, rows: int) -> dict[str, Any]:
        return self._page(self._open[url], int(url))

    def happen(self) -> None:
        if not self.script:
            return
        what, number, amount = self.script.pop()
        name = f"003000000000{number:03d}AAA"
        before = self.rows.get(name, (BEGIN - timedelta(days=1), False))[0]
        if what == "late":
            stamp = self.now - timedelta(seconds=amount)
            if stamp > before:
                self._put(name, stamp)
            return
        self.now += timedelta(seconds=amount)
        if what == "write":
            self._put(name, self.now)
        elif what == "delete" and name in self.rows:
            self._put(name, self.now, deleted=True)

    def states(self) -> set[State]:
        return {_state_of(self._row(name)) for name in self.rows}

    def _put(self, name: str, stamp: datetime, *, deleted: bool = False) -> None:
        self.rows[name] = (stamp, deleted)
        self.edits += 1
        self._edited[name] = self.edits

    def _row(self, name: str) -> dict[str, Any]:
        stamp, deleted = self.rows[name]
        return {
            "Id": name,
            "SystemModstamp": f"{stamp:%Y-%m-%dT%H:%M:%S}.000+0000",
            "IsDeleted": deleted,
            "Edits__c": self._edited.get(name, 0),
        }

    def _page(self, rows: list[dict[str, Any]], at: int) -> dict[str, Any]:
        end = at + self.page
        self._open[str(end)] = rows
        answer = {"totalSize": len(rows), "done": end >= len(rows), "records": rows[at:end]}
        return answer if answer["done"] else {**answer, "nextRecordsUrl": str(end)}


def _true(where: Condition | Logic, pair: tuple[datetime, str]) -> bool:
    if isinstance(where, Logic):
        held = [_true(term, pair) for term in where.terms]
        return all(held) if where.word == "AND" else any(held)
    value: Any = pair[0] if where.field == "SystemModstamp" else pair[1]
    wanted: Any = where.values[0]
    return bool({">=": value >= wanted, ">": value > wanted}[where.sign])


def _stream(world: World, window: int = 3) -> ObjectStream:
    config = SalesforceConfig.model_construct(
        fields=(), lookback=LOOKBACK, rows_per_call=window, api_version="67.0"
    )
    return ObjectStream(world, "Contact", config)  # type: ignore[arg-type]  # a world stands in for the API


def _read(world: World, position: Any, pages: int | None = None) -> tuple[list[State], Any]:
    """Return the states of a run's pages, and its last cursor as it comes back from the ledger.

    The run dies after `pages`.
    """
    states: list[State] = []
    for page in islice(_stream(world).read(Call(page_size=1), position), pages):
        states += [_state(record) for record in page.records]
        position = json.loads(json.dumps(page.cursor))
    return states, position


def _state(record: Any) -> State:
    document = json.loads(record.record if isinstance(record, Deleted) else record)
    assert document["IsDeleted"] == isinstance(record, Deleted)
    return _state_of(document)


def _state_of(row: Mapping[str, Any]) -> State:
    stamp = datetime.fromisoformat(row["SystemModstamp"])
    return row["Id"], stamp.isoformat(), row["IsDeleted"], row["Edits__c"]


HAPPENINGS = st.tuples(
    st.sampled_from(["write", "write", "write", "late", "delete"]),
    st.integers(0, 12),
    st.integers(0, LOOKBACK - 1),
)
RUNS = st.lists(
    st.tuples(st.lists(HAPPENINGS, max_size=12), st.integers(0, 3), st.none() | st.integers(0, 4)), max_size=8
)


@pytest.mark.req("G1", "G3")
@settings(max_examples=400, deadline=None)
@given(RUNS)
def test_every_state_that_stays_is_read_once_whatever_happens_meanwhile(runs: Any) -> None:
    """Ties, late rows, deletions, several changes in one second, changes between windows, and runs that die
    after any page.
    """
    world, position, delivered = World(), None, list[State]()
    for script, pace, killed_after in [*runs, ([], 0, None)]:
        world.script, world.pace = list(script), pace
        states, position = _read(world, position, killed_after)
        delivered += states
        while world.script:
            world.happen()
    delivered += _read(world, position)[0]
    assert world.states() <= set(delivered)
    assert len(delivered) == len(set(delivered))


@pytest.mark.req("G1")
@settings(max_examples=200, deadline=None)
@given(RUNS)
def test_too_much_to_remember_costs_repeats_and_never_a_row(runs: Any) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cursor, "MOST", 2)
        world, position, delivered = World(), None, list[State]()
        for script, pace, killed_after in [*runs, ([], 0, None)]:
            world.script, world.pace = list(script), pace
            states, position = _read(world, position, killed_after)
            delivered += states
            assert position is None or sum(map(len, position["seen"].values())) <= 2 * 12
            while world.script:
                world.happen()
        delivered += _read(world, position)[0]
        assert world.states() <= set(delivered)


def test_what_is_settled_is_not_remembered_where_there_is_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bulk load of one second, long ago: the next run reads nothing of it again."""
    monkeypatch.setattr(cursor, "MOST", 2)
    world = World()
    world.rows = {f"003000000000{number:03d}AAA": (BEGIN, False) for number in range(10)}
    world.now = BEGIN + timedelta(hours=1)
    read, position = _read(world, None)
    assert len(read) == 10
    assert sum(map(len, position["seen"].values())) <= 12
    assert _read(world, position) == ([], position)


def test_what_is_not_settled_is_remembered_although_it_is_older_than_the_latest_row() -> None:
    """A run that follows the present leaves nothing behind that was read before its time was up."""
    world = World()
    world.pace = 3
    world.script = [("write", number, 5) for number in range(12)]
    _states, position = _read(world, None)
    world.rows["003000000000099AAA"] = (BEGIN + timedelta(seconds=1), False)
    late = ("003000000000099AAA", (BEGIN + timedelta(seconds=1)).isoformat(), False, 0)
    assert _read(world, position)[0] == [late]


def test_rows_that_were_forgotten_are_announced_as_repeats(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cursor, "MOST", 2)
    position = Position(Place(BEGIN))
    for number in range(3):
        position.deliver(BEGIN, b"%d" % number)
    assert not position.repeats
    position.advance(Place(BEGIN, "x"), timedelta(9), None, ended=True)
    assert position.repeats
    again = position_of(json.loads(json.dumps(position.json())))
    assert again.repeats
    again.advance(Place(BEGIN + timedelta(days=60), "y"), timedelta(9), None, ended=True)
    assert not again.repeats
    assert again.json()["forgot"] is None


def test_what_will_be_met_again_in_this_run_is_not_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cursor, "MOST", 2)
    later = BEGIN + timedelta(seconds=5)
    position = Position(Place(BEGIN))
    for number in range(2):
        position.deliver(later, b"%d" % number)
    position = position_of(position.json())
    position.deliver(BEGIN, b"late")
    position.advance(Place(BEGIN, "late"), timedelta(9), BEGIN + timedelta(days=99), ended=False)
    assert position.delivered(later, b"0")
    assert position.delivered(later, b"1")


def test_a_cursor_comes_back_as_it_was() -> None:
    position = Position(Place(BEGIN, "003000000000000AAA"))
    position.deliver(BEGIN + timedelta(milliseconds=5), b"003000000000001AAA")
    position.advance(Place(BEGIN + timedelta(milliseconds=5), "x"), timedelta(0), None, ended=True)
    again = position_of(json.loads(json.dumps(position.json())))
    assert again.json() == position.json()
    assert again.delivered(BEGIN + timedelta(milliseconds=5), b"003000000000001AAA")
    assert not again.delivered(BEGIN, b"003000000000001AAA")
    assert not again.delivered(BEGIN + timedelta(milliseconds=5), b"003000000000002AAA")


def test_what_is_remembered_is_known_with_the_ledgers_salt_alone() -> None:
    position = Position(Place(BEGIN), salt=b"one")
    position.deliver(BEGIN, b"state")
    assert position_of(position.json(), b"one").delivered(BEGIN, b"state")
    assert not position_of(position.json()).delivered(BEGIN, b"state")


@pytest.mark.parametrize(
    "foreign",
    [
        {},
        {"offset": 5},
        7,
        {"format": 2, "from": "2026-03-01T00:00:00Z", "after": "", "seen": {}},
        {"format": 1, "from": "2026-03-01T00:00:00", "after": "", "seen": {}},
        {"format": 1, "from": "2026-03-01T00:00:00Z", "after": "", "seen": {"2026-03-01T00:00:00Z": "AAAA"}},
        {"format": 1, "from": "2026-03-01T00:00:00Z", "after": "", "seen": {"2026-03-01T00:00:00Z": "!"}},
    ],
)
def test_a_foreign_cursor_is_refused(foreign: Mapping[str, Any]) -> None:
    with pytest.raises(ConfigurationError) as refused:
        position_of(foreign)
    assert refused.value.code == "salesforce-cursor"


def test_the_beginning_of_time_is_no_obstacle() -> None:
    position = Position()
    position.advance(Place(datetime.min.replace(tzinfo=UTC), "x"), timedelta(300), None, ended=True)
    assert position.json()["from"].startswith("0001-01-01")
