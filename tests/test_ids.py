"""Run ids sort by time; idempotency keys say nothing, fit everywhere and never meet."""

import datetime as dt
import re
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from connector_sdk.ids import idempotency_key, uuid7

SECRET = b"\x01" * 32
places = st.tuples(st.text(), st.integers(1), st.integers(0), st.binary())


def test_run_ids_sort_by_time() -> None:
    began = dt.datetime(2026, 1, 31, tzinfo=dt.UTC)
    ids = [str(uuid7(began + dt.timedelta(milliseconds=number))) for number in range(50)]
    assert all(one < other for one, other in pairwise(ids))


@given(places)
def test_a_key_fits_into_any_header_and_is_the_same_every_time(place: tuple[str, int, int, bytes]) -> None:
    key = idempotency_key(SECRET, *place)
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", key)
    assert key == idempotency_key(SECRET, *place)


@given(places, places)
def test_no_two_records_share_a_key(
    one: tuple[str, int, int, bytes], two: tuple[str, int, int, bytes]
) -> None:
    assert (idempotency_key(SECRET, *one) == idempotency_key(SECRET, *two)) == (one == two)
    assert idempotency_key(SECRET, *one) != idempotency_key(b"\x02" * 32, *one)


def test_what_stands_beside_each_other_is_not_confused() -> None:
    near = [("a|1", 1, 1, b""), ("a", 11, 1, b""), ("a", 1, 11, b""), ("a", 1, 1, b"|1"), ("a|", 1, 1, b"1")]
    assert len({idempotency_key(SECRET, *place) for place in near}) == len(near)
