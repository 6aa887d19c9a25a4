"""ERR: what goes wrong ends in the error that tells what to do next, and in no other."""

import socket
from collections.abc import Callable, Mapping
from typing import Any, Final

from connector_sdk.conformance.book import parse, with_leaves
from connector_sdk.conformance.book import written as as_text
from connector_sdk.conformance.catalogue import rule
from connector_sdk.conformance.child import Reading, Writing
from connector_sdk.conformance.comparing import shown
from connector_sdk.conformance.errands import Errand, errands
from connector_sdk.conformance.lab import PATIENT, Lab
from connector_sdk.conformance.outcome import Tier
from connector_sdk.conformance.player import Change, Fault, Reply
from connector_sdk.conformance.player.aim import on_data, on_token, on_writes
from connector_sdk.conformance.player.faults import answering, hang, reset
from connector_sdk.conformance.protocol import Failure
from connector_sdk.conformance.receiving import repeatable
from connector_sdk.conformance.watching import FOREIGN
from connector_sdk.errors import RecordError
from connector_sdk.testing.wire_listener import LOOPBACK

TABLE: Final[Mapping[int, str]] = {
    400: "InvalidInputError",
    401: "AuthenticationError",
    403: "AccessDeniedError",
    404: "NotFoundError",
    405: "InvalidInputError",
    408: "UnavailableError",
    409: "ConflictError",
    410: "NotFoundError",
    412: "ConflictError",
    413: "InvalidInputError",
    415: "InvalidInputError",
    422: "InvalidInputError",
    429: "ThrottledError",
    500: "UnavailableError",
    501: "InvalidInputError",
    502: "UnavailableError",
    503: "UnavailableError",
    504: "UnavailableError",
    520: "UnavailableError",
}
"""The class of a status whose body says nothing."""
MAY_PASS: Final = frozenset({"UnavailableError", "ThrottledError", "UnreachableError"})
"""The classes after which the same may succeed later; all others say that it will not."""
UNREACHABLE: Final = "UnreachableError"
SHORT: Final = ("a 403", "a 422", "a 503", "a reset")
SILENCE: Final = "silence"
QUICK: Final = {"read": 0.3, "total": 3.0}
"""Seconds, where the server falls silent; elsewhere a busy machine must not be taken for silence."""


@rule("ERR-01", Tier.BRONZE, requires=("CAP-01", "RD-01", "WRT-01"), faults=True)
def each_failure_by_its_name(lab: Lab) -> None:
    """Every status, and every failure of the network, ends in the SDK's error for it, told apart by
    whether it may pass.

    A scheduler goes by nothing else: it repeats what never succeeds, or leaves lying what would have
    succeeded a minute later, and a person looks for the fault where it is not.
    """
    cells: dict[str, tuple[Change, str]] = {
        **{f"a {status}": (answering(status), kind) for status, kind in TABLE.items()},
        "a reset": (reset(), UNREACHABLE),
        SILENCE: (hang(), UNREACHABLE),
    }
    whole: set[bool] = set()
    for errand in errands(lab):
        # One stream and one sink are tried with all; the others of a connector share what classifies.
        some = cells if errand.writes not in whole else {name: cells[name] for name in SHORT}
        whole.add(errand.writes)
        for name, (change, kind) in some.items():
            during = f"{errand.collection}, {name}"
            # What a write first asks about the target is not the write.
            fault = Fault(name, change, on_writes() if errand.writes else on_data(0), times=None)
            timeouts = QUICK if name == SILENCE else PATIENT
            with lab.visit(errand.scenario, faults=[fault], timeouts=timeouts) as visit:
                tried = errand.done(visit)
            if isinstance(tried, Writing):
                _written(lab, errand, tried, kind, during)
            else:
                _read(lab, tried, kind, during)
        _refused(lab, errand)
    lab.facts.append(f"{len(cells) + 1} kinds of failures")


