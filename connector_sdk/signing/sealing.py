"""Encrypt what must wait on disk, and derive the salts of commitments.

A sealed text is `0x01 || key id (4) || nonce (12) || AES-256-GCM ciphertext and tag`; the first five bytes
are authenticated together with the caller's associated data. A random nonce is safe for 2^32 texts a key
(NIST SP 800-38D §8.3): one is used a page or dead letter, never a record.
"""

import hashlib
import os
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from connector_sdk.errors import LedgerError

_VERSION: Final = b"\x01"
_ID: Final = 4
_NONCE: Final = 12
_HEAD: Final = len(_VERSION) + _ID


def key_id(key: bytes, purpose: str) -> bytes:
    """Return the first 4 bytes of SHA-256 over purpose and key: safe to show of 32 random bytes."""
    return hashlib.sha256(purpose.encode() + b"\n" + key).digest()[:_ID]


def encrypt(key: bytes, plaintext: bytes, associated: bytes) -> bytes:
    """Seal `plaintext` with the 32-byte spool key, bound to the place that `associated` names."""

    head = _VERSION + key_id(key, "spool")
    nonce = os.urandom(_NONCE)
    return head + nonce + AESGCM(key).encrypt(nonce, plaintext, head + associated)


def decrypt(key: bytes, sealed: bytes, associated: bytes) -> bytes:
    """Open what `encrypt` sealed; raises LedgerError for another key, another place or altered bytes."""

    head, nonce = sealed[:_HEAD], sealed[_HEAD : _HEAD + _NONCE]
    if head[:1] != _VERSION or len(nonce) != _NONCE:
        raise _unreadable("is cut or not in a form that this version knows")
    if head[1:] != key_id(key, "spool"):
        raise _unreadable(f"was sealed with another key ({head[1:].hex()})")
    try:
        return AESGCM(key).decrypt(nonce, sealed[_HEAD + _NONCE :], head + associated)
    except InvalidTag:
        raise _unreadable("was altered, or moved from another place") from None


def derive(key: bytes, purpose: bytes) -> bytes:
    """Return the 32-byte subkey of the HMAC key for one purpose (HKDF-SHA256, RFC 5869)."""

    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(key)


def _unreadable(what: str) -> LedgerError:
    return LedgerError(
        f"an encrypted page or record {what}",
        code="spool-unreadable",
        hint="restore the ledger together with its keys folder from one backup, then run `audit verify`",
    )
