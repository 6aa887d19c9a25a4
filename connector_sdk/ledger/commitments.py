"""What stands in the ledger instead of keys and values: salted commitments, and the leaves made of them.

A plain hash of a birth date or a subject number is reversed by trying them all; therefore every commitment is
SHA-256 over a secret salt, derived from the ledger's HMAC key, and the value.
"""

import hashlib
from collections.abc import Sequence
from typing import Final

from connector_sdk.signing import derive

PREFIX: Final = 8
"""Bytes of a key commitment by which a record is found again."""

_LEAF_VERSION: Final = b"\x01"


class Commitments:
    """The commitments of one ledger."""

    def __init__(self, hmac_key: bytes) -> None:
        self._key_salt = hashlib.sha256(derive(hmac_key, b"key commitments") * 2)
        self._value_salt = derive(hmac_key, b"value commitments")

    def keys(self, keys: Sequence[bytes]) -> list[bytes]:
        """Commit to keys: equal keys have equal commitments throughout the ledger, 32 bytes each."""
        return _salted(self._key_salt, keys)

    def values(self, partition: str, seq: int, payloads: Sequence[bytes]) -> list[bytes]:
        """Commit to the records of one batch, 32 bytes each; equal records of two batches differ."""
        salt = hashlib.sha256(self._value_salt + f"{partition}|{seq}".encode()).digest()
        return _salted(hashlib.sha256(salt * 2), payloads)


def leaves(keys: Sequence[bytes], values: Sequence[bytes], arrival: int, dispositions: bytes) -> list[bytes]:
    """Return the leaf hash of each record: RFC 6962 §2.1 over version, commitments, arrival, disposition."""
    sha, prefix = hashlib.sha256, b"\x00" + _LEAF_VERSION
    numbered = enumerate(zip(keys, values, strict=True))
    return [
        sha(prefix + key + value + (arrival + index).to_bytes(8) + dispositions[index : index + 1]).digest()
        for index, (key, value) in numbered
    ]


def _salted(salted: "hashlib._Hash", values: Sequence[bytes]) -> list[bytes]:
    # The salt fills one block of SHA-256, so that copying the state after it costs less than hashing it anew.
    hashes = []
    for value in values:
        commitment = salted.copy()
        commitment.update(value)
        hashes.append(commitment.digest())
    return hashes
