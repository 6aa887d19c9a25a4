"""What stands in the ledger instead of values."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector_sdk.ledger.commitments import Commitments, leaves

KEY = bytes(range(32))


@pytest.mark.req("GDPR-5/25")
@given(st.binary(max_size=200))
def test_a_commitment_is_no_plain_hash(value: bytes) -> None:
    mine = Commitments(KEY)
    theirs = Commitments(bytes(32))
    for commit in (lambda of: of.keys([value]), lambda of: of.values("p", 1, [value])):
        (commitment,) = commit(mine)
        assert len(commitment) == 32
        assert commitment != hashlib.sha256(value).digest()
        assert commitment != commit(theirs)[0]
        assert commitment == commit(Commitments(KEY))[0]


def test_equal_keys_meet_across_batches_and_equal_values_do_not() -> None:
    commitments = Commitments(KEY)
    assert commitments.keys([b'["1"]', b'["1"]']) == commitments.keys([b'["1"]']) * 2
    places = [("p", 1), ("p", 2), ("q", 1)]
    assert len({commitments.values(*place, [b"{}"])[0] for place in places}) == 3


@given(st.lists(st.tuples(st.binary(min_size=32, max_size=32), st.sampled_from(b"asfdi")), max_size=5))
def test_a_leaf_follows_rfc_6962_over_its_parts(rows: list[tuple[bytes, int]]) -> None:
    keys = [key for key, _ in rows]
    letters = bytes(letter for _, letter in rows)
    for index, leaf in enumerate(leaves(keys, keys, 7, letters)):
        parts = keys[index] * 2 + (7 + index).to_bytes(8) + letters[index : index + 1]
        assert leaf == hashlib.sha256(b"\x00\x01" + parts).digest()
