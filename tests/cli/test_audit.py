"""`audit verify`: each verdict with its exit code, from outside, without secret keys."""

import shutil
import sqlite3
from pathlib import Path

import pytest

from connector_sdk.ledger import runs
from connector_sdk.ledger.partitions import PartitionKey
from connector_sdk.ledger.store import open_store
from tests.cli.conftest import Call, add_pipeline, records

pytestmark = pytest.mark.slow


@pytest.fixture
def ran(folder: Path, call: Call) -> Path:
    """Return a folder whose pipeline ran once."""
    assert call("run", folder).code == 0
    return folder


def change(folder: Path, statement: str) -> None:
    """Change the ledger behind everybody's back."""
    with sqlite3.connect(folder / ".connector-sdk" / "ledger.db") as connection:
        connection.execute(statement)
    connection.close()


@pytest.mark.req("P11-10a-2")
def test_a_ledger_as_it_was_written_verifies(call: Call, ran: Path) -> None:
    result = call("audit", "verify", ran, "--json")
    assert result.code == 0
    found = result.document
    assert (found["verdict"], found["batches"], found["records"], found["findings"]) == ("ok", 3, 25, [])
    assert found["covered"] == found["events"] == found["audit"]["size"]
    assert "could have signed anything" in found["note"]
    shown = call("audit", "verify", ran).out
    assert "verdict    ok" in shown
    assert "the key beside the ledger" in shown


def test_it_needs_only_the_ledger_and_a_public_key(call: Call, ran: Path, tmp_path: Path) -> None:
    keys = ran / ".connector-sdk" / "keys"
    public = shutil.copy(keys / "signing.pub", tmp_path / "trusted")
    shutil.rmtree(keys)
    (ran / ".connector-sdk" / "ledger.db").chmod(0o400)
    before = (ran / ".connector-sdk" / "ledger.db").read_bytes()
    result = call("audit", "verify", ran, "--trust", public, "--json")
    assert (result.code, result.document["verdict"], result.document["note"]) == (0, "ok", "")
    assert (ran / ".connector-sdk" / "ledger.db").read_bytes() == before


@pytest.mark.req("P11-10a-2")
@pytest.mark.parametrize(
    "statement",
    [
        "update run set applied = 24, filtered = 1",
        "update batch_proof set dispositions = cast('aaaaaaaaas' as blob) where seq = 1",
        "delete from audit_event where seq = 5",
        "update batch set committed = null where seq = 2",
    ],
)
def test_an_altered_ledger_is_found_out(call: Call, ran: Path, statement: str) -> None:
    change(ran, statement)
    result = call("audit", "verify", ran, "--json")
    assert (result.code, result.document["verdict"]) == (80, "tampering")
    assert result.document["error"]["code"] == "audit-tampering"
    assert result.document["error"].keys() == {"code", "title", "message", "location", "hint"}
    shown = call("audit", "verify", ran).out
    assert "tampering" in shown
    assert "connector-sdk explain audit-tampering" in shown


@pytest.mark.req("P11-10a-2")
@pytest.mark.parametrize("place", [b"SQLite format", b"run.finished", b'"applied":25', b"connector-sdk/"])
def test_one_byte_of_the_file_is_enough(call: Call, ran: Path, place: bytes) -> None:
    ledger = ran / ".connector-sdk" / "ledger.db"
    content = bytearray(ledger.read_bytes())
    content[content.index(place) + len(place) - 1] ^= 1
    ledger.write_bytes(content)
    result = call("audit", "verify", ran, "--json")
    assert (result.code, result.document["verdict"]) == (80, "tampering")


def test_an_older_copy_is_found_out_by_a_checkpoint_kept_elsewhere(
    call: Call, ran: Path, tmp_path: Path
) -> None:
    ledger = ran / ".connector-sdk" / "ledger.db"
    older = ledger.read_bytes()
    call("run", ran)
    with sqlite3.connect(ledger) as connection:
        (note,) = connection.execute("select note from checkpoint order by size desc").fetchone()
    connection.close()
    retained = tmp_path / "last.txt"
    retained.write_text(note)
    assert call("audit", "verify", ran, "--checkpoint", retained).code == 0
    ledger.write_bytes(older)
    assert call("audit", "verify", ran).code == 0
    assert call("audit", "verify", ran, "--checkpoint", retained).code == 80


