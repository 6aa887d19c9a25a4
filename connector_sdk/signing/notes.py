"""Signed notes: short texts with signatures that anyone can check (https://c2sp.org/signed-note)."""

from collections.abc import Iterable
from typing import Final

from connector_sdk.errors import LedgerError
from connector_sdk.signing.signers import Signer, Verifier, from_base64, is_name, to_base64

_DASH: Final = "\u2014 "
_KEY_ID: Final = 4
_MAX_NOTE: Final = 2**20
_MAX_SIGNATURES: Final = 100


def sign_note(text: str, signer: Signer) -> str:
    """Return the note: the text (it ends in a newline), a blank line and the signature line."""
    _require_text(text)
    signature = to_base64(signer.verifier.key_id + signer.sign(text))
    return f"{text}\n{_DASH}{signer.verifier.name} {signature}\n"


def open_note(note: str, verifiers: Iterable[Verifier]) -> tuple[str, tuple[Verifier, ...]]:
    """Return the note's text and the known keys that signed it.

    Signatures of unknown keys are passed over. Raises LedgerError: `note-malformed`, `note-forged` where a
    known key's signature does not fit the text, `note-unknown-key` where no known key signed.
    """
    text, signatures = _parse(note)
    known = {(verifier.name, verifier.key_id): verifier for verifier in verifiers}
    signed_by: dict[Verifier, None] = {}
    for name, key_id, signature in signatures:
        verifier = known.get((name, key_id))
        if verifier is None:
            continue
        if not verifier.verifies(signature, text):
            raise LedgerError(
                f"the signature of {name} does not fit the text above it",
                code="note-forged",
                hint="the text or its signature was changed after signing: keep it and run `audit verify`",
            )
        signed_by[verifier] = None
    if not signed_by:
        raise LedgerError(
            "no trusted key signed this: " + ", ".join(f"{name}+{key.hex()}" for name, key, _ in signatures),
            code="note-unknown-key",
            hint="if you know that key, add its public key line to the file given as --trust",
        )
    return text, tuple(signed_by)


def _parse(note: str) -> tuple[str, list[tuple[str, bytes, bytes]]]:
    text, blank, signatures = note.rpartition("\n\n")
    if len(note) > _MAX_NOTE or not blank or not signatures.endswith("\n"):
        raise _malformed_note()
    text += "\n"
    _require_text(text)
    lines = signatures.split("\n")[:-1]
    if len(lines) > _MAX_SIGNATURES:
        raise _malformed_note()
    return text, [_parse_signature(line) for line in lines]


def _parse_signature(line: str) -> tuple[str, bytes, bytes]:
    name, space, encoded = line.removeprefix(_DASH).partition(" ")
    raw = from_base64(encoded)
    if not line.startswith(_DASH) or not space or not is_name(name) or raw is None or len(raw) <= _KEY_ID:
        raise _malformed_note()
    return name, raw[:_KEY_ID], raw[_KEY_ID:]


def _require_text(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise _malformed_note() from None
    if not text.endswith("\n") or any(character < " " and character != "\n" for character in text):
        raise _malformed_note()


def _malformed_note() -> LedgerError:
    return LedgerError(
        "this is not a signed note",
        code="note-malformed",
        hint="keep a checkpoint exactly as it was printed, with its last line and newline",
    )
