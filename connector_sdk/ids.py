"""Identifiers: run ids that sort by time, and keys by which a target knows a write it has seen."""

import base64
import hmac
import secrets
from datetime import datetime
from uuid import UUID


def uuid7(moment: datetime) -> UUID:
    """Make a UUIDv7 (RFC 9562 §5.7): 48 bits of milliseconds since 1970, the rest random."""
    milliseconds = int(moment.timestamp() * 1000)
    value = (milliseconds & (2**48 - 1)) << 80 | secrets.randbits(80)
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return UUID(int=value)


def idempotency_key(secret: bytes, partition: str, seq: int, position: int, payload: bytes) -> str:
    """Make the key that a target is sent with one record: 43 URL-safe characters, always the same ones.

    It is HMAC-SHA256 over the record's place (partition, batch, position in it) and text, so that a batch
    written again has the same keys, and another record never has one that was used, not even where a ledger
    was restored from a backup and counts its batches anew.
    """
    place = f"{seq}|{position}|{len(partition)}|{partition}|".encode()
    mac = hmac.digest(secret, place + payload, "sha256")
    return base64.urlsafe_b64encode(mac).decode().rstrip("=")
