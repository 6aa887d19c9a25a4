"""The tree of RFC 6962: its published vectors, and an oracle that follows the definition by recursion."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector_sdk.errors import LedgerError
from connector_sdk.ledger.merkle import (
    EMPTY,
    Frontier,
    leaf_hash,
    path,
    root,
    root_of_packed,
    verify_inclusion,
)

ENTRIES = [bytes.fromhex(text) for text in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
)]  # fmt: skip
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
"""Roots over the first 0 to 8 entries, from the test data of Certificate Transparency."""

LEAVES = st.lists(st.binary(min_size=32, max_size=32), max_size=70)


def defined(leaves: list[bytes]) -> bytes:
    """MTH of RFC 6962 §2.1: split at the largest power of two smaller than the number of leaves."""
    if len(leaves) <= 1:
        return leaves[0] if leaves else sha256(b"").digest()
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return sha256(b"\x01" + defined(leaves[:split]) + defined(leaves[split:])).digest()


def test_the_vectors_of_certificate_transparency() -> None:
    leaves = [leaf_hash(entry) for entry in ENTRIES]
    assert [root(leaves[:size]).hex() for size in range(9)] == ROOTS


@given(leaves=LEAVES)
def test_every_way_to_the_root_is_the_defined_one(leaves: list[bytes]) -> None:
    frontier = Frontier()
    for size, leaf in enumerate(leaves):
        assert frontier.root() == defined(leaves[:size])
        frontier.append(leaf)
    assert frontier.root() == root(leaves) == root_of_packed(b"".join(leaves)) == defined(leaves)
    assert frontier.size == len(leaves)


@given(leaves=LEAVES, cut=st.integers(0, 70))
def test_a_frontier_goes_on_where_it_was_left(leaves: list[bytes], cut: int) -> None:
    frontier = Frontier()
    for leaf in leaves[:cut]:
        frontier.append(leaf)
    again = Frontier.from_bytes(frontier.size, frontier.to_bytes())
    for leaf in leaves[cut:]:
        again.append(leaf)
    assert again.root() == defined(leaves)


@pytest.mark.parametrize(("size", "packed"), [(0, 32), (1, 0), (1, 31), (3, 32), (4, 64), (-1, 32)])
def test_a_frontier_that_cannot_be_is_refused(size: int, packed: int) -> None:
    with pytest.raises(LedgerError) as caught:
        Frontier.from_bytes(size, bytes(packed))
    assert caught.value.code == "audit-head-damaged"


@given(leaves=LEAVES.filter(bool), data=st.data())
def test_a_path_proves_its_leaf_and_nothing_else(leaves: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(leaves) - 1))
    siblings, tree, size = path(leaves, index), root(leaves), len(leaves)
    assert len(siblings) <= (size - 1).bit_length()
    assert verify_inclusion(leaves[index], index, size, siblings, tree)
    assert not verify_inclusion(sha256(leaves[index]).digest(), index, size, siblings, tree)
    assert not verify_inclusion(leaves[index], index, size, siblings, sha256(tree).digest())
    assert not verify_inclusion(leaves[index], index, size, [*siblings, tree], tree)
    assert not verify_inclusion(leaves[index], size, size, siblings, tree)
    if siblings:
        assert not verify_inclusion(leaves[index], index, size, siblings[:-1], tree)
        at = data.draw(st.integers(0, len(siblings) - 1))
        bent = [*siblings[:at], sha256(siblings[at]).digest(), *siblings[at + 1 :]]
        assert not verify_inclusion(leaves[index], index, size, bent, tree)


def test_there_is_no_path_beyond_the_tree() -> None:
    for leaves in ([], [EMPTY]):
        with pytest.raises(IndexError):
            path(leaves, len(leaves))
