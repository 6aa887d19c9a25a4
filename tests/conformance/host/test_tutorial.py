"""The tutorial's connector is described, read, resumed and written in a process of its own."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from connector_sdk.conformance.channel import Raised
from connector_sdk.conformance.child import Child
from connector_sdk.testing import Request, Response, Route, Simulator, as_json

CLOCK = datetime(2026, 1, 1, tzinfo=UTC)


class Lims(Simulator):
    """Two pages of samples, and results kept by their idempotency key."""

    def __init__(self) -> None:
        self.samples = [
            {"id": f"S-{number}", "updated_at": f"2026-01-0{number}T00:00:00Z", "initials": None}
            for number in (1, 2, 3)
        ]
        self.keys: list[str] = []
        self.bodies: list[bytes] = []
        super().__init__()

    def routes(self) -> list[Route]:
        return [
            Route("POST", "/oauth/token", lambda _: as_json({"access_token": "t", "token_type": "Bearer"})),
            Route("GET", "/samples", self._samples),
            Route("POST", "/results", self._result),
        ]

    @property
    def config(self) -> dict[str, Any]:
        return {"base_url": self.url, "client_id": "cid", "client_secret": "s3cret"}

    def _samples(self, request: Request) -> Response:
        query = dict(request.query)
        wanted = [each for each in self.samples if each["updated_at"] >= query.get("updated_since", "")]
        start = int(query.get("cursor", 0))
        following = str(start + 2) if start + 2 < len(wanted) else None
        return as_json({"data": wanted[start : start + 2], "next": following, "total": len(wanted)})

    def _result(self, request: Request) -> Response:
        self.keys.append(request.headers["Idempotency-Key"])
        self.bodies.append(request.body)
        if b"BAD" in request.body:
            return as_json({"errors": [{"code": "no"}]}, 422)
        return as_json({"ok": True}, 201)


@pytest.fixture
def lims() -> Iterator[Lims]:
    with Lims() as running:
        yield running


def test_it_is_described_without_configuration_and_without_a_word_to_anybody(child: Child) -> None:
    described = child.describe("acme")
    assert (described.name, described.vendor, described.api_versions) == ("acme", "Acme LIMS", ["2026-01"])
    assert (described.distribution, described.version) == ("acme-lims", "0.1.0")
    assert [(each.name, each.required, each.secret) for each in described.settings] == [
        ("base_url", True, False),
        ("client_id", True, False),
        ("client_secret", True, True),
    ]
    (stream,), (sink,) = described.streams, described.sinks
    assert (stream.name, stream.completeness, stream.fields) == (
        "samples",
        "P",
        ["id", "updated_at", "initials"],
    )
    assert (sink.name, sink.delivery, sink.keyed, sink.sends_keys) == ("results", "E", False, True)
    assert child.describe("acme") == described
    told = child.told()
    assert [told.connects, told.lookups, told.opened_files, told.threads, told.processes] == [[]] * 5


def test_it_reads_page_by_page_and_another_process_goes_on(fork: Callable[..., Child], lims: Lims) -> None:
    first = fork()
    handle = first.open("acme", lims.config, clock=CLOCK)
    number = first.begin(handle, "samples")
    page = first.next(number)
    assert page is not None
    assert [json.loads(text)["id"] for text in page.records] == ["S-1", "S-2"]
    first.stop(number)
    reading = first.read(handle, "samples")
    assert [len(each.records) for each in reading.pages] == [2, 1]
    assert reading.faults == []
    assert reading.raised is None
    lims.samples.append({"id": "S-4", "updated_at": "2026-01-04T00:00:00Z", "initials": "AB"})
    second = fork()
    again = second.open("acme", lims.config, clock=CLOCK)
    rest = second.read(again, "samples", reading.state)
    assert [json.loads(text)["id"] for text in rest.records] == ["S-4"]
    assert second.read(again, "samples", rest.state).state == rest.state
    assert [(call.method, call.path) for call in first.told().calls][:2] == [
        ("POST", "/oauth/token"),
        ("GET", "/samples"),
    ]


def test_only_so_many_pages_are_read_as_asked_for(child: Child, lims: Lims) -> None:
    handle = child.open("acme", lims.config, clock=CLOCK)
    reading = child.read(handle, "samples", pages=1)
    assert len(reading.records) == 2


def test_it_writes_with_the_same_keys_whenever_the_batch_is_the_same(
    fork: Callable[..., Child], lims: Lims
) -> None:
    records = [b'{"sample": "S-1", "value": 1.50}', b'{"sample": "BAD", "value": 2}']
    for _ in range(2):
        child = fork()
        handle = child.open("acme", lims.config, clock=CLOCK)
        writing = child.write(handle, "results", records, key=["sample"])
        assert writing.raised is None
        assert [(each.disposition, each.code) for each in writing.outcomes] == [
            ("applied", ""),
            ("dead_lettered", "acme:no"),
        ]
    assert lims.bodies == records * 2
    assert lims.keys[:2] == lims.keys[2:]
    assert len(set(lims.keys)) == 2
    child.write(handle, "results", records, key=["sample"], seq=2)
    assert len(set(lims.keys)) == 4


def test_closing_leaves_nothing_behind_and_may_be_repeated(child: Child, lims: Lims) -> None:
    handle = child.open("acme", lims.config, clock=CLOCK)
    child.read(handle, "samples")
    resources = child.close(handle)
    assert resources.after == resources.before
    assert child.close(handle) == resources


def test_what_the_connector_raises_is_described(child: Child, lims: Lims) -> None:
    with pytest.raises(Raised) as caught:
        child.open("acme", {**lims.config, "client_idd": "x"}, clock=CLOCK)
    failure = caught.value.failure
    assert (failure.kind, failure.code, failure.from_sdk) == ("DocumentError", "unknown-key", True)
    assert failure.is_a("ConfigurationError")
    assert failure.bases == ["ConfigurationError", "ConnectorError"]
    assert (failure.exit_code, failure.retryable) == (2, False)
    assert "client_idd" in failure.message
    assert "s3cret" not in failure.text
    handle = child.open("acme", lims.config, clock=CLOCK)
    reading = child.read(handle, "sampels")
    assert reading.raised is not None
    assert reading.raised.code == "unknown-stream"
    assert child.told().connects == []
