"""How an examination is followed on a terminal."""

import io
import sys

import pytest

from connector_sdk.cli.rule_progress import shown
from connector_sdk.conformance.outcome import Result, Status


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_shows_steps_and_what_did_not_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = _Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    with shown("acme.whl") as watch:
        watch.step("installing the wheel")
        watch.ended("RD-01", Result(Status.PASS, "fine"))
        watch.ended("PAG-04", Result(Status.FAIL, "[bold]went round\x1b[31m"))
    text = terminal.getvalue()
    assert "PAG-04  fail     [bold]went round\\u001b[31m" in text
    assert "fine" not in text
    assert "acme.whl" in text


def test_elsewhere_nothing_but_logs_is_written(
    capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "connector_sdk.certify")
    with shown("acme.whl") as watch:
        watch.step("installing the wheel")
        watch.ended("PAG-04", Result(Status.FAIL, "round", 1.5))
    assert caplog.messages == ["acme.whl: installing the wheel", "PAG-04 fail in 1.50 s"]
    assert capsys.readouterr() == ("", "")
