"""Logs: one JSON object a line with a closed set of fields, or short lines on a terminal."""

import json
import logging
import sys
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector_sdk import logs

LOG = logging.getLogger("connector_sdk.test")


def record(event: str, *args: Any, **extra: Any) -> logging.LogRecord:
    """Return a record as a logger of ours makes it."""
    made = logging.LogRecord("connector_sdk.test", logging.WARNING, "x.py", 1, event, args, None)
    made.created = 1_800_000_000.25
    made.__dict__.update(extra)
    return made


@pytest.fixture
def as_json(capsys: pytest.CaptureFixture[str]) -> Iterator[pytest.CaptureFixture[str]]:
    """Have logs written as programs read them."""
    with logs.configured(terminal=False):
        yield capsys


def test_a_line_holds_what_is_known_and_nothing_else() -> None:
    line = logs.JsonFormatter().format(
        record("page %d of %s", 3, "dm", run="r", flow="main", batch=7, trace_id="t", code="c", patient="x")
    )
    assert json.loads(line) == {
        "time": "2027-01-15T08:00:00.250000Z",
        "level": "warning",
        "event": "page 3 of dm",
        "run": "r",
        "flow": "main",
        "batch": 7,
        "trace_id": "t",
        "code": "c",
    }
    assert tuple(json.loads(line)) == logs.FIELDS
    assert tuple(json.loads(logs.JsonFormatter().format(record("x", run=None)))) == logs.FIELDS[:3]


@given(st.text(), st.text())
def test_any_text_stays_on_its_line_and_comes_back(event: str, code: str) -> None:
    line = logs.JsonFormatter().format(record("%s", event, code=code))
    assert logs.printable(line) == line
    assert len(line.splitlines()) == 1
    line.encode()
    shown = logs.TerminalFormatter().format(record("%s", event, code=code))
    assert len(shown.splitlines()) == 1
    shown.encode()


def test_text_is_kept_as_it_is_where_it_is_harmless() -> None:
    event = 'naïve "中文" 😀 \\ /'
    assert json.loads(logs.JsonFormatter().format(record("%s", event)))["event"] == event


def test_secrets_are_masked() -> None:
    for formatter in (logs.JsonFormatter(), logs.TerminalFormatter()):
        line = formatter.format(record("failed: %s", "https://u:hunter2@host token=hunter2", code="x"))
        assert "hunter2" not in line


def test_of_an_exception_only_its_kind_is_told() -> None:
    made = record("it failed")
    made.exc_info = (ValueError, ValueError("subject 0815"), None)
    for formatter in (logs.JsonFormatter(), logs.TerminalFormatter()):
        line = formatter.format(made)
        assert "it failed (ValueError)" in line
        assert "0815" not in line


def test_lines_go_to_standard_error(as_json: pytest.CaptureFixture[str]) -> None:
    LOG.info("one")
    LOG.debug("not this")
    out, err = as_json.readouterr()
    assert out == ""
    assert [json.loads(line)["event"] for line in err.splitlines()] == ["one"]


def test_other_libraries_are_heard_from_warnings_on_and_in_the_same_form(
    as_json: pytest.CaptureFixture[str],
) -> None:
    other = logging.getLogger("elsewhere")
    other.setLevel(logging.DEBUG)
    other.info("a value")
    other.warning("trouble")
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(capture=False)
        logging.captureWarnings(capture=True)
        warnings.warn("old\nways", UserWarning, stacklevel=1)
    events = [json.loads(line)["event"] for line in as_json.readouterr().err.splitlines()]
    assert events[0] == "trouble"
    assert "old" in events[1]
    assert len(events) == 2


def test_a_terminal_gets_short_lines(capsys: pytest.CaptureFixture[str]) -> None:
    with logs.configured(logging.WARNING, terminal=True):
        LOG.info("not this")
        LOG.warning("look", extra={"code": "odd"})
    assert capsys.readouterr().err.endswith(" warning look [odd]\n")


def test_configuring_leaves_no_trace() -> None:
    root, ours = logging.getLogger(), logging.getLogger("connector_sdk")
    before = (list(root.handlers), ours.level, ours.propagate)
    with logs.configured(terminal=False):
        assert ours.level == logging.INFO
    assert (list(root.handlers), ours.level, ours.propagate) == before


def test_a_line_that_cannot_be_written_ends_nothing(
    as_json: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stderr", None)
        LOG.warning("lost")
    LOG.warning("found")
    assert "found" in as_json.readouterr().err
