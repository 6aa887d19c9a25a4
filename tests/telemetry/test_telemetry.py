"""Spans, metrics and log lines: an allow-list of attributes, told on the page; no text of an exception."""

import json
import logging
import re

import pytest

from connector_sdk import logs, telemetry
from connector_sdk.errors import UnavailableError
from connector_sdk.telemetry.spans import ATTRIBUTES
from tests.house.tree import coded, page, section, tables
from tests.telemetry_memory import Memory, memory

__all__ = ["memory"]


def tell_everything() -> None:
    telemetry.batch_committed("p", "dev", {"applied": 2, "filtered": 0}, 0.5)
    telemetry.request_finished(
        method="GET", host="h", port=443, path="/{id}", status=None, error="unreachable", duration=0.1
    )
    telemetry.request_finished(
        method="GET", host="h", port=443, path="/{id}", status=200, error=None, duration=1
    )
    telemetry.attempt_repeated("salesforce", "h", "http-503")
    telemetry.event_failed("company")


def test_the_page_lists_every_instrument_with_its_attributes(memory: Memory) -> None:
    tell_everything()
    told = {name: {key for keys, _ in points for key in keys} for name, points in memory.points().items()}
    rows = tables(section(page("telemetry.md"), "Metrics"))[0][1:]
    assert {coded(row[0])[0]: set(coded(row[2])) for row in rows} == told
    assert set().union(*told.values()) <= ATTRIBUTES


def test_what_did_not_occur_is_not_counted(memory: Memory) -> None:
    tell_everything()
    points = memory.points()
    assert [value for _, value in points["connector_sdk.records"]] == [2]
    durations = points["http.client.request.duration"]
    assert sorted("error.type" in keys for keys, _ in durations) == [False, True]


@pytest.mark.parametrize(
    ("error", "kind"),
    [(UnavailableError("of patient 4711", code="http-503"), "http-503"), (ValueError("4711"), "ValueError")],
)
def test_a_span_names_an_error_and_never_quotes_it(memory: Memory, error: Exception, kind: str) -> None:
    with pytest.raises(type(error)), telemetry.span("batch", batch=1):
        raise error
    (span,) = memory.spans
    assert (span.attributes or {})["error.type"] == kind
    assert "4711" not in span.to_json()
    assert not span.status.is_ok


def test_an_attribute_that_is_not_on_the_list_is_a_mistake() -> None:
    with pytest.raises(KeyError), telemetry.span("batch", value="patient 4711"):
        pass


def test_log_lines_carry_the_trace_that_is_under_way(memory: Memory) -> None:
    def line() -> dict[str, str]:
        record = logging.LogRecord("connector_sdk.run", logging.INFO, "", 1, "said", None, None)
        written: dict[str, str] = json.loads(logs.JsonFormatter().format(record))
        return written

    assert "trace_id" not in line()
    with telemetry.span("run") as span:
        assert line()["trace_id"] == f"{span.get_span_context().trace_id:032x}"
        assert re.fullmatch(r"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}", telemetry.traceparent())
    assert telemetry.traceparent() == ""
