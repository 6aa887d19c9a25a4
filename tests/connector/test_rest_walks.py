"""Whatever changes between the walks, and wherever they end: what was delivered is what there is."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector_sdk.connector import Call
from connector_sdk.connector.rest import BodyCursor
from connector_sdk.connector.rest.collection import Collection
from connector_sdk.connector.rest.walk import walk
from connector_sdk.errors import UnavailableError
from connector_sdk.schema import FieldType

START = datetime(2026, 1, 1, tzinfo=UTC)
LOOKBACK = 5


@dataclass
class Source:
    """Answers like an API whose records come in no particular order; fails at the page it is told."""

    exclusive: bool
    size: int
    rows: dict[str, int] = field(default_factory=dict)
    fails_at: int = -1

    def get(self, path: str, *, values: Any, params: dict[str, str]) -> Any:
        start = int(params.get("cursor", 0))
        if start // self.size == self.fails_at:
            raise UnavailableError("down", code="http-503")
        since = params.get("since", "")
        found = [
            {"id": key, "at": stamp(second)}
            for key, second in sorted(self.rows.items())
            if stamp(second) > since or (stamp(second) == since and not self.exclusive)
        ]
        following = str(start + self.size) if start + self.size < len(found) else None
        page = {"data": found[start : start + self.size], "next": following, "total": len(found)}
        return type("Answer", (), {"content": msgspec.json.encode(page)})


def stamp(second: int) -> str:
    return f"{START + timedelta(seconds=second):%Y-%m-%dT%H:%M:%SZ}"


def collection(kind: FieldType | None) -> Collection:
    return Collection(
        path="/rows",
        records="data",
        paging=BodyCursor("next"),
        total="total",
        key=("id",),
        cursor="at",
        kind=kind,
        since="since",
        lookback=LOOKBACK,
    )


CHANGE = st.tuples(st.integers(0, 12), st.integers(0, LOOKBACK - 1))
ROUND = st.tuples(st.lists(CHANGE, max_size=8), st.integers(-1, 4))


@pytest.mark.req("G1")
@settings(deadline=None)
@given(
    rounds=st.lists(ROUND, min_size=1, max_size=6),
    exclusive=st.booleans(),
    size=st.integers(1, 4),
    kind=st.sampled_from([FieldType.DATETIME, None]),
)
def test_nothing_is_passed_over_and_nothing_delivered_twice(
    rounds: list[tuple[list[tuple[int, int]], int]], exclusive: bool, size: int, kind: FieldType | None
) -> None:
    source, target, position, now = Source(exclusive, size), {}, None, 0
    delivered: list[tuple[str, str]] = []
    for changes, fails_at in [*rounds, ([], -1), ([], -1)]:
        now += 1
        for number, late in changes:
            # A change appears late, but within the look-back; a row never gets an older stamp.
            at = max(now - late, source.rows.get(f"{number:02}", -1) + 1, 0)
            source.rows[f"{number:02}"] = at
            now = max(now, at)
        source.fails_at = fails_at
        before = len(delivered)
        try:
            for page in walk(source, collection(kind), Call(), position):  # type: ignore[arg-type]
                rows = [msgspec.json.decode(record) for record in page.records]  # type: ignore[arg-type]
                delivered += [(row["id"], row["at"]) for row in rows]
                position = page.cursor
        except UnavailableError:
            continue
        target = dict(delivered)
        assert target == {key: stamp(second) for key, second in source.rows.items()}
    assert before == len(delivered), "the last round had nothing new"
    assert len(set(delivered)) == len(delivered)
