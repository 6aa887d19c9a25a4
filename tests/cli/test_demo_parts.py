"""The demo's parts: refusals, a scene that does not hold, how it is told, its own comparison."""

import io
import re
import shlex
import signal
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector_sdk.cli.demo import closing as ending
from connector_sdk.cli.demo import pipelines, scenes, systems, workspace
from connector_sdk.cli.demo.narrator import Narrator
from connector_sdk.cli.demo.org import Org
from connector_sdk.cli.demo.scenes import Scene, silence
from connector_sdk.cli.demo.shell import typed
from connector_sdk.cli.demo.stage import Backstage, MissedError, Proof, Stage
from connector_sdk.clock import SYSTEM_CLOCK
from connector_sdk.plugins import discovery
from tests.cli.conftest import Call


class Terminal(io.StringIO):
    """A terminal's place in tests."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


def test_a_folder_that_is_not_empty_is_refused_and_left_alone(call: Call, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("keep")
    refused = call("demo", "--dir", tmp_path, "--json")
    assert refused.code == 2
    error = refused.document["error"]
    assert (error["code"], error["location"]) == ("demo-folder-not-empty", str(tmp_path))
    assert error["hint"]
    assert refused.document["scenes"] == []
    assert [entry.name for entry in tmp_path.iterdir()] == ["mine.txt"]


def test_a_folder_that_cannot_be_is_refused(call: Call, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    refused = call("demo", "--dir", tmp_path / "file" / "inside")
    assert refused.code == 2
    assert "error[demo-folder-unusable]" in refused.err
    assert refused.out == ""


def test_without_a_place_for_temporary_files_it_says_so(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(**_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(workspace.tempfile, "TemporaryDirectory", full)
    refused = call("demo", "--json")
    assert (refused.code, refused.document["error"]["code"]) == (2, "demo-folder-unusable")


def test_without_its_connectors_it_says_how_to_get_them(
    call: Call, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(discovery, "entry_points", lambda **_: [])
    refused = call("demo", "--dir", tmp_path / "new", "--json")
    assert (refused.code, refused.document["error"]["code"]) == (2, "demo-needs-plugins")
    assert "pip install 'connector-sdk[demo]'" in refused.document["error"]["hint"]
    assert not (tmp_path / "new").exists()


def test_a_missed_expectation_ends_the_demo_with_1(
    call: Call, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def play(stage: Stage) -> Proof:
        pipelines.write_documents(stage.folder, _org())
        return silence.play(stage)

    monkeypatch.setattr(scenes, "SCENES", (Scene(silence.TITLE, play), Scene("Never", play)))
    ended = call("demo", "--dir", tmp_path / "new", "--json")
    document = ended.document
    assert (ended.code, document["held"], document["error"]["code"]) == (1, False, "demo-not-held")
    message = f"scene 1, {silence.TITLE}: exit code 65 where 0 was expected"
    assert message in document["error"]["message"]
    assert [(scene["title"], scene["held"]) for scene in document["scenes"]] == [(silence.TITLE, False)]
    assert [command["exit_code"] for command in document["scenes"][0]["commands"]] == [65]


def test_a_missed_scene_is_told_with_what_the_verb_said(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    def play(stage: Stage) -> Proof:
        stage.call("explain", "no-such-code")
        return Proof("never", "0")

    monkeypatch.setattr(scenes, "SCENES", (Scene("Broken", play), Scene("Later", play)))
    ended = call("demo")
    assert ended.code == 1
    assert "exit code 2 where 0 was expected" in ended.out
    assert "unknown-code" in ended.out
    assert "0 of 2 scenes held" in ended.out
    assert "not played" in ended.out


def test_whatever_breaks_a_scene_is_its_failure(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    def play(stage: Stage) -> Proof:
        stage.figure("nothing", "nowhere.db", "SELECT 1")
        return Proof("never", "0")

    monkeypatch.setattr(scenes, "SCENES", (Scene("Broken", play),))
    ended = call("demo", "--json")
    assert (ended.code, ended.document["error"]["code"]) == (1, "demo-not-held")
    assert "OperationalError" in ended.document["error"]["message"]


@pytest.mark.timeout(20)
def test_a_child_never_outlives_its_stage(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(
        systems, "PROGRAM", (sys.executable, "-c", "import threading; threading.Event().wait()")
    )
    stage = _stage(tmp_path)
    with pytest.raises(KeyboardInterrupt), stage.started() as process:
        raise KeyboardInterrupt
    assert process.returncode == -signal.SIGKILL


def test_an_unwritable_output_stops_the_demo(
    monkeypatch: pytest.MonkeyPatch, call: Call, tmp_path: Path
) -> None:
    played = []
    monkeypatch.setattr(scenes, "SCENES", (Scene("One", lambda _: played.append(1) or Proof("so", "1")),))
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("this system has no device that is always full")
    with full.open("w") as stream:
        monkeypatch.setattr(sys, "stdout", stream)
        ended = call("demo")
        monkeypatch.undo()
    assert (ended.code, played) == (2, [])
    assert "output-unwritable" in ended.err


# How it is told


def _told(stream: io.StringIO) -> str:
    narrator = Narrator(stream)
    narrator.heading("1  A scene")
    narrator.say("Some words that are long enough to need a second line on a narrow terminal, like this one.")
    narrator.command(["dead-letters", "discard", "labs", "--actor", "qa.lead", "--reason", "a b"], 65, 1.25)
    with narrator.busy(["run", "labs"]) as tell:
        tell("1,000 records")
    narrator.figure("rows", "SELECT count(*) FROM t", 1234567, "target")
    narrator.quote("it said\x1b[31m this")
    narrator.rows([("record 1", "a-code", "message")])
    narrator.held("Proven.")
    narrator.missed("Missed.", ["why"])
    narrator.table(
        [(True, "One", "so", "1"), (False, "Two", "did not hold", ""), (None, "Three", "not played", "")]
    )
    narrator.commands([("for this", ["connector-sdk", "runs", "a b"])])
    return stream.getvalue()


@pytest.mark.parametrize("columns", [40, 80, 120])
def test_on_a_terminal_it_fits_the_width(monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setenv("TERM", "xterm")
    told = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", _told(Terminal()))
    assert "1,234,567" in told
    assert [line for line in told.splitlines() if len(line) > columns] == []


def test_colours_are_for_terminals_that_welcome_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b[32m" in _told(Terminal())
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[32m" not in _told(Terminal())
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b" not in _told(io.StringIO())


def test_letters_that_the_stream_lacks_are_replaced() -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    narrator = Narrator(stream)
    narrator.heading("1  A scene")
    narrator.held("Proven.")
    stream.seek(0)
    assert "+ Proven." in stream.read()


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=30)


@settings(deadline=None)
@given(st.lists(WORDS, min_size=1, max_size=8), st.integers(20, 100))
def test_a_command_shown_is_the_command_typed(command: list[str], width: int) -> None:
    lines = typed(command, "   ", width)
    assert shlex.split("\n".join(lines).replace("\\\n", "")) == command


def test_the_program_is_named_as_it_was_started(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    script = tmp_path / "connector-sdk"
    script.write_text("#!/bin/sh\n")
    script.chmod(0o755)
    monkeypatch.setattr(sys, "argv", [str(script)])
    monkeypatch.setenv("PATH", "")
    assert ending.program() == [str(script)]
    monkeypatch.setenv("PATH", str(tmp_path))
    assert ending.program() == ["connector-sdk"]
    monkeypatch.setattr(sys, "argv", [str(tmp_path / "__main__.py")])
    assert ending.program() == [sys.executable, "-m", "connector_sdk"]


def test_an_event_that_cannot_be_found_is_not_altered(tmp_path: Path) -> None:
    from connector_sdk.cli.demo.scenes.alter import _alter  # noqa: PLC0415 - not part of what the scene shows

    ledger = tmp_path / "ledger.db"
    ledger.write_bytes(b"qa.lead twice: qa.lead")
    with pytest.raises(MissedError):
        _alter(ledger, b"qa.lead")
    assert ledger.read_bytes() == b"qa.lead twice: qa.lead"


def _org() -> Org:
    url = "http://127.0.0.1:9"
    return Org(url, {"base_url": url, "client_id": "me", "client_secret": "s"})


def test_a_simulator_that_does_not_start_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(systems, "PROGRAM", (sys.executable, "-c", "raise SystemExit('no port')"))
    with pytest.raises(MissedError) as told:
        _stage(tmp_path).simulated_org()
    assert told.value.details == ("no port",)


def test_a_scene_that_comes_too_early_is_missed(tmp_path: Path) -> None:
    with pytest.raises(MissedError, match="no Salesforce"):
        _ = _stage(tmp_path).org


def _stage(folder: Path) -> Stage:
    return Stage(Backstage(folder), Narrator(None), SYSTEM_CLOCK)
