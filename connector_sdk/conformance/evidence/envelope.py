"""Signed statements: DSSE envelopes (https://github.com/secure-systems-lab/dsse), one a line.

Several lines are several signatures of one statement, such as the vendor's and a second one by others.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Final

import msgspec
from msgspec import Meta
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import UnverifiedSignatureError
from securesystemslib.signer import Signature, SSlibKey  # type: ignore[attr-defined]  # it is its API

from connector_sdk.conformance.evidence.claim import strict_json
from connector_sdk.conformance.evidence.doubt import Refused
from connector_sdk.conformance.evidence.keys import VendorKey
from connector_sdk.digest import canonical
from connector_sdk.documents.wording import quote
from connector_sdk.signing.signers import from_base64

PAYLOAD_TYPE: Final = "application/vnd.in-toto+json"
MAX_BYTES: Final = 1 << 20
"""1 MiB: a statement about all rules has some 10 KiB."""

_MAX_LINES: Final = 16


class _Signature(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    keyid: Annotated[str, Meta(pattern=r"\A[0-9a-f]{64}\Z")]
    sig: str


class _Envelope(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    payload: str
    payload_type: str = msgspec.field(name="payloadType")
    signatures: Annotated[list[_Signature], Meta(max_length=_MAX_LINES)]


@dataclass(frozen=True, slots=True)
class Sealed:
    """A statement's bytes, and signatures (not verified yet) by key id."""

    payload: bytes
    signatures: Mapping[str, bytes]

    def signed_by(self, key: SSlibKey) -> bool:
        """Tell whether the signature that bears this key's id is one of the key, over these bytes."""
        signature = Signature(key.keyid, self.signatures[key.keyid].hex())
        envelope = Envelope(self.payload, PAYLOAD_TYPE, {key.keyid: signature})
        try:
            envelope.verify([key], 1)
        except UnverifiedSignatureError:
            return False
        return True


def seal(payload: bytes, key: VendorKey) -> bytes:
    """Return evidence: the line of an envelope, signed."""
    envelope = Envelope(payload, PAYLOAD_TYPE, {})
    envelope.sign(key.signer)
    return canonical(envelope.to_dict()) + b"\n"


def countersign(evidence: bytes, key: VendorKey) -> bytes:
    """Return the evidence with one more line, in which another key signs the same statement.

    Raises Refused where it is no evidence or already signed by this key.
    """
    sealed = unseal(evidence)
    if key.id in sealed.signatures:
        raise Refused("signature", "this key has signed it already")
    return evidence.removesuffix(b"\n") + b"\n" + seal(sealed.payload, key)


def unseal(evidence: bytes) -> Sealed:
    """Read evidence; raises Refused where it is not strictly what `seal` and `countersign` write."""
    if len(evidence) > MAX_BYTES:
        raise Refused("form", f"the evidence is larger than {MAX_BYTES} bytes")
    lines = evidence.removesuffix(b"\n").split(b"\n")
    if len(lines) > _MAX_LINES:
        raise Refused("form", f"the evidence has more than {_MAX_LINES} lines")
    payloads: set[bytes] = set()
    signatures: dict[str, bytes] = {}
    for number, line in enumerate(lines, 1):
        envelope = _envelope(line, f"envelope on line {number}")
        payloads.add(_decoded(envelope.payload, f"payload on line {number}"))
        for each in envelope.signatures:
            if each.keyid in signatures:
                raise Refused("signature", f"two signatures bear the key id {each.keyid[:12]}")
            signatures[each.keyid] = _decoded(each.sig, f"signature on line {number}")
    if len(payloads) > 1:
        raise Refused("form", "its lines are not signatures of one statement")
    return Sealed(payloads.pop(), signatures)


def _envelope(line: bytes, what: str) -> _Envelope:
    tree = strict_json(line, what)
    try:
        envelope = msgspec.convert(tree, _Envelope)
    except msgspec.ValidationError as error:
        raise Refused("form", f"the {what} has another form: {quote(str(error))}") from None
    if envelope.payload_type != PAYLOAD_TYPE:
        raise Refused("form", f"the {what} holds no in-toto statement, but {quote(envelope.payload_type)}")
    return envelope


def _decoded(text: str, what: str) -> bytes:
    raw = from_base64(text)
    if raw is None:
        raise Refused("form", f"the {what} is not base64")
    return raw
