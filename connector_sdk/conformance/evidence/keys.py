"""The key that a vendor signs evidence with: Ed25519, in a PEM file (PKCS#8) that only its owner reads."""

import os
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from securesystemslib.signer import CryptoSigner, SSlibKey  # type: ignore[attr-defined]  # it is its API

from connector_sdk.conformance.evidence.files import place_new
from connector_sdk.errors import ConfigurationError

_MAX_FILE: Final = 4096


@dataclass(frozen=True, slots=True)
class VendorKey:
    """A private key; `id` is the SHA-256 of its public half, as securesystemslib computes it."""

    signer: CryptoSigner = field(repr=False)

    @property
    def id(self) -> str:
        """What names it in envelopes and trust lists (64 hexadecimal digits)."""
        return self.signer.public_key.keyid

    @property
    def public(self) -> str:
        """Its public half (64 hexadecimal digits)."""
        text: str = self.signer.public_key.keyval["public"]
        return text


def open_key(path: Path, *, create: bool = False) -> VendorKey:
    """Read a key; with `create`, make one where there is none, readable by its owner only.

    Raises ConfigurationError (evidence-key-unusable) where it is missing, damaged, of another kind, or
    others could read it.
    """
    try:
        if create and not path.exists():
            place_new(path, CryptoSigner.generate_ed25519().private_bytes)
        with path.open("rb") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            text = file.read(_MAX_FILE)
    except OSError as error:
        raise _unusable(path, f"cannot be reached: {error.strerror}", "name another with --key") from None
    if mode & 0o077:
        hint = f"chmod 600 '{path}'; if others may have read it, have it revoked and sign with a new one"
        raise _unusable(path, f"can be read by others (mode {mode:o})", hint)
    try:
        private = load_pem_private_key(text, None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise _unusable(path, "is no private key in PEM, or locked", "restore it from its backup") from None
    if not isinstance(private, Ed25519PrivateKey):
        raise _unusable(path, "is not an Ed25519 key", "let a new one be made: name a file that is not there")
    return VendorKey(CryptoSigner(private))


def public_key(public: str) -> SSlibKey:
    """Return the public half as what verifies; raises ValueError where it is no Ed25519 key."""
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public))
    return SSlibKey.from_crypto(key)


def _unusable(path: Path, what: str, hint: str) -> ConfigurationError:
    return ConfigurationError(
        f"the key that evidence is signed with {what}",
        code="evidence-key-unusable",
        hint=hint,
        location=str(path),
    )
