"""How answers leave: exact JSON, escaped text, quiet pipes, and errors without tracebacks."""

import io
import os
import subprocess
import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from connector_sdk.cli import boundary
from connector_sdk.cli.answer import WORST_FIRST, Answer, failure, worst
from connector_sdk.cli.output import deliver, to_json
from connector_sdk.cli.screen import Screen, TerminalScreen, screen_for
from connector_sdk.errors import ConfigurationError, RetryableError
from connector_sdk.secrets import Secret
from tests.cli.conftest import Call

pytestmark = pytest.mark.slow


class Terminal(io.StringIO):
    """A terminal's place in tests."""

    def isatty(self) -> bool:
        return True


def test_json_is_exact() -> None:
    document = {
        "decimal": Decimal("1.10"),
        "long": Decimal("123456789012345678901234567890.12"),
        "integer": 2**70,
        "date": date(2026, 2, 3),
        "moment": datetime(2026, 2, 3, 4, 5, 6, 7, UTC),
        "text": "\u2028 é",
        "path": Path("a/b"),
        "null": None,
    }
    assert to_json(document) == (
        '{"decimal":1.10,"long":123456789012345678901234567890.12,"integer":1180591620717411303424,'
        '"date":"2026-02-03","moment":"2026-02-03T04:05:06.000007Z",'
        '"text":"\u2028 é","path":"a/b","null":null}'
    )


def test_json_never_holds_half_a_character() -> None:
    assert to_json({"\udcff": ["\ud800", 1]}) == r'{"\\udcff":["\\ud800",1]}'


def test_a_secret_has_no_json_form() -> None:
    with pytest.raises(TypeError, match="no JSON form for Secret"):
        to_json({"password": Secret("hunter2")})


def test_a_table_in_a_file_is_aligned_and_has_no_colours() -> None:
    stream = io.StringIO()
    screen_for(stream).table(
        ("state", "n", "what"), [("ok", 1, "a"), ("broken", 20, "\x1b[31m\n")], state="state", right=("n",)
    )
    assert stream.getvalue() == ("state    n  what\nok       1  a\nbroken  20  \\u001b[31m\\u000a\n")


def test_facts_leave_out_what_is_not_known() -> None:
    stream = io.StringIO()
    Screen(stream).facts([("run", "r"), ("retries", None), ("trigger", ""), ("zero", 0)])
    assert stream.getvalue() == "run   r\nzero  0\n"


