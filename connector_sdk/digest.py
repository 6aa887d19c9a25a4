"""Digests of documents: one canonical form, one notation."""

import hashlib
import json
from decimal import Decimal
from typing import Any


def canonical(document: Any) -> bytes:
    """Write plain data (no floats) as one JSON text, whatever order its keys came in.

    RFC 8785 (JCS) for the values used here: objects sorted by key, no spaces, UTF-8.
    """
    return json.dumps(
        document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode()


def sha256(data: bytes) -> str:
    """Return `sha256:` and 64 hexadecimal digits."""
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def digest(document: Any) -> str:
    """Return the digest of a document's canonical form."""
    return sha256(canonical(document))


def without_decimals(value: Any) -> Any:
    """Return plain data with its decimals as text, digit for digit, which is how digests take them."""
    if isinstance(value, dict):
        return {key: without_decimals(part) for key, part in value.items()}
    if isinstance(value, list):
        return [without_decimals(part) for part in value]
    return str(value) if isinstance(value, Decimal) else value
