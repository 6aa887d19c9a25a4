"""Keys that sign notes, and their public halves, in the text forms of https://c2sp.org/signed-note."""

import base64
import binascii
import hashlib
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from connector_sdk.errors import ConfigurationError

ED25519: Final = 1
"""Signature type of an Ed25519 key; the byte stands before every encoded key, so that others can follow."""

_PRIVATE: Final = "PRIVATE+KEY+"
_KEY: Final = 32


@dataclass(frozen=True, slots=True)
class Verifier:
    """A public key with the name it signs under; `key_id` tells it in signature lines (4 bytes)."""

    name: str
    public: bytes

    @property
    def key_id(self) -> bytes:
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([ED25519]) + self.public).digest()[:4]

    @property
    def vkey(self) -> str:
        """The line that auditors keep: `<name>+<key id in hex>+<base64 of type and key>`."""
        return f"{self.name}+{self.key_id.hex()}+{to_base64(bytes([ED25519]) + self.public)}"

    @classmethod
    def from_vkey(cls, line: str) -> "Verifier":
        """Read a key line; raises ConfigurationError where it is damaged or of another type."""
        name, key = _split_key(line.strip(), "")
        return cls(name, key)

    def verifies(self, signature: bytes, text: str) -> bool:
        """Tell whether the signature is this key's, over this text."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text.encode())
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True, slots=True)
class Signer:
    """A private key; its text form is `PRIVATE+KEY+<name>+<key id>+<base64 of type and seed>`."""

    verifier: Verifier
    seed: bytes = field(repr=False)

    @classmethod
    def new(cls) -> "Signer":
        """Make a key of its own name: the log it signs need not exist yet."""
        return cls._from_seed(os.urandom(_KEY))

    @classmethod
    def from_text(cls, text: str) -> "Signer":
        """Read the text form; raises ConfigurationError where it is damaged or of another type."""
        name, seed = _split_key(text.strip(), _PRIVATE)
        signer = cls._from_seed(seed, name)
        if signer.text() != text.strip():
            raise _malformed_key("its id is not the one of its key")
        return signer

    @classmethod
    def _from_seed(cls, seed: bytes, name: str | None = None) -> "Signer":
        public = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
        name = name or f"connector-sdk/signer-{hashlib.sha256(public).hexdigest()[:12]}"
        return cls(Verifier(name, public), seed)

    def text(self) -> str:
        """Return the text form, for the key's own file and nothing else."""
        key = to_base64(bytes([ED25519]) + self.seed)
        return f"{_PRIVATE}{self.verifier.name}+{self.verifier.key_id.hex()}+{key}"

    def sign(self, text: str) -> bytes:
        """Return the Ed25519 signature (64 bytes) over the text in UTF-8."""
        return Ed25519PrivateKey.from_private_bytes(self.seed).sign(text.encode())


def trusted(path: Path) -> tuple[Verifier, ...]:
    """Read a file of key lines, one each; blank lines and those that begin with `#` are passed over.

    Raises ConfigurationError where the file cannot be read or a line is no key.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        raise ConfigurationError(
            "the file of trusted keys cannot be read",
            code="trust-unreadable",
            hint="name a text file with one public key a line, such as `keys/signing.pub`",
            location=str(path),
        ) from None
    return tuple(Verifier.from_vkey(line) for line in lines if line.strip() and not line.startswith("#"))


def _split_key(line: str, prefix: str) -> tuple[str, bytes]:
    name, _, rest = line.removeprefix(prefix).partition("+")
    key_id, _, encoded = rest.partition("+")
    raw = from_base64(encoded)
    if not line.startswith(prefix) or not is_name(name) or not name.isprintable() or not raw:
        raise _malformed_key("it is not `<name>+<key id>+<key>`")
    if raw[0] != ED25519 or len(raw) != 1 + _KEY:
        raise _malformed_key(f"it is not an Ed25519 key (type {raw[0]})")
    if not prefix and Verifier(name, raw[1:]).key_id.hex() != key_id:
        raise _malformed_key("its id is not the one of its key")
    return name, raw[1:]


def is_name(name: str) -> bool:
    """Tell whether a key may have this name: neither empty, nor with spaces, nor with a plus."""
    return bool(name) and "+" not in name and not any(character.isspace() for character in name)


def to_base64(raw: bytes) -> str:
    """Write standard base64 (RFC 4648 §4)."""
    return base64.b64encode(raw).decode()


def from_base64(text: str) -> bytes | None:
    """Read standard base64, or None where the text is not exactly what `to_base64` writes."""
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return raw if to_base64(raw) == text else None


def _malformed_key(why: str) -> ConfigurationError:
    return ConfigurationError(
        f"this is not a public key line: {why}",
        code="vkey-malformed",
        hint="copy the line from `keys/signing.pub` beside the ledger, whole and unchanged",
    )
