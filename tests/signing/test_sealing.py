"""What is encrypted on disk opens again with the same key at the same place, and not otherwise."""

import hashlib
import hmac
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector_sdk.errors import LedgerError
from connector_sdk.signing import decrypt, derive, encrypt

KEY, OTHER = os.urandom(32), os.urandom(32)

pytestmark = pytest.mark.req("P11-30")


def refused(key: bytes, sealed: bytes, associated: bytes) -> str:
    with pytest.raises(LedgerError) as caught:
        decrypt(key, sealed, associated)
    assert caught.value.code == "spool-unreadable"
    return str(caught.value)


@given(plaintext=st.binary(), associated=st.binary())
def test_what_is_sealed_opens(plaintext: bytes, associated: bytes) -> None:
    sealed = encrypt(KEY, plaintext, associated)
    assert decrypt(KEY, sealed, associated) == plaintext
    assert sealed != encrypt(KEY, plaintext, associated)
    assert len(sealed) == len(plaintext) + 1 + 4 + 12 + 16


@given(at=st.integers(0, 32 + 16), bit=st.integers(0, 7))
def test_any_altered_bit_is_noticed(at: int, bit: int) -> None:
    sealed = bytearray(encrypt(KEY, b"canary 0123456789", b"spool|1"))
    sealed[at] ^= 1 << bit
    refused(KEY, bytes(sealed), b"spool|1")


def test_another_key_is_named_by_its_id_only() -> None:
    sealed = encrypt(KEY, b"canary", b"")
    assert "another key" in refused(OTHER, sealed, b"")
    assert sealed[1:5].hex() in refused(OTHER, sealed, b"")


def test_a_page_moved_to_another_place_does_not_open() -> None:
    assert "moved" in refused(KEY, encrypt(KEY, b"canary", b"spool|1"), b"spool|2")


@pytest.mark.parametrize("length", range(34))
def test_a_cut_page_does_not_open(length: int) -> None:
    refused(KEY, encrypt(KEY, b"canary", b"")[: min(length, 38)], b"")


def test_nothing_of_the_text_shows() -> None:
    assert b"canary" not in encrypt(KEY, b"canary" * 10, b"")


def test_subkeys_are_those_of_rfc_5869_and_differ_by_purpose() -> None:
    # Independent: extract and expand written out with the standard library.
    extracted = hmac.digest(bytes(32), KEY, hashlib.sha256)
    assert derive(KEY, b"keys") == hmac.digest(extracted, b"keys\x01", hashlib.sha256)
    assert derive(KEY, b"keys") != derive(KEY, b"values")
    assert derive(KEY, b"keys") != derive(OTHER, b"keys")
