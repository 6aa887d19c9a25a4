"""The page on the audit log says what is recorded, and its commands work."""

import json
import os
import re
import shlex
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from connector_sdk.ledger.checkpoints import Checkpoint
from connector_sdk.ledger.events import FACTS
from connector_sdk.ledger.findings import Verdict
from connector_sdk.ledger.tables import metadata
from connector_sdk.ledger.verify import EXIT_CODES, NOT_AUDITED
from tests.house.plugin_site import Site
from tests.house.tree import code_blocks, coded, page, section, tables

pytestmark = pytest.mark.slow

PAGE = page("audit.md")

PIPELINE = """
format: 1
pipeline: visits
source: {connector: files, config: {path: visits.jsonl, primary_key: [id]}}
destination: {connector: files, config: {path: copy.jsonl}}
"""


def test_every_event_is_listed_with_its_facts() -> None:
    rows = tables(section(PAGE, "What is recorded"))[0][1:]
    assert {coded(row[0])[0]: tuple(coded(row[1])) for row in rows} == dict(FACTS)


def test_verdicts_and_exit_codes() -> None:
    rows = tables(PAGE)[0][1:]
    assert {int(coded(row[0])[0]): coded(row[1])[0] for row in rows} == {
        code: str(verdict) for verdict, code in EXIT_CODES.items()
    }
    order = [verdict.value for verdict in Verdict][:-1]
    assert order == ["tampering", "trust", "incomplete"]
    assert "tampering comes first, then trust, then incompleteness" in PAGE


def test_what_is_not_audited_is_listed() -> None:
    rows = tables(section(PAGE, "Limits"))[0][1:]
    assert {coded(row[0])[0]: row[1] for row in rows} == dict(NOT_AUDITED)


def test_the_ledgers_tables_are_listed_in_the_architecture() -> None:
    rows = tables(section(page("architecture.md"), "The ledger"))[0][1:]
    assert [coded(row[0])[0] for row in rows] == [table.name for table in metadata.tables.values()]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    folder = tmp_path_factory.mktemp("audit")
    (folder / "pipeline.yaml").write_text(PIPELINE, encoding="utf-8")
    (folder / "visits.jsonl").write_text('{"id": "007"}\n', encoding="utf-8")
    made = Site(folder)
    ended = made.call("run", "pipeline.yaml", at=folder)
    assert ended.code == 0, ended.errors
    return made


@pytest.mark.req("P11-10a-2")
def test_a_checkpoint_kept_as_the_page_says_shows_a_history_written_anew(site: Site) -> None:
    folder = site.folder
    (script,) = code_blocks(section(PAGE, "Checkpoints"), "sh")
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    subprocess.run(["/bin/sh", "-c", script], cwd=folder, check=True, env={**os.environ, "PATH": path})
    Checkpoint.parse((folder / "last.txt").read_text(encoding="utf-8"))
    shutil.copy(folder / ".connector-sdk" / "keys" / "signing.pub", folder / "signing.pub")
    command = shlex.split(code_blocks(PAGE, "")[0].splitlines()[0])[2:]
    assert site.call(*command, at=folder).code == 0
    with closing(sqlite3.connect(folder / ".connector-sdk" / "ledger.db")) as ledger, ledger:
        ledger.execute("UPDATE run SET applied = 2, read = 2")
    assert site.call(*command, at=folder).code == EXIT_CODES[Verdict.TAMPERING]


def test_the_event_shown_has_the_form_of_events(site: Site) -> None:
    shown = json.loads(re.sub(r"\n *", "", code_blocks(section(PAGE, "What is recorded"), "")[0]).strip())
    with closing(sqlite3.connect(site.folder / ".connector-sdk" / "ledger.db")) as ledger:
        bodies = [json.loads(body) for (body,) in ledger.execute("SELECT body FROM audit_event")]
    found = next(body for body in bodies if body["type"] == shown["type"])
    assert found.keys() - {"run"} == shown.keys()
    assert found["facts"].keys() == shown["facts"].keys()


def test_the_keys_are_listed(site: Site) -> None:
    rows = tables(section(PAGE, "Keys"))[0][1:]
    files = {path.name for path in (site.folder / ".connector-sdk" / "keys").iterdir()}
    assert {coded(row[0])[0] for row in rows} == files
