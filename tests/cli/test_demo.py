"""The demo, played whole in a child process: every scene holds, and what it says can be checked."""

import json
import os
import shlex
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.cli_runs import COMMAND, Ended, call, environment, start

TITLES = [
    "Salesforce to a warehouse",
    "Only what changed",
    "A storm",
    "A code nobody foresaw",
    "A kill, and on",
    "A renamed field",
    "The wrong org",
    "Silence is an alarm",
    "One altered byte",
]
CODES = [[0, 0, 0], [0], [0], [65, 0, 0, 0], [-9, 0], [65], [77], [0, 65], [0, 80]]


class Played(NamedTuple):
    """How the demo ended, and the folder that it kept."""

    ended: Ended
    folder: Path


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    folder = tmp_path_factory.mktemp("demo") / "a kept folder"
    return Played(call("demo", "--dir", folder), folder)


pytestmark = pytest.mark.slow


def test_every_scene_holds(played: Played) -> None:
    assert played.ended.code == 0, played.ended
    document = played.ended.document
    assert document["held"] is True
    assert document["folder"] == str(played.folder)
    assert [scene["title"] for scene in document["scenes"]] == TITLES
    assert all(scene["held"] for scene in document["scenes"])
    assert "error" not in document
    assert played.ended.errors == ""


def test_every_command_is_a_verb_in_a_child_process(played: Played) -> None:
    scenes = played.ended.document["scenes"]
    assert [[command["exit_code"] for command in scene["commands"]] for scene in scenes] == CODES
    for scene in scenes:
        for command in scene["commands"]:
            assert tuple(command["argv"][:3]) == COMMAND
            assert command["argv"][-1] == "--json"


def test_every_figure_is_what_its_query_gives(played: Played) -> None:
    """Asked again at the end, most figures are the same; those of a moment are shown to have moved on."""
    changed = []
    for scene in played.ended.document["scenes"]:
        assert scene["figures"]
        for figure in scene["figures"]:
            if figure["file"].endswith(".db") and figure["query"].startswith("SELECT count"):
                with closing(sqlite3.connect(played.folder / figure["file"])) as connection:
                    now = connection.execute(figure["query"]).fetchone()
                if now != (figure["value"],):
                    changed.append(figure["name"])
    assert changed == ["rows in the warehouse", "set aside, open"]


def test_each_value_is_as_salesforce_says(played: Played) -> None:
    compared = [
        figure
        for scene in played.ended.document["scenes"]
        for figure in scene["figures"]
        if figure["name"].endswith("values differ")
    ]
    assert [figure["value"] for figure in compared] == [0, 0, 0, 0]
    assert _figures(played, "Salesforce to a warehouse")["rows in the warehouse"] == 5_200


def test_only_what_was_touched_was_moved(played: Played) -> None:
    figures = _figures(played, "Only what changed")
    assert (figures["records read"], figures["marked as deleted"]) == (9, 2)


def test_the_storm_came_and_changed_nothing(played: Played) -> None:
    figures = _figures(played, "A storm")
    assert [value for name, value in figures.items() if name.startswith("answered with")] == [1, 1, 2]
    assert figures["the warehouse before"] == figures["the warehouse after"]


def test_the_kill_lost_nothing_and_repeated_nothing(played: Played) -> None:
    figures = _figures(played, "A kill, and on")
    assert 0 < figures["records committed when it died"] < figures["rows in the new warehouse"]
    assert figures["the run that died"] == figures["the run that this one retries"]
    tables = []
    for name in ("warehouse.db", "uat.db"):
        with closing(sqlite3.connect(played.folder / name)) as target:
            query = "SELECT hcp_id, last_name, fee, changed_at, _deleted FROM hcp ORDER BY hcp_id"
            tables.append(target.execute(query).fetchall())
    assert len(tables[0]) > 5_200
    assert tables[0] == tables[1]


def test_nothing_of_production_was_touched(played: Played) -> None:
    assert not (played.folder / "prod.db").exists()


