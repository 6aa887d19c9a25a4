"""JSON Lines into one file: the committed bytes and no others, whatever happens in between."""

import errno
import os
from pathlib import Path

import pytest
from connector_files import Files, FilesConfig
from connector_files.sink_file import FileSink
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connector_sdk.connector import APPLIED, Batch, Call, Delivery, Mode, WritePolicy
from connector_sdk.errors import ConfigurationError, ConflictError, UnavailableError
from connector_sdk.schema import Schema

SCHEMA = Schema(fields=())
POLICY = WritePolicy()


def batch(*payloads: bytes, seq: int = 1) -> Batch:
    return Batch("p", "main", 1, seq, SCHEMA, payloads, [None] * len(payloads), [0] * len(payloads))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "out.jsonl"


@pytest.fixture
def sink(path: Path) -> FileSink:
    made = Files(FilesConfig(path=path)).sink("any")
    assert isinstance(made, FileSink)
    return made


def test_file_appears_when_the_run_ends(sink, path):
    call = Call()
    sink.prepare(call, SCHEMA, POLICY)
    assert sink.write(call, batch(b'{"a":1.10}', b'{"a":null}')) == [APPLIED, APPLIED]
    assert call.checkpoint == {"bytes": 22, "records": 2}
    assert not path.exists()
    sink.finish(call)
    sink.finish(call)
    assert path.read_bytes() == b'{"a":1.10}\n{"a":null}\n'
    assert [each.name for each in path.parent.iterdir()] == ["out.jsonl"]


def test_later_run_adds_to_the_file(sink, path):
    call = Call()
    sink.write(call, batch(b"{}"))
    sink.finish(call)
    path.chmod(0o640)
    sink.prepare(call, SCHEMA, POLICY)
    sink.write(call, batch(b'{"b":2}', seq=2))
    assert path.read_bytes() == b"{}\n"
    sink.finish(call)
    assert path.read_bytes() == b'{}\n{"b":2}\n'
    assert path.stat().st_mode & 0o777 == 0o640


