"""Keys, and what is done with them: signed notes, encrypted pages, secret salts."""

from connector_sdk.signing.keys import KeyRing
from connector_sdk.signing.notes import open_note, sign_note
from connector_sdk.signing.sealing import decrypt, derive, encrypt
from connector_sdk.signing.signers import Signer, Verifier, trusted

__all__ = [
    "KeyRing",
    "Signer",
    "Verifier",
    "decrypt",
    "derive",
    "encrypt",
    "open_note",
    "sign_note",
    "trusted",
]