def test_only_the_copy_was_altered(played: Played) -> None:
    original = (played.folder / ".connector-sdk" / "ledger.db").read_bytes()
    copy = (played.folder / "altered" / ".connector-sdk" / "ledger.db").read_bytes()
    assert sum(a != b for a, b in zip(original, copy, strict=True)) == 1
    assert call("audit", "verify", played.folder / "pipeline.yaml").code == 0


def test_no_value_of_a_bad_record_was_told(played: Played) -> None:
    assert "Haematologist" not in json.dumps(played.ended.document)


def test_no_secret_was_told(played: Played) -> None:
    secret = (played.folder / "salesforce.secret").read_text()
    assert len(secret) > 20
    assert secret not in json.dumps(played.ended.document)
    assert secret not in (played.folder / "pipeline.yaml").read_text()


def test_what_it_says_to_try_next_works(played: Played, tmp_path: Path) -> None:
    """In its order, in a copy of the folder: what follows the simulator needs it, and moves records."""
    copy = shutil.copytree(played.folder, tmp_path / "copy")
    steps = [
        [word.replace(str(played.folder), str(copy)) for word in argv[len(COMMAND) :]]
        for argv in played.ended.document["next"]
    ]
    assert all(argv[: len(COMMAND)] == list(COMMAND) for argv in played.ended.document["next"])
    (simulate,) = (number for number, step in enumerate(steps) if step[0] == "simulate")
    assert [call(*step).code for step in steps[:simulate]] == [0, 0, 0, 65, 80]
    with start(*steps[simulate]) as simulator:
        try:
            assert simulator.stdout is not None
            assert simulator.stdout.readline()
            assert [call(*step).code for step in steps[simulate + 1 :]] == [0, 0]
        finally:
            simulator.terminate()


def test_as_text_it_is_plain_and_leaves_nothing_behind(tmp_path: Path) -> None:
    done = subprocess.run(
        [*COMMAND, "demo"],
        env=environment() | {"TMPDIR": str(tmp_path), "FORCE_COLOR": "1"},
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert not [character for character in done.stdout if character < " " and character != "\n"]
    assert all(title in done.stdout for title in TITLES)
    assert "9 of 9 scenes held" in done.stdout
    told, steps = done.stdout.split("Try next:")
    # Read as a shell does: lines continued, words quoted, however long the interpreter's path is.
    lines = [shlex.split(line, comments=True) for line in steps.replace("\\\n", "").splitlines()]
    assert [*COMMAND, "demo", "--dir", "my-demo"] in lines
    long = [line for line in told.splitlines() if len(line) > 80 and not line.strip().startswith(("$", "# "))]
    assert long == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_interrupted_it_leaves_neither_children_nor_files(tmp_path: Path, name: str) -> None:
    import signal  # noqa: PLC0415 - only here

    if name == "SIGINT" and signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        pytest.skip("this process was started with SIGINT ignored, and so are its children")
    with subprocess.Popen(
        [*COMMAND, "demo", "--json"],
        env=environment() | {"TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        _wait_for(tmp_path.glob, "*/.connector-sdk/ledger.db")
        process.send_signal(getattr(signal, name))
        out, _ = process.communicate(timeout=30)
    assert process.returncode == 130
    document = json.loads(out)
    assert document["error"]["code"] == "interrupted"
    assert [scene["held"] for scene in document["scenes"]] == [False]
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)
    assert list(tmp_path.iterdir()) == []


def _figures(played: Played, title: str) -> dict[str, Any]:
    scene = next(scene for scene in played.ended.document["scenes"] if scene["title"] == title)
    return {figure["name"]: figure["value"] for figure in scene["figures"]}


def _wait_for(glob: Any, pattern: str) -> None:
    end = time.monotonic() + 60
    found: Iterator[Path] = iter(())
    while next(found, None) is None:
        assert time.monotonic() < end, pattern
        time.sleep(0.01)  # noqa: TID251 - a real child is watched; there is no clock to inject
        found = glob(pattern)
