"""A letter a record: which disposition it has, and whether it was a deletion."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from connector_sdk.ledger.dispositions import LETTERS, counts, pack, unpack


@given(st.lists(st.tuples(st.sampled_from(sorted(LETTERS)), st.booleans())))
def test_packed_dispositions_come_back(records: list[tuple[str, bool]]) -> None:
    names = [name for name, _ in records]
    packed = pack(names, {index for index, (_, deleted) in enumerate(records) if deleted})
    assert [unpack(packed[index : index + 1]) for index in range(len(records))] == records
    assert counts(packed) == {name: Counter(names)[name] for name in LETTERS}


def test_what_is_no_disposition_has_no_name() -> None:
    assert unpack(b"") == ("", False)
    assert unpack(b"x") == ("", False)
    assert sum(counts(b"x?\xff").values()) == 0
