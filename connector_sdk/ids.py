"""Identifiers: run ids that sort by time."""

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
