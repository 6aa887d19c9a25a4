"""A file that was replaced by one without records: refused or told, never taken for "nothing new"."""

from pathlib import Path

import pytest

from tests.cli.conftest import Call
from tests.cli_runs import write_pipeline

APPENDING = """\
format: 1
pipeline: subjects
source: {connector: files, config: {path: NAME, primary_key: [id]}}
destination: {connector: files, config: {path: out.jsonl}}
write: {mode: append}
"""
KEYED = APPENDING.replace("{path: out.jsonl}", '{url: "sqlite:///out.db"}').replace("append", "upsert")
KEYED = KEYED.replace("destination: {connector: files", "destination: {connector: sql, sink: subjects")

CONTENTS = [
    ("in.csv", b"id\n1\n2\n", b"id\n"),
    ("in.jsonl", b'{"id": "1"}\n{"id": "2"}\n', b""),
]


@pytest.mark.req("G1")
@pytest.mark.parametrize(("name", "full", "empty"), CONTENTS)
def test_a_target_that_appends_refuses_it(
    call: Call, tmp_path: Path, name: str, full: bytes, empty: bytes
) -> None:
    path = write_pipeline(tmp_path, APPENDING.replace("NAME", name))
    (tmp_path / name).write_bytes(full)
    assert call("contract", "pin", path).code == 0
    assert call("run", path).code == 0
    kept = (tmp_path / "out.jsonl").read_bytes()
    (tmp_path / name).write_bytes(empty)
    refused = call("run", path, "--json")
    assert (refused.code, refused.document["error"]["code"]) == (65, "source-replaced")
    assert (tmp_path / "out.jsonl").read_bytes() == kept
    meant = call("run", path, "--full-refresh", "--json")
    assert (meant.code, meant.document["read"]) == (0, 0)
    (tmp_path / name).write_bytes(full)
    assert call("run", path, "--json").document["read"] == 0


@pytest.mark.parametrize(("name", "full", "empty"), CONTENTS)
def test_a_target_with_keys_is_left_alone_with_a_warning(
    call: Call, tmp_path: Path, name: str, full: bytes, empty: bytes
) -> None:
    path = write_pipeline(tmp_path, KEYED.replace("NAME", name))
    (tmp_path / name).write_bytes(full)
    assert call("contract", "pin", path).code == 0
    assert call("run", path).code == 0
    (tmp_path / name).write_bytes(empty)
    told = call("run", path, "--json")
    assert (told.code, told.document["read"]) == (0, 0)
    assert "the source begins anew" in told.err
    assert "the source begins anew" not in call("run", path, "--json").err