def test_a_terminal_sees_colours_unless_it_says_no(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    stream = Terminal()
    screen_for(stream).table(("state",), [("ok",)], state="state")
    assert "\x1b[32mok" in stream.getvalue()
    monkeypatch.setenv("NO_COLOR", "1")
    stream = Terminal()
    screen_for(stream).table(("state",), [("ok",)], state="state")
    assert "\x1b[32m" not in stream.getvalue()


def test_a_terminal_is_not_moved_by_what_is_shown() -> None:
    stream = Terminal()
    screen = TerminalScreen(stream)
    screen.line("[bold]\x1b]0;owned\x07 :smile:")
    screen.facts([("a", "[red]\x1b[2J")])
    assert "\x1b]0" not in stream.getvalue()
    assert "\x1b[2J" not in stream.getvalue()
    assert "[bold]" in stream.getvalue()
    assert ":smile:" in stream.getvalue()


@pytest.mark.parametrize("width", [20, 40, 80, 200])
def test_no_terminal_is_too_narrow_for_a_figure(monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setenv("NO_COLOR", "1")
    stream = Terminal()
    figures = [("01a20419-b0ff-7a43", "data_stop", 123456789, 987654321, "words that may be broken")]
    screen_for(stream).table(("run", "status", "read", "applied", "what"), figures, right=("read", "applied"))
    for figure in ("01a20419-b0ff-7a43", "data_stop", "123456789", "987654321"):
        assert figure in stream.getvalue()


def test_an_error_is_told_at_length_on_a_terminal_and_on_one_line_elsewhere(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    error = ConfigurationError("it is\nwrong", code="odd", hint="mend it", location="a.yaml")
    monkeypatch.setenv("NO_COLOR", "1")
    terminal, file = Terminal(), io.StringIO()
    monkeypatch.setattr(sys, "stderr", terminal)
    assert deliver(failure(error), as_json=False) == 2
    assert terminal.getvalue() == "error[odd]: it is\\u000awrong\n --> a.yaml\n  = help: mend it\n"
    monkeypatch.setattr(sys, "stderr", file)
    deliver(failure(error), as_json=False)
    assert file.getvalue() == "error[odd]: it is\\u000awrong (a.yaml); mend it\n"


def test_colours_of_errors_follow_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    deliver(failure(ConfigurationError("x", code="odd")), as_json=False)
    assert "\x1b[1;31m" in terminal.getvalue()


def test_findings_in_a_document_point_at_their_lines(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "p.yaml"
    path.write_text("format: 1\npipelin: p\nsource: {connector: files}\ndestination: {connector: sql}\n")
    lines = call("check", path).err.splitlines()
    assert lines[0].startswith(f"{path}:")
    assert all(line.count(": ") >= 2 for line in lines)
    monkeypatch.setenv("NO_COLOR", "1")
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    assert boundary.run(["check", str(path)]) == 2
    capsys.readouterr()
    assert "2 | pipelin: p\n  | ^^^^^^^" in terminal.getvalue()
    document = call("check", path, "--json").document
    assert document["error"]["diagnostics"][0].keys() == {
        "code", "path", "line", "column", "message", "hint",
    }  # fmt: skip


def break_verb(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    """Let `connectors` fail with an error."""

    def fail() -> Any:
        raise error

    monkeypatch.setattr("connector_sdk.plugins.installed", fail)


def test_an_internal_error_is_named_but_never_quoted(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    break_verb(monkeypatch, ZeroDivisionError("subject 0815"))
    told, asked = call("connectors"), call("connectors", "--json")
    assert (told.code, told.out, asked.code, asked.err) == (1, "", 1, "")
    assert told.err.startswith("error[internal]: ")
    assert told.err.count("\n") == 1
    assert asked.document["error"]["code"] == "internal"
    assert asked.document["error"]["title"] == "ZeroDivisionError"
    assert asked.document["error"]["location"].startswith("tests.cli.test_output.fail:")
    assert "0815" not in told.err + asked.out
    monkeypatch.setenv("CONNECTOR_SDK_TRACEBACK", "1")
    assert "Traceback" in call("connectors").err


def test_the_keyboard_interrupts(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    break_verb(monkeypatch, KeyboardInterrupt())
    result = call("connectors", "--json")
    assert (result.code, result.document["error"]["code"]) == (130, "interrupted")


@pytest.mark.parametrize("error", [SystemExit(0), BrokenPipeError(32, "not ours")], ids=repr)
def test_nothing_but_the_border_ends_the_process(
    call: Call, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    out = sys.stdout, sys.stderr
    break_verb(monkeypatch, error)
    try:
        result = call("connectors", "--json")
    finally:
        sys.stdout, sys.stderr = out
    assert (result.code, result.document["error"]["title"]) == (1, type(error).__name__)


def test_retryable_errors_keep_their_exit_code(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    break_verb(monkeypatch, RetryableError("later", code="later"))
    assert call("connectors").code == 75


def test_several_exit_codes_end_in_the_worst() -> None:
    assert worst([]) == 0
    assert worst([0, 75, 0]) == 75
    assert worst([75, 65, 2]) == 65
    assert worst([65, 77, 70]) == 77
    assert worst([80, 81, 82, 0]) == 80
    assert worst([1, 70]) == 1
    assert sorted(WORST_FIRST) == [0, 1, 2, 65, 70, 75, 76, 77, 80, 81, 82, 130]


def _shell(script: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "RUN": f"'{sys.executable}' -m connector_sdk"}
    return subprocess.run(
        ["bash", "-c", script], capture_output=True, text=True, env=environment, timeout=60, check=False
    )


def test_a_reader_who_stops_reading_is_no_error() -> None:
    done = _shell('eval "$RUN" explain | true; echo "${PIPESTATUS[0]}"')
    assert (done.stdout, done.stderr) == ("0\n", "")
    done = _shell('eval "$RUN" explain nonsense 2>&1 >/dev/null | true; echo "${PIPESTATUS[0]}"')
    assert (done.stdout, done.stderr) == ("2\n", "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_an_output_that_cannot_be_written_is_told() -> None:
    done = _shell('eval "$RUN" explain --json >/dev/full; echo $?')
    assert done.stdout == "2\n"
    assert done.stderr.startswith("error[output-unwritable]: ")
    assert done.stderr.count("\n") == 1


def test_closed_streams_are_borne() -> None:
    assert _shell('eval "$RUN" connectors >&- 2>&-; echo $?').stdout == "0\n"
    assert _shell('eval "$RUN" nonsense >&- 2>&-; echo $?').stdout == "2\n"


def test_an_answer_with_something_to_show_shows_it_although_it_failed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    error = ConfigurationError("x", code="odd")
    assert deliver(Answer({}, lambda screen: screen.line("shown"), 65, error), as_json=False) == 65
    assert capsys.readouterr() == ("shown\n", "")
