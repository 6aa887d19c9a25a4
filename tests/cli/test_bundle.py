"""`bundle digest` and `connectors --lock`: what is approved has one name, and the code is part of it."""

import json
from pathlib import Path

import pytest

from connector_sdk.documents import load
from connector_sdk.pipeline.lock import Lock, read_lock
from tests.cli.conftest import Call
from tests.cli.test_connectors import BROKEN, GOOD, install, site

pytestmark = pytest.mark.slow

__all__ = ["site"]


def digest(call: Call, *arguments: str | Path) -> str:
    """Return the bundle's digest."""
    result = call("bundle", "digest", *arguments, "--json")
    assert result.code == 0, result
    return str(result.document["digest"])


@pytest.fixture
def named(folder: Path) -> Path:
    """Return a folder whose pipeline names its stream, with an environment `uat`."""
    path = folder / "subjects.yaml"
    path.write_text(path.read_text().replace("connector: files,", "connector: files, stream: subjects,"))
    (folder / "environments").mkdir()
    (folder / "environments" / "uat.yaml").write_text('connections: {sql: {url: "sqlite:///uat.db"}}\n')
    return folder


@pytest.mark.req("P11-10k")
def test_it_is_the_same_in_every_environment_and_in_every_place(
    call: Call, named: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    call("connectors", "--lock", "--output", named / "connectors.lock")
    call("contract", "pin", named)
    first = digest(call, named)
    assert digest(call, named, "--env", "uat") == first
    moved = named.rename(tmp_path / "elsewhere")
    assert digest(call, moved) == first
    monkeypatch.chdir(moved)
    assert digest(call, "subjects.yaml", "--env", "uat") == first


def test_a_run_records_it_with_its_environments(call: Call, named: Path) -> None:
    told = call("bundle", "digest", named, "--env", "uat", "--json").document
    call("run", named, "--env", "uat")
    (run,) = call("runs", named, "--env", "uat", "--json").document["runs"]
    assert run["bundle"] == told["digest"]
    assert run["environment_digest"] == told["environment_digest"]
    assert (
        told["environment_digest"] != call("bundle", "digest", named, "--json").document["environment_digest"]
    )


def test_every_part_of_it_counts_and_layout_does_not(call: Call, named: Path) -> None:
    path = named / "subjects.yaml"
    seen = [digest(call, named)]
    path.write_text("# a comment\n" + path.read_text())
    assert digest(call, named) == seen[0]
    call("contract", "pin", named)
    seen.append(digest(call, named))
    call("connectors", "--lock", "--output", named / "connectors.lock")
    seen.append(digest(call, named))
    lock = named / "connectors.lock"
    lock.write_text(lock.read_text() + "# approved\n")
    assert digest(call, named) == seen[-1]
    lock.write_text(lock.read_text().replace('version: "0.1.0"', 'version: "0.1.1"', 1))
    seen.append(digest(call, named))
    path.write_text(path.read_text() + "write: {mode: insert}\n")
    seen.append(digest(call, named))
    assert len(set(seen)) == len(seen)
    shown = call("bundle", "digest", named).out
    assert seen[-1] in shown


def test_a_mapping_is_part_of_it(call: Call, named: Path) -> None:
    path = named / "subjects.yaml"
    path.write_text(path.read_text() + "mapping: map.yaml\n")
    mapping = named / "map.yaml"
    text = 'format: 1\nmapping: {id: m, version: "1"}\nrules:\n  - {to: id, from: id}\n  - {to: n, from: n}\n'
    mapping.write_text(text)
    first = digest(call, named)
    mapping.write_text(text.replace("to: n,", "to: number,"))
    assert digest(call, named) != first


def test_no_setting_and_no_secret_is_needed_where_the_stream_has_a_name(call: Call, named: Path) -> None:
    path = named / "subjects.yaml"
    path.write_text(path.read_text().replace("sqlite:///subjects.db", "${env:NOT_SET_ANYWHERE}"))
    assert digest(call, named)


def test_the_lock_states_what_is_installed_alike_each_time(call: Call, named: Path) -> None:
    output = named / "connectors.lock"
    result = call("connectors", "--lock", "--output", output, "--json")
    assert (result.code, result.document["lock"]) == (0, str(output))
    first = output.read_bytes()
    call("connectors", "--lock", "--output", output)
    assert output.read_bytes() == first
    lock = load(output).validate(Lock)
    assert lock.digest == result.document["digest"]
    assert {"files", "sql"} <= lock.connectors.keys()
    assert list(lock.connectors) == sorted(lock.connectors)
    assert lock.connectors["files"].entry_point == "connector_files"


def test_by_default_the_lock_is_made_here(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert call("connectors", "--lock").code == 0
    assert read_lock(tmp_path) is not None
    assert call("connectors", "--output", "x").code == 2


RECORD = """\
connector_acme_plugin.py,sha256=AAA,10
connector_acme-1.2.dist-info/METADATA,sha256=BBB,10
connector_acme-1.2.dist-info/RECORD,,
"""
ALIKE = [
    RECORD + "connector_acme-1.2.dist-info/INSTALLER,sha256=CCC,3\n",
    RECORD + "connector_acme-1.2.dist-info/direct_url.json,sha256=DDD,3\n",
    RECORD + "../../../bin/acme,sha256=EEE,3\n__pycache__/connector_acme_plugin.cpython-311.pyc,,\n",
    "".join(reversed(RECORD.splitlines(keepends=True))),
]


@pytest.mark.req("P11-10a-1")
def test_a_record_is_that_of_the_code_wherever_it_is_installed(
    call: Call, site: Path, tmp_path: Path
) -> None:
    info = install(site, "acme", GOOD)
    lock = tmp_path / "connectors.lock"

    def record() -> str:
        assert call("connectors", "--lock", "--output", lock).code == 0
        return load(lock).validate(Lock).connectors["acme"].record

    assert record() == "none"
    (info / "RECORD").write_text(RECORD)
    first = record()
    assert first.startswith("sha256:")
    for text in ALIKE:
        (info / "RECORD").write_text(text)
        assert record() == first
    (info / "RECORD").write_text(RECORD.replace("AAA", "ZZZ"))
    assert record() != first
    (info / "direct_url.json").write_text(json.dumps({"dir_info": {"editable": True}, "url": "file:///x"}))
    assert record() == "editable"


def test_a_broken_connector_cannot_be_locked(call: Call, site: Path, tmp_path: Path) -> None:
    install(site, "wreck", BROKEN)
    result = call("connectors", "--lock", "--output", tmp_path / "x.lock", "--json")
    assert (result.code, result.document["error"]["code"]) == (2, "broken-connector")
    assert not (tmp_path / "x.lock").exists()


def test_a_lock_that_cannot_be_written_is_told(call: Call, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    result = call("connectors", "--lock", "--output", tmp_path / "file" / "x.lock", "--json")
    assert (result.code, result.document["error"]["code"]) == (2, "lock-unwritable")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('"connector-files", version: "0.1.0"', '"connector-files", version: "0.0.9"', "0.0.9 is locked"),
        ("record: editable", "record: other", "files: another record"),
        ("  files:", "  filez:", "connector files is not in connectors.lock"),
        ('sdk: "', 'sdk: "9', "connector-sdk: another version"),
    ],
)
def test_check_warns_where_what_is_installed_differs(
    call: Call, named: Path, old: str, new: str, told: str
) -> None:
    lock = named / "connectors.lock"
    call("connectors", "--lock", "--output", lock)
    assert "the connectors are those of connectors.lock" in call("check", named).out
    text = lock.read_text()
    assert old in text
    lock.write_text(text.replace(old, new, 1))
    result = call("check", named)
    assert result.code == 0
    assert told in result.out
    assert "connector-sdk connectors --lock" in result.out


def test_a_lock_that_is_none_is_a_finding_and_no_bundle(call: Call, named: Path) -> None:
    (named / "connectors.lock").write_text("format: 2\n")
    assert call("check", named).code == 2
    assert call("bundle", "digest", named).code == 2
    assert call("run", named).code == 2
