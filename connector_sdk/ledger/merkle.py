"""Merkle trees as of RFC 6962 §2.1 (RFC 9162 §2.1): roots, growing logs, proofs of inclusion.

A leaf is `SHA-256(0x00 || entry)`, a node `SHA-256(0x01 || left || right)`, the empty tree `SHA-256("")`.
All functions but `leaf_hash` take leaf hashes, 32 bytes each.
"""

from collections.abc import Sequence
from hashlib import sha256
from typing import Final

from connector_sdk.errors import LedgerError

HASH: Final = 32
"""Bytes of a hash."""

EMPTY: Final = sha256(b"").digest()


def leaf_hash(entry: bytes) -> bytes:
    """Hash one entry."""
    return sha256(b"\x00" + entry).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """Return the root over leaf hashes."""
    if not leaves:
        return EMPTY
    # Level by level, an odd last node moving up as it is, gives RFC 6962's tree: its left parts are complete.
    level = list(leaves)
    while len(level) > 1:
        rest = level[-1:] if len(level) % 2 else []
        pairs = iter(level)
        level = [sha256(b"\x01" + left + right).digest() for left, right in zip(pairs, pairs, strict=False)]
        level += rest
    return level[0]


def root_of_packed(leaves: bytes) -> bytes:
    """Return the root over leaf hashes that stand one after the other."""
    return root([leaves[at : at + HASH] for at in range(0, len(leaves), HASH)])


class Frontier:
    """A growing tree, of which only the roots of its complete subtrees are kept, the largest first."""

    __slots__ = ("_roots", "size")

    def __init__(self) -> None:
        self.size = 0
        self._roots: list[bytes] = []

    @classmethod
    def from_bytes(cls, size: int, packed: bytes) -> "Frontier":
        """Take up a tree of `size` leaves where `to_bytes` left it; raises LedgerError if they disagree."""
        if size < 0 or len(packed) != size.bit_count() * HASH:
            raise LedgerError(
                "the head of the audit log is damaged",
                code="audit-head-damaged",
                hint="run `connector-sdk audit verify`, then restore the ledger from the backup",
            )
        frontier = cls()
        frontier.size = size
        frontier._roots = [packed[at : at + HASH] for at in range(0, len(packed), HASH)]
        return frontier

    def to_bytes(self) -> bytes:
        """Return the subtrees' roots, 32 bytes each, as many as `size` has bits set."""
        return b"".join(self._roots)

    def append(self, leaf: bytes) -> None:
        """Add a leaf hash; two subtrees of one size become one."""
        node = leaf
        size = self.size
        while size & 1:
            node = sha256(b"\x01" + self._roots.pop() + node).digest()
            size >>= 1
        self._roots.append(node)
        self.size += 1

    def root(self) -> bytes:
        """Return the root over all leaves so far."""
        if not self._roots:
            return EMPTY
        *rest, node = self._roots
        for subtree in reversed(rest):
            node = sha256(b"\x01" + subtree + node).digest()
        return node


def path(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """Return the audit path of a leaf, the nearest sibling first (RFC 9162 §2.1.3.1)."""
    if not 0 <= index < len(leaves):
        raise IndexError(index)
    siblings = []
    level = list(leaves)
    while len(level) > 1:
        if index ^ 1 < len(level):
            siblings.append(level[index ^ 1])
        level = [root(level[at : at + 2]) for at in range(0, len(level), 2)]
        index >>= 1
    return siblings


def verify_inclusion(leaf: bytes, index: int, size: int, siblings: Sequence[bytes], tree: bytes) -> bool:
    """Tell whether the path leads from a leaf to the root of a tree of `size` (RFC 9162 §2.1.3.2)."""
    if not 0 <= index < size:
        return False
    node, last = leaf, size - 1
    for sibling in siblings:
        if last == 0:
            return False
        if index & 1 or index == last:
            node = sha256(b"\x01" + sibling + node).digest()
            while not index & 1:
                index >>= 1
                last >>= 1
        else:
            node = sha256(b"\x01" + node + sibling).digest()
        index >>= 1
        last >>= 1
    return last == 0 and node == tree