def test_a_key_that_nobody_trusts_proves_nothing(call: Call, ran: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    add_pipeline(other, "other", records(1))
    call("run", other)
    foreign = other / ".connector-sdk" / "keys" / "signing.pub"
    result = call("audit", "verify", ran, "--trust", foreign, "--json")
    assert (result.code, result.document["error"]["code"]) == (82, "audit-trust")
    (ran / ".connector-sdk" / "keys" / "signing.pub").write_text("nonsense\n")
    assert call("audit", "verify", ran).code == 82


def test_a_run_that_has_not_ended_leaves_the_ledger_incomplete(call: Call, ran: Path) -> None:
    store = open_store(ran / ".connector-sdk" / "ledger.db")
    started = runs.start(
        store,
        PartitionKey("dev", "subjects"),
        bundle="sha256:" + "0" * 64,
        environment_digest="sha256:" + "1" * 64,
        trigger={"kind": "cli"},
    )
    started.lease.close()
    store.close()
    result = call("audit", "verify", ran, "--json")
    assert (result.code, result.document["error"]["code"]) == (81, "audit-incomplete")


def test_files_that_cannot_be_read_are_named(call: Call, ran: Path, tmp_path: Path) -> None:
    for option, code in {"--checkpoint": "checkpoint-unreadable", "--trust": "trust-unreadable"}.items():
        result = call("audit", "verify", ran, option, tmp_path / "nowhere", "--json")
        assert (result.code, result.document["error"]["code"]) == (2, code)
    for content in (b"\xff\xfe", b"", b"no note\n", b"text\n\nno signature\n"):
        (tmp_path / "other").write_bytes(content)
        result = call("audit", "verify", ran, "--checkpoint", tmp_path / "other", "--json")
        assert (result.code, result.document["error"]["code"]) == (2, "checkpoint-unreadable")
        assert "`connector-sdk audit checkpoint` wrote" in result.document["error"]["hint"]


def test_without_a_ledger_there_is_nothing_to_verify(call: Call, folder: Path) -> None:
    result = call("audit", "verify", folder, "--json")
    assert (result.code, result.document["error"]["code"]) == (70, "ledger-missing")


def test_several_pipelines_are_verified_and_the_worst_counts(call: Call, ran: Path) -> None:
    add_pipeline(ran, "zulu", records(1))
    path = ran / "zulu.yaml"
    path.write_text(path.read_text() + "ledger: elsewhere/ledger.db\n")
    call("run", path)
    change(ran, "update run set read = 26")
    result = call("audit", "verify", ran, "--json")
    assert result.code == 80
    assert [one["verdict"] for one in result.document["pipelines"]] == ["tampering", "ok"]
    assert result.document["error"]["code"] == "audit-tampering"


@pytest.mark.req("P11-10a-2")
def test_the_checkpoint_printed_is_the_one_verify_takes(call: Call, ran: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept.txt"
    kept.write_text(call("audit", "checkpoint", ran).out, encoding="utf-8")
    assert call("audit", "checkpoint", ran, "--json").document["checkpoint"] == kept.read_text(
        encoding="utf-8"
    )
    assert call("audit", "verify", ran, "--checkpoint", kept).code == 0
    change(ran, "DELETE FROM checkpoint")
    assert call("audit", "verify", ran, "--checkpoint", kept).code == 80


def test_without_a_signature_there_is_no_checkpoint(call: Call, ran: Path) -> None:
    change(ran, "DELETE FROM checkpoint")
    result = call("audit", "checkpoint", ran, "--json")
    assert (result.code, result.document["error"]["code"]) == (2, "checkpoint-missing")
