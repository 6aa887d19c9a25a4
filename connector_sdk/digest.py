"""Digests of documents: one canonical form, one notation."""

import hashlib
import json
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
