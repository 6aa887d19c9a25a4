"""JSON Lines into a folder: parts, a manifest that tells the truth, and no part too many."""

import hashlib
import json
from pathlib import Path

import pytest
from connector_files import Files, FilesConfig
from connector_files.sink_folder import FolderSink
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connector_sdk.connector import APPLIED, Batch, Call, WritePolicy
from connector_sdk.errors import ConfigurationError, ConflictError
from connector_sdk.schema import Schema

SCHEMA = Schema(fields=())
POLICY = WritePolicy()


def batch(*payloads: bytes, seq: int = 1) -> Batch:
    return Batch("p", "main", 1, seq, SCHEMA, payloads, [None] * len(payloads), [0] * len(payloads))


def started(path: Path, checkpoint=None) -> tuple[FolderSink, Call]:
    call = Call(checkpoint=checkpoint)
    sink = Files(FilesConfig(path=path)).sink("any")
    assert isinstance(sink, FolderSink)
    sink.prepare(call, SCHEMA, POLICY)
    return sink, call


def test_parts_and_manifest(tmp_path):
    path = tmp_path / "out"
    sink, call = started(path)
    assert sink.write(call, batch(b'{"a":1}', b"{}")) == [APPLIED, APPLIED]
    sink.write(call, batch(b'{"b":2}', seq=7))
    assert call.checkpoint == {"parts": 2, "records": 3, "bytes": 19}
    assert not (path / "manifest.json").exists()
    sink.finish(call)
    sink.finish(call)
    first = b'{"a":1}\n{}\n'
    assert (path / "part-00000001.jsonl").read_bytes() == first
    manifest = json.loads((path / "manifest.json").read_bytes())
    assert manifest["parts"][0] == {
        "name": "part-00000001.jsonl",
        "records": 2,
        "bytes": len(first),
        "sha256": hashlib.sha256(first).hexdigest(),
    }
    assert (manifest["format"], manifest["records"], len(manifest["parts"])) == (1, 3, 2)
    assert sorted(each.name for each in path.iterdir()) == [
        "manifest.json",
        "part-00000001.jsonl",
        "part-00000002.jsonl",
    ]


@pytest.mark.req("G1")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(
    batches=st.lists(st.lists(st.sampled_from([b"{}", b'{"a":1}']), min_size=1, max_size=3), max_size=5),
    crashes=st.lists(st.sampled_from(["none", "before commit", "torn", "finish"]), max_size=12),
)
def test_every_record_arrives_once_whatever_crashes(tmp_path_factory, batches, crashes):
    path = tmp_path_factory.mktemp("any") / "out"
    crashes = iter(crashes)
    committed = None
    for number, payloads in enumerate(batches, 1):
        while True:
            crash = next(crashes, "none")
            sink, call = started(path, committed)
            if crash == "torn":
                (path / f".part-{number:08}.jsonl.partial").write_bytes(b'{"torn')
                continue
            sink.write(call, batch(*payloads, seq=number))
            if crash != "before commit":
                break
        committed = call.checkpoint
        if crash == "finish":
            sink.finish(call)
    sink, call = started(path, committed)
    sink.finish(call)
    if not batches:
        assert list(path.iterdir()) == []
        return
    manifest = json.loads((path / "manifest.json").read_bytes())
    assert [part["name"] for part in manifest["parts"]] == sorted(
        each.name for each in path.iterdir() if each.name.startswith("part-")
    )
    content = [(path / part["name"]).read_bytes() for part in manifest["parts"]]
    assert [hashlib.sha256(each).hexdigest() for each in content] == [
        part["sha256"] for part in manifest["parts"]
    ]
    assert b"".join(content).split() == [payload for payloads in batches for payload in payloads]
    assert manifest["records"] == sum(map(len, batches)) == committed["records"]


def test_part_without_commit_is_taken_away(tmp_path):
    path = tmp_path / "out"
    sink, call = started(path)
    sink.write(call, batch(b"{}"))
    (path / "part-00000002.jsonl").write_bytes(b"{}\n")
    sink.finish(call)
    assert sorted(each.name for each in path.iterdir()) == ["manifest.json", "part-00000001.jsonl"]


@pytest.mark.parametrize("name", ["manifest.json", "part-00000002.jsonl"])
def test_foreign_folder_is_refused_before_anything_is_written(tmp_path, name):
    (tmp_path / name).write_bytes(b"precious")
    with pytest.raises(ConflictError) as caught:
        started(tmp_path)
    assert caught.value.code == "files-target-exists"


def test_foreign_first_part_is_not_overwritten(tmp_path):
    (tmp_path / "part-00000001.jsonl").write_bytes(b"precious")
    sink, call = started(tmp_path)
    with pytest.raises(ConflictError) as caught:
        sink.write(call, batch(b"{}"))
    assert caught.value.code == "files-target-exists"
    assert (tmp_path / "part-00000001.jsonl").read_bytes() == b"precious"


@pytest.mark.req("G1")
@pytest.mark.parametrize("harm", ["gone", "cut", "same size", "foreign"])
def test_changed_folder_is_refused(tmp_path, harm):
    path = tmp_path / "out"
    sink, call = started(path)
    sink.write(call, batch(b"{}", b"{}"))
    sink.write(call, batch(b'{"a":1}', seq=2))
    part = path / "part-00000001.jsonl"
    if harm == "gone":
        part.unlink()
    elif harm == "foreign":
        (path / "part-00000009.jsonl").write_bytes(b"{}\n")
    else:
        part.write_bytes(b"{}\n" if harm == "cut" else b"{   }\n")
    sink, call = started(path, call.checkpoint)
    acts = [lambda: sink.finish(call)]
    if harm != "same size":
        acts.append(lambda: sink.write(call, batch(b"{}", seq=3)))
    for act in acts:
        with pytest.raises(ConflictError) as caught:
            act()
        assert caught.value.code == "files-target-changed"


def test_parent_must_exist(tmp_path):
    with pytest.raises(ConfigurationError) as caught:
        started(tmp_path / "none" / "out")
    assert caught.value.code == "files-not-found"


@pytest.mark.parametrize(
    "spoilt", [b"", b"{", b"[]", b'{"parts":[1]}', b'{"parts":[{"name":"part-00000001.jsonl"}]}']
)
def test_a_manifest_that_was_spoilt_is_written_anew(tmp_path, spoilt):
    path = tmp_path / "out"
    sink, call = started(path)
    sink.write(call, batch(b"{}"))
    sink.finish(call)
    before = (path / "manifest.json").read_bytes()
    (path / "manifest.json").write_bytes(spoilt)
    sink.finish(call)
    assert (path / "manifest.json").read_bytes() == before