@rule("ERR-02", Tier.BRONZE, requires=("CAP-01",), judges=True, faults=True)
def only_errors_of_the_sdk(lab: Lab) -> None:
    """No exception but the SDK's own crossed the connector's border, in whatever all rules did.

    What no one has classified nobody handles: the run ends as "internal error", with a traceback that
    quotes what was being read.
    """
    for name, change in _ODD.items():
        for errand in errands(lab):
            _odd(lab, errand, Fault(f"an answer that is {name}", change, on_data(), times=None))
        if "auth" in lab.capabilities:
            fault = Fault(f"a login answered with {name}", change, on_token(), times=None)
            _odd(lab, errands(lab)[0], fault)
    found = lab.examination.findings.of(FOREIGN)
    lab.holds(not found, "; ".join(found[:3]))


def _read(lab: Lab, reading: Reading, kind: str, during: str) -> None:
    failure = lab.sdk_error(reading, during)
    _is(lab, failure, kind, during)
    lab.holds(not reading.records, f"{during}: {len(reading.records)} records came of it")


def _written(lab: Lab, errand: Errand, writing: Writing, kind: str, during: str) -> None:
    """Assert the same of a write: what is wrong with a record alone may become a dead letter instead."""
    applied = writing.applied
    lab.holds(applied == 0, f"{during}: {applied} records are said to be applied")
    if writing.raised is None:
        lab.holds(kind not in MAY_PASS, f"{during}: records became dead letters of what may pass")
        return
    failure = lab.sdk_error(writing, during)
    if failure.is_a("OutcomeUnknownError") and not repeatable(lab, errand.collection):
        lab.holds(
            kind in MAY_PASS, f"{during}: the system said no, and {shown(failure)} says that nobody knows"
        )
        return
    _is(lab, failure, kind, during)


def _is(lab: Lab, failure: Failure, kind: str, during: str) -> None:
    """Assert the class, or one that the connector chose under a code of its own; never the other half."""
    half = failure.retryable == (kind in MAY_PASS)
    lab.holds(half, f"{during}: {shown(failure)} says that it may {'' if failure.retryable else 'not '}pass")
    own = failure.code.startswith((f"{lab.connector}:", f"{lab.connector}-"))
    lab.holds(own or failure.is_a(kind), f"{during}: it ended with {shown(failure)} instead of {kind}")


def _refused(lab: Lab, errand: Errand) -> None:
    """Assert the error where nobody listens."""
    with socket.socket() as taken:
        taken.bind((LOOPBACK, 0))  # and does not listen; nobody else can, meanwhile
        tried = errand.done_at(f"http://{LOOPBACK}:{taken.getsockname()[1]}", PATIENT)
    during = f"{errand.collection}, nobody listening"
    failure = lab.sdk_error(tried, during)
    right = failure.is_a(UNREACHABLE) and failure.retryable
    lab.holds(right, f"{during}: it ended with {shown(failure)} instead of {UNREACHABLE}")


def _odd(lab: Lab, errand: Errand, fault: Fault) -> None:
    with lab.visit(errand.scenario, faults=[fault]) as visit:
        errand.done(visit)


def _json(text: bytes) -> Change:
    return lambda _seen, _reply: Reply(200, {"Content-Type": "application/json"}, text)


def _reshaped(change: Callable[[Any], Any]) -> Change:
    def changed(_seen: object, reply: Reply) -> Reply:
        try:
            tree = parse(reply.body)
        except RecordError:
            return Reply(reply.status, reply.headers, b"{}")
        return Reply(reply.status, reply.headers, as_text(change(tree)))

    return changed


_ODD: Final[Mapping[str, Change]] = {
    "null": _json(b"null"),
    "a list": _json(b"[]"),
    "an object without anything": _json(b"{}"),
    "no UTF-8": _json(b'{"\xff": "\xfe"}'),
    "nested very deeply": _json(b"[" * 20_000),
    "all nulls": _reshaped(lambda tree: with_leaves(tree, lambda _: None)),
    "all lists": _reshaped(lambda tree: with_leaves(tree, lambda _: [])),
}
"""Answers with a successful status in which nothing is what it should be."""
