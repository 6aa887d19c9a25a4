"""An envelope is read strictly, and its signature is over every byte of the statement."""

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from connector_sdk.conformance.evidence.doubt import Refused
from connector_sdk.conformance.evidence.envelope import MAX_BYTES, countersign, seal
from connector_sdk.conformance.evidence.statement import payload
from connector_sdk.conformance.outcome import Status
from tests.conformance.evidence.looking import look, refused
from tests.conformance.evidence.samples import Case, envelope_of, new_key, with_status


def _enveloped(case: Case, **changes: Any) -> bytes:
    return json.dumps({**envelope_of(case.evidence), **changes}).encode()


def _foreign(case: Case) -> bytes:
    """Somebody else's signature under the trusted key's id."""
    other = envelope_of(seal(payload(case.report), new_key()))["signatures"][0]["sig"]
    return _enveloped(case, signatures=[{"keyid": case.key.id, "sig": other}])


def _edited_payload(case: Case) -> bytes:
    text = payload(with_status(case.report, RTY_02=Status.FAIL))
    return _enveloped(case, payload=base64.b64encode(text).decode())


def _two_statements(case: Case) -> bytes:
    return case.evidence + seal(payload(replace(case.report, seed=1)), new_key())


def _doubled(case: Case) -> bytes:
    """A statement in which the tier stands twice: readers differ about which one counts."""
    text = payload(case.report).replace(b'"tier":"silver"}', b'"tier":"silver","tier":"silver"}', 1)
    assert text != payload(case.report)
    return seal(text, case.key)


SPOILT: dict[str, tuple[Callable[[Case], bytes], str, str]] = {
    "nothing": (lambda _: b"", "form", "not strict JSON"),
    "no JSON": (lambda _: b"\x00\xff\xfe garbage", "form", "not strict JSON"),
    "another kind of JSON": (lambda _: b"[1]", "form", "another form"),
    "deep JSON": (lambda _: b"[" * 100_000, "form", "not strict JSON"),
    "a long number": (lambda _: b'{"payload":' + b"9" * 10_000 + b"}", "form", "not whole"),
    "too much": (lambda case: case.evidence + b" " * MAX_BYTES, "form", "larger than"),
    "too many lines": (lambda case: case.evidence * 17, "form", "more than 16 lines"),
    "something behind it": (lambda case: case.evidence.rstrip() + b"{}", "form", "not strict JSON"),
    "an empty line behind it": (lambda case: case.evidence + b"\n", "form", "line 2 is not strict JSON"),
    "a key twice": (lambda case: case.evidence.replace(b'{"', b'{"payload":"","', 1), "form", "twice"),
    "a statement's key twice": (_doubled, "form", "twice"),
    "another payload type": (lambda case: _enveloped(case, payloadType="text/plain"), "form", "'text/plain'"),
    "an unknown member": (lambda case: _enveloped(case, extra=1), "form", "another form"),
    "no base64": (lambda case: _enveloped(case, payload="*"), "form", "not base64"),
    "loose base64": (
        lambda case: _enveloped(case, payload=envelope_of(case.evidence)["payload"] + "\n"),
        "form",
        "not base64",
    ),
    "a short signature": (
        lambda case: _enveloped(case, signatures=[{"keyid": case.key.id, "sig": "AAAA"}]),
        "signature",
        "does not fit",
    ),
    "somebody else's signature": (_foreign, "signature", "does not fit"),
    "an edited payload": (_edited_payload, "signature", "does not fit"),
    "one key twice": (lambda case: case.evidence * 2, "signature", "two signatures"),
    "two statements": (_two_statements, "form", "not signatures of one statement"),
    "a statement in latin-1": (lambda case: seal(b'{"a":"\xe9"}', case.key), "form", "not strict JSON"),
    "a statement that is a list": (lambda case: seal(b"[]", case.key), "form", "another form"),
}


@pytest.mark.parametrize("what", SPOILT)
def test_a_spoilt_envelope_is_refused(case: Case, what: str) -> None:
    spoil, kind, words = SPOILT[what]
    refused(look(case, spoil(case)), kind, words)


def test_a_key_signs_once(case: Case) -> None:
    with pytest.raises(Refused, match="has signed it already"):
        countersign(case.evidence, case.key)
