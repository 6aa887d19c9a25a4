"""All that a connector lets be known is told, by each process its own, and time passes only as it sleeps."""

import os
import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connector_sdk.conformance.child import Child
from connector_sdk.conformance.protocol import Told
from tests.conformance.host.test_tutorial import CLOCK, Lims


@pytest.fixture
def lims() -> Iterator[Lims]:
    with Lims() as running:
        yield running


@pytest.fixture
def spoken(child: Child) -> Told:
    """Return what is told after a read by a connector that does all that can be noticed."""
    handle = child.open("speaker", {"folder": "x"}, clock=CLOCK)
    reading = child.read(handle, "rows")
    assert reading.raised is None, reading.raised
    return child.told()


def test_logs_are_told_from_debug_on_with_all_that_hangs_on_them(spoken: Told) -> None:
    (line,) = [each for each in spoken.logs if each.logger == "speaker"]
    assert (line.level, line.text) == ("DEBUG", "a log line {'patient': 'P-1'}")


def test_warnings_and_output_are_told(spoken: Told) -> None:
    assert spoken.warnings == ["UserWarning: careful"]
    assert sorted(spoken.output) == ["to standard error\n", "to standard output\n"]


def test_what_is_written_started_or_run_is_told(spoken: Told) -> None:
    assert spoken.opened_files == ["tmp/kept.txt"]
    assert spoken.threads == ["helper"]
    assert spoken.processes == ["true"]


def test_sleeps_are_told_and_nobody_waits(spoken: Told) -> None:
    assert spoken.sleeps == [37.0, 60.0]
    assert spoken.unmanaged == [3600.0]


def test_the_time_of_day_moves_by_sleeps_only(child: Child) -> None:
    handle = child.open("speaker", {"folder": "x"}, clock=datetime(2026, 11, 22, 9, tzinfo=UTC))
    reading = child.read(handle, "rows")
    assert [page.cursor for page in reading.pages] == [
        {"at": "2026-11-22T09:00:37+00:00"},
        {"at": "2026-11-22T09:01:37+00:00"},
    ]


def test_a_bad_record_is_a_fault_as_in_a_run(child: Child) -> None:
    handle = child.open("speaker", {"folder": "x"}, clock=CLOCK)
    reading = child.read(handle, "rows")
    assert reading.records == [b'{"id": "1"}']
    assert [fault.code for fault in reading.faults] == ["field-type"]
    assert list(reading.pages[0].faults) == [1]


def test_each_process_tells_its_own(fork: Callable[..., Child], lims: Lims) -> None:
    first, second = fork(), fork()
    handle = first.open("acme", lims.config, clock=CLOCK)
    first.read(handle, "samples")
    told = first.told()
    port = int(lims.url.rpartition(":")[2])
    assert set(told.connects) == {("127.0.0.1", port)}
    assert [call.path for call in told.calls] == ["/oauth/token", "/samples", "/samples"]
    client = [span for span in told.spans if span.kind == "CLIENT"]
    assert [span.attributes["url.template"] for span in client] == ["/oauth/token", "/samples", "/samples"]
    assert sum(each.count for each in told.metrics if each.name == "http.client.request.duration") == 3
    assert second.told() == Told()
    first.read(handle, "samples")
    more = first.told()
    for name in Told.__struct_fields__:
        before, now = getattr(told, name), getattr(more, name)
        assert now[: len(before)] == before, name
    assert sum(each.count for each in more.metrics if each.name == "http.client.request.duration") == 5


def test_time_outs_of_the_network_are_real_and_the_waits_between_are_not(child: Child) -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        settings = {"base_url": f"http://127.0.0.1:{deaf.getsockname()[1]}", "client_id": "c"}
        handle = child.open("acme", {**settings, "client_secret": "s"}, clock=CLOCK, timeouts={"read": 0.05})
        reading = child.read(handle, "samples")
    assert reading.raised is not None
    assert (reading.raised.code, reading.raised.attempts) == ("no-answer", 6)
    assert reading.raised.retryable
    assert len(child.told().sleeps) == 5


def test_a_process_sees_nothing_of_the_suites_environment(child: Child) -> None:
    assert "PYTEST_CURRENT_TEST" in os.environ
    handle = child.open("failing", {"how": "environment"}, clock=CLOCK)
    seen = child.read(handle, "rows").state
    home = str(child.folder)
    assert seen == {
        "names": ["HOME", "LANG", "PATH", "SSL_CERT_DIR", "SSL_CERT_FILE", "TMPDIR"],
        "home": home,
        "temporary": f"{home}/tmp",
        "cwd": home,
        "isolated": 1,
        "threads": 1,
    }
    assert os.getpid() != child.pid
    assert Path(home, "tmp").is_dir()
