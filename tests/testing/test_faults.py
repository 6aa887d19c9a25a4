"""Scripted faults strike whom they are meant for, as often as told, and are counted."""

from collections.abc import Iterator
from datetime import UTC, datetime
from http.client import HTTPException, IncompleteRead
from typing import Any

import pytest

from connector_sdk.errors import ConfigurationError
from connector_sdk.testing import Caller
from tests.testing.small_vendor import SmallVendor


@pytest.fixture
def vendor() -> Iterator[SmallVendor]:
    with SmallVendor() as simulator:
        yield simulator


@pytest.fixture
def caller(vendor: SmallVendor) -> Iterator[Caller]:
    with Caller(vendor.url) as caller:
        yield caller


def _statuses(caller: Caller, count: int, path: str = "/items/1") -> list[int]:
    return [caller.ask("GET", path).status for _ in range(count)]


def test_a_status_strikes_after_some_and_so_many_times(vendor: SmallVendor, caller: Caller) -> None:
    vendor.fault({"path": "/items"}, after=1, times=2, status=503)
    assert _statuses(caller, 5) == [200, 503, 503, 200, 200]
    assert vendor.answers == {"GET /items/{name}": {200: 3, 503: 2}}


def test_a_fault_without_times_strikes_once_and_one_with_null_for_ever(
    vendor: SmallVendor, caller: Caller
) -> None:
    vendor.fault(status=500)
    assert _statuses(caller, 2) == [500, 200]
    vendor.fault(
        times=None, status=429, headers={"Retry-After": "7"}, body="slow down", content_type="text/plain"
    )
    assert _statuses(caller, 4) == [429] * 4
    answer = caller.ask("GET", "/items/1")
    assert (answer.headers["Retry-After"], answer.headers["Content-Type"]) == ("7", "text/plain")
    assert answer.body == b"slow down"
    vendor.faults.clear()
    assert _statuses(caller, 1) == [200]


def test_a_fault_fits_by_method_and_path(vendor: SmallVendor, caller: Caller) -> None:
    vendor.fault({"method": "POST"}, status=500)
    vendor.fault({"path": r"/items/\d$"}, status=502)
    assert _statuses(caller, 1, "/items/x") == [200]
    assert _statuses(caller, 2) == [502, 200]
    assert caller.ask("POST", "/items", body=b"1").status == 500
    assert vendor.kept == []


@pytest.mark.parametrize(("when", "kept"), [("before", []), ("after", [b"1"])])
def test_a_connection_drops_before_or_after_the_work_was_done(
    vendor: SmallVendor, caller: Caller, when: str, kept: list[bytes]
) -> None:
    vendor.fault({"method": "POST"}, close=when)
    with pytest.raises((OSError, HTTPException)):
        caller.ask("POST", "/items", body=b"1")
    assert vendor.kept == kept
    assert vendor.answers == {"POST /items": {0: 1}}
    assert list(vendor.exchanges) == [("POST", "/items", 0)]


def test_a_cut_body_is_shorter_than_it_says(vendor: SmallVendor, caller: Caller) -> None:
    vendor.fault(cut=100)
    with pytest.raises(IncompleteRead) as cut:
        caller.ask("GET", "/items/1")
    assert len(cut.value.partial) == 100


def test_a_page_of_maintenance_has_status_200(vendor: SmallVendor, caller: Caller) -> None:
    vendor.fault(html=True)
    answer = caller.ask("GET", "/items/1")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/html;charset=UTF-8")
    assert answer.body.startswith(b"<!DOCTYPE html>")


def test_a_delay_comes_before_the_answer_and_ends_with_the_simulator(vendor: SmallVendor) -> None:
    vendor.fault(delay=0.05)
    with Caller(vendor.url) as caller:
        assert caller.ask("GET", "/items/1").status == 200


def test_a_fault_of_the_vendors_own_reaches_its_handler(vendor: SmallVendor, caller: Caller) -> None:
    vendor.fault(tired={"since": "noon"})
    answer = caller.ask("GET", "/items/1")
    assert (answer.status, answer.json()) == (500, {"tired": {"since": "noon"}})


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"status": 503, "cut": 1},
        {"status": 99},
        {"status": 503, "heders": {}},
        {"unheard_of": True},
        {"close": "later"},
        {"cut": -1},
        {"delay": "long"},
        {"html": False},
        {"status": 503, "times": 0},
        {"status": 503, "after": -1},
        {"status": 503, "match": {"host": "x"}},
        {"status": 503, "match": "all"},
    ],
)
def test_a_fault_that_is_not_understood_is_refused(
    vendor: SmallVendor, caller: Caller, document: dict[str, Any]
) -> None:
    with pytest.raises(ConfigurationError) as refused:
        vendor.faults.add(document)
    assert refused.value.code == "simulator-fault"
    answer = caller.ask("POST", "/_simulator/faults", json=[document])
    assert answer.status == 400
    assert _statuses(caller, 1) == [200]


def test_another_process_scripts_faults_and_asks_for_counts(caller: Caller) -> None:
    faults = [{"match": {"path": "/items"}, "times": 9, "status": 503}]
    assert caller.ask("POST", "/_simulator/faults", json=faults).json() == {"faults": 1}
    assert _statuses(caller, 1) == [503]
    assert caller.ask("DELETE", "/_simulator/faults").status == 200
    assert _statuses(caller, 1) == [200]
    assert caller.ask("GET", "/_simulator/requests").json() == {
        "total": 2,
        "endpoints": {"GET /items/{name}": {"requests": 2, "answers": {"200": 1, "503": 1}}},
    }
    assert caller.ask("POST", "/_simulator/nothing", json={}).status == 404


def test_counts_hold_no_credentials(caller: Caller) -> None:
    caller.ask("GET", "/items/1", query={"key": "hunter2"}, headers={"Authorization": "Bearer hunter3"})
    assert b"hunter" not in caller.ask("GET", "/_simulator/requests").body


def test_settings_keep_their_types(vendor: SmallVendor, caller: Caller) -> None:
    changed = caller.ask("POST", "/_simulator/settings", json={"page_size": 5, "shuffled": True})
    assert changed.json() == {"page_size": 5, "shuffled": True}
    for wrong in ({"page_size": 7, "shuffled": 1}, {"page_size": 7, "more": 1}):
        refused = caller.ask("POST", "/_simulator/settings", json=wrong)
        assert refused.status == 400
        assert vendor.settings.page_size == 5
    assert _code_of({"page_size": "7"}, vendor) == "simulator-setting"


def _code_of(document: dict[str, Any], vendor: SmallVendor) -> str:
    with pytest.raises(ConfigurationError) as refused:
        vendor.controls()["settings"](document)
    return refused.value.code


def test_the_clock_can_be_set_and_moved(vendor: SmallVendor, caller: Caller) -> None:
    caller.ask("POST", "/_simulator/clock", json={"now": "2026-03-29T02:30:00+02:00"})
    assert vendor.clock.now() == datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
    assert caller.ask("GET", "/items/1").headers["Date"] == "Sun, 29 Mar 2026 00:30:00 GMT"
    moved = caller.ask("POST", "/_simulator/clock", json={"advance": 60})
    assert moved.json() == {"now": "2026-03-29T00:31:00+00:00"}
    assert caller.ask("POST", "/_simulator/clock", json={"now": "2026-03-29T02:30:00"}).status == 400
    caller.ask("POST", "/_simulator/clock", json={"now": None})
    assert vendor.clock.now() > datetime(2026, 3, 29, 1, tzinfo=UTC)