@pytest.mark.req("G1")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=80)
@given(
    batches=st.lists(
        st.lists(st.sampled_from([b"{}", b'{"a":1}', '{"é":"x"}'.encode()]), max_size=3), max_size=5
    ),
    crashes=st.lists(
        st.sampled_from(["none", "before commit", "torn", "after commit", "finish twice"]), max_size=12
    ),
)
def test_every_record_arrives_once_whatever_crashes(tmp_path_factory, batches, crashes):
    path = tmp_path_factory.mktemp("out") / "x.jsonl"
    crashes = iter(crashes)
    committed = None
    for number, payloads in enumerate(batches, 1):
        while True:
            crash = next(crashes, "none")
            call = Call(checkpoint=committed)
            sink = FileSink(path)
            sink.prepare(call, SCHEMA, POLICY)
            sink.write(call, batch(*payloads, seq=number))
            if crash == "torn" and committed is None:
                os.truncate(sink.working, sink.working.stat().st_size // 2)
            elif crash == "torn":
                with sink.working.open("ab") as file:
                    file.write(b'{"torn')
            if crash not in {"before commit", "torn"}:
                break
        committed = call.checkpoint
        if crash == "finish twice":
            FileSink(path).finish(Call(checkpoint=committed))
            FileSink(path).finish(Call(checkpoint=committed))
    FileSink(path).finish(Call(checkpoint=committed))
    expected = b"".join(payload + b"\n" for payloads in batches for payload in payloads)
    assert (path.read_bytes() if path.exists() else b"") == expected
    assert (committed or {"records": 0})["records"] == sum(map(len, batches))


def test_copy_cut_short_is_made_again(sink, path):
    call = Call()
    sink.write(call, batch(b'{"a":1}'))
    sink.finish(call)
    sink.working.write_bytes(b'{"a"')
    sink.write(call, batch(b"{}", seq=2))
    sink.finish(call)
    assert path.read_bytes() == b'{"a":1}\n{}\n'


def test_laid_out_json_becomes_one_line(sink, path):
    call = Call()
    sink.write(call, batch(b'{\r\n "a": "x\\ny"\n}'))
    sink.finish(call)
    assert path.read_bytes() == b'{   "a": "x\\ny" }\n'


def test_foreign_file_is_neither_overwritten_nor_added_to(sink, path):
    path.write_bytes(b"precious\n")
    with pytest.raises(ConflictError) as caught:
        sink.prepare(Call(), SCHEMA, POLICY)
    assert caught.value.code == "files-target-exists"
    with pytest.raises(ConflictError):
        sink.write(Call(), batch(b"{}"))
    assert path.read_bytes() == b"precious\n"


@pytest.mark.req("G1")
@pytest.mark.parametrize("content", [None, b"", b"{}", b"{}\n{}\n"])
@pytest.mark.parametrize("finished", [True, False])
def test_changed_target_is_refused(sink, path, content, finished):
    call = Call()
    sink.write(call, batch(b"{}"))
    if finished:
        sink.finish(call)
    target = path if finished else sink.working
    if not finished and content == b"{}\n{}\n":
        content = b""
    target.unlink() if content is None else target.write_bytes(content)
    for act in (lambda: sink.write(call, batch(b"{}", seq=2)), lambda: sink.finish(call)):
        with pytest.raises(ConflictError) as caught:
            act()
        assert caught.value.code == "files-target-changed"
    assert call.checkpoint == {"bytes": 3, "records": 1}


def test_run_without_records_leaves_no_file(sink, path):
    sink.prepare(Call(), SCHEMA, POLICY)
    sink.finish(Call())
    assert list(path.parent.iterdir()) == []


def test_full_disk_is_told_and_can_be_resumed(sink, path, monkeypatch):
    call = Call()
    sink.write(call, batch(b"{}"))
    written = os.fsync

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(UnavailableError) as caught:
        sink.write(call, batch(b'{"a":1}', seq=2))
    assert caught.value.code == "files-no-space"
    assert call.checkpoint == {"bytes": 3, "records": 1}
    monkeypatch.setattr("os.fsync", written)
    sink.write(call, batch(b'{"a":1}', seq=2))
    sink.finish(call)
    assert path.read_bytes() == b'{}\n{"a":1}\n'


@pytest.mark.parametrize(
    "policy", [WritePolicy(Mode.INSERT), WritePolicy(Mode.UPDATE), WritePolicy(omit_nulls=True)]
)
def test_what_a_log_cannot_do_is_refused(sink, policy):
    with pytest.raises(ConfigurationError) as caught:
        sink.check(Call(), SCHEMA, policy)
    assert caught.value.code == "files-write-mode"


def test_folder_must_exist(tmp_path):
    with pytest.raises(ConfigurationError) as caught:
        FileSink(tmp_path / "none" / "x.jsonl").check(Call(), SCHEMA, POLICY)
    assert caught.value.code == "files-not-found"


def test_folder_must_be_writable(sink, monkeypatch):
    monkeypatch.setattr("os.access", lambda *_: False)
    with pytest.raises(ConfigurationError) as caught:
        sink.check(Call(), SCHEMA, POLICY)
    assert caught.value.code == "files-permission"


def test_delivery_is_effectively_once_and_not_by_key(sink):
    assert sink.delivery is Delivery.EFFECTIVELY_ONCE
    assert not sink.keyed


@pytest.mark.req("G1")
def test_two_pipelines_do_not_mix_in_one_file(path):
    """Objective: what one has committed of a file that has no name yet, another one does not cut off."""
    mine, theirs = Call(), Call()
    first, second = FileSink(path), FileSink(path)
    for sink, call in ((first, mine), (second, theirs)):
        sink.prepare(call, SCHEMA, POLICY)
    first.write(mine, batch(b'{"a":1}'))
    with pytest.raises(ConflictError) as caught:
        second.write(theirs, batch(b'{"b":1}', b'{"b":2}'))
    assert caught.value.code == "files-target-exists"
    first.write(mine, batch(b'{"a":2}', seq=2))
    first.finish(mine)
    assert path.read_bytes() == b'{"a":1}\n{"a":2}\n'


@pytest.mark.parametrize("left", [0, 3, 16])
def test_a_first_batch_cut_short_is_written_again(path, left):
    path.with_name(".out.jsonl.partial").write_bytes(b'{"a":1}\n{"a":2}\n'[:left])
    call, sink = Call(), FileSink(path)
    sink.prepare(call, SCHEMA, POLICY)
    sink.write(call, batch(b'{"a":1}', b'{"a":2}'))
    sink.finish(call)
    assert path.read_bytes() == b'{"a":1}\n{"a":2}\n'
