"""Appending to the audit log, and signing it."""

import ast
import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.engine import Connection

from connector_sdk.errors import LedgerError
from connector_sdk.ledger import audit_log, events, tables
from connector_sdk.ledger.checkpoints import Checkpoint, origin
from connector_sdk.ledger.merkle import leaf_hash, root
from connector_sdk.signing import Signer, open_note
from tests.clocks import FakeClock

CREATED = {"format": "1", "ledger": "l-1", "created": "2026", "keys": "signing:0a"}
LEASE: dict[str, Any] = {"partition": "dev/p/main/all", "epoch": 1}


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def connection() -> Iterator[Connection]:
    engine = sa.create_engine("sqlite://")
    with engine.connect() as opened:
        tables.metadata.create_all(opened)
        yield opened
    engine.dispose()


@pytest.fixture
def log(connection: Connection, clock: FakeClock) -> Connection:
    audit_log.append(connection, clock=clock, type="ledger.created", **CREATED)
    return connection


def bodies(connection: Connection) -> list[bytes]:
    return list(connection.execute(sa.select(tables.audit_event.c.body).order_by("seq")).scalars())


def test_an_event_states_who_what_when_and_why(log: Connection, clock: FakeClock) -> None:
    facts = {"partition": "dev/p/main/all", "id": "dl-1", "state": "discarded", "closed": "2026"}
    kim = {"kind": "human", "name": "Kim Vale"}
    seq = audit_log.append(
        log, clock=clock, type="dead_letter.closed", run="r", actor=kim, reason="naïve", **facts
    )
    document = json.loads(bodies(log)[seq])
    assert UUID(document.pop("id")).version == 7
    assert document == {
        "v": 1,
        "seq": 1,
        "type": "dead_letter.closed",
        "ts": "2026-03-29T01:30:00.000000Z",
        "actor": kim,
        "run": "r",
        "reason": "naïve",
        "facts": facts,
    }
    assert "naïve".encode() in bodies(log)[seq]


def test_what_there_is_not_is_left_out(log: Connection, clock: FakeClock) -> None:
    names = ["environment", "pipeline", "trigger", "bundle", "environment_digest", "started"]
    started: dict[str, Any] = dict.fromkeys(names, "x")
    seq = audit_log.append(log, clock=clock, type="run.started", run="r", retries=None, **started)
    document = json.loads(bodies(log)[seq])
    assert document["actor"] == {"kind": "system", "name": "connector-sdk"}
    assert document["facts"] == started
    assert "reason" not in document


@pytest.mark.req("E6-4.2.2d")
def test_time_is_utc_and_order_is_the_number_even_when_the_clock_goes_back(log: Connection) -> None:
    summer = datetime(2026, 10, 25, 2, 30, 0, 5, tzinfo=timezone(timedelta(hours=2)))
    later = FakeClock(summer)
    earlier = FakeClock(datetime(2025, 1, 1, tzinfo=UTC))
    for clock in (later, earlier):
        audit_log.append(log, clock=clock, type="lease.released", **LEASE)
    documents = [json.loads(body) for body in bodies(log)[1:]]
    assert [document["ts"] for document in documents] == [
        "2026-10-25T00:30:00.000005Z",
        "2025-01-01T00:00:00.000000Z",
    ]
    assert [document["seq"] for document in documents] == [1, 2]


def test_the_head_follows_the_events(log: Connection, clock: FakeClock) -> None:
    for size in range(1, 20):
        leaves = [leaf_hash(body) for body in bodies(log)]
        assert audit_log.head(log) == (size, root(leaves))
        audit_log.append(log, clock=clock, type="lease.released", **LEASE)


def test_an_event_and_what_it_records_stand_or_fall_together(log: Connection, clock: FakeClock) -> None:
    before = audit_log.head(log)
    nested = log.begin_nested()
    audit_log.append(log, clock=clock, type="lease.released", **LEASE)
    nested.rollback()
    assert audit_log.head(log) == before
    assert len(bodies(log)) == 1


@pytest.mark.parametrize(
    ("event", "facts"),
    [
        ("lease.forgotten", LEASE),
        ("lease.released", {"epoch": 1}),
        ("lease.released", {**LEASE, "value": "x"}),
        ("lease.released", {**LEASE, "epoch": 1.0}),
        ("lease.released", {**LEASE, "epoch": True}),
        ("lease.released", {**LEASE, "epoch": -1}),
        ("lease.released", {**LEASE, "partition": None}),
        ("lease.taken", {**LEASE, "holder": {"pid": 1.5}}),
        ("lease.taken", {**LEASE, "holder": b"node-1"}),
        ("lease.taken", {**LEASE, "holder": datetime(2026, 1, 1, tzinfo=UTC)}),
    ],
)
def test_an_event_that_is_not_on_the_list_is_a_mistake(
    log: Connection, clock: FakeClock, event: str, facts: dict[str, Any]
) -> None:
    with pytest.raises(ValueError, match=r"lease|fact"):
        audit_log.append(log, clock=clock, type=event, **facts)
    assert len(bodies(log)) == 1


@pytest.mark.parametrize(
    "actor", [{"kind": "robot", "name": "R"}, {"kind": "human", "name": ""}, {"name": "Kim"}]
)
def test_an_actor_is_a_human_or_the_system_with_a_name(
    log: Connection, clock: FakeClock, actor: dict[str, str]
) -> None:
    with pytest.raises(ValueError, match="actor"):
        audit_log.append(log, clock=clock, type="lease.released", actor=actor, **LEASE)


def test_integers_that_a_reader_might_round_are_written_as_text(log: Connection, clock: FakeClock) -> None:
    holder = {
        "exact": 2**53,
        "wide": 2**53 + 1,
        "below": -(2**53) - 1,
        "list": [2**64],
        "yes": True,
        "no": None,
    }
    seq = audit_log.append(log, clock=clock, type="lease.taken", holder=holder, **LEASE)
    assert json.loads(bodies(log)[seq])["facts"]["holder"] == {
        "exact": 2**53,
        "wide": "9007199254740993",
        "below": "-9007199254740993",
        "list": ["18446744073709551616"],
        "yes": True,
        "no": None,
    }


def test_an_event_that_is_too_large_is_refused(log: Connection, clock: FakeClock) -> None:
    audit_log.append(log, clock=clock, type="lease.released", reason="", **LEASE)
    size = len(bodies(log)[-1])
    audit_log.append(log, clock=clock, type="lease.released", reason="x" * (events.MAX_BODY - size), **LEASE)
    with pytest.raises(LedgerError) as caught:
        audit_log.append(
            log, clock=clock, type="lease.released", reason="x" * (events.MAX_BODY - size + 1), **LEASE
        )
    assert caught.value.code == "event-too-large"


def test_a_reason_that_is_not_unicode_is_refused(log: Connection, clock: FakeClock) -> None:
    reason = os.fsdecode(b"na\xefve")
    with pytest.raises(LedgerError) as caught:
        audit_log.append(log, clock=clock, type="lease.released", reason=reason, **LEASE)
    assert caught.value.code == "event-not-text"


def test_only_its_first_event_opens_a_log(connection: Connection, clock: FakeClock) -> None:
    with pytest.raises(LedgerError) as caught:
        audit_log.append(connection, clock=clock, type="lease.released", **LEASE)
    assert caught.value.code == "audit-head-damaged"


def test_a_log_whose_head_is_gone_is_not_begun_anew(log: Connection, clock: FakeClock) -> None:
    log.exec_driver_sql("DELETE FROM audit_head")
    with pytest.raises(LedgerError) as caught:
        audit_log.append(log, clock=clock, type="lease.released", **LEASE)
    assert caught.value.code == "audit-head-damaged"


TEXT = st.text(st.characters(exclude_categories=["Cs"]))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner),
    max_leaves=8,
)


@given(holder=JSON, reason=st.none() | TEXT, run=st.none() | TEXT, name=TEXT.filter(bool))
def test_an_event_reads_back_as_it_was_written(
    holder: Any, reason: str | None, run: str | None, name: str
) -> None:
    moment = "2026-03-29T01:30:00.000000Z"
    actor, facts = {"kind": "human", "name": name}, {**LEASE, "holder": holder}
    identifier = "01958f3c-8a00-7000-8000-000000000000"
    body = events.write(events.Event(7, identifier, "lease.taken", moment, actor, facts, run, reason))
    again = events.read(body)
    assert events.write(again) == body
    assert (again.seq, again.actor, again.run, again.reason) == (7, actor, run, reason)


def test_a_checkpoint_covers_the_log_and_the_act_of_signing(log: Connection, clock: FakeClock) -> None:
    signer = Signer.new()
    assert audit_log.latest_checkpoint(log) is None
    note = audit_log.sign_checkpoint(log, signer, origin("l-1"), clock)
    text, signed_by = open_note(note, [signer.verifier])
    assert signed_by == (signer.verifier,)
    assert Checkpoint.parse(text) == Checkpoint("connector-sdk/l-1", *audit_log.head(log))
    assert json.loads(bodies(log)[-1])["type"] == "checkpoint.signed"
    second = audit_log.sign_checkpoint(log, signer, origin("l-1"), clock)
    assert audit_log.latest_checkpoint(log) == second
    assert list(log.execute(sa.select(tables.checkpoint.c.note).order_by("size")).scalars()) == [note, second]


def test_a_log_shorter_than_what_was_signed_is_not_signed_again(log: Connection, clock: FakeClock) -> None:
    audit_log.append(log, clock=clock, type="lease.released", **LEASE)
    older = log.execute(sa.select(tables.audit_head)).mappings().one()
    for _ in range(3):
        audit_log.sign_checkpoint(log, Signer.new(), origin("l-1"), clock)
    log.execute(sa.delete(tables.audit_event).where(tables.audit_event.c.seq >= older["size"]))
    log.execute(sa.update(tables.audit_head).values(dict(older)))
    with pytest.raises(LedgerError) as caught:
        audit_log.sign_checkpoint(log, Signer.new(), origin("l-1"), clock)
    assert caught.value.code == "audit-truncated"


ROOT = "A" * 43 + "="


@pytest.mark.parametrize(
    "text",
    [
        "",
        "o\n",
        "o\n1\n",
        f"\n1\n{ROOT}\n",
        f"o\n01\n{ROOT}\n",
        f"o\n-1\n{ROOT}\n",
        f"o\n١\n{ROOT}\n",
        f"o\n{2**63}\n{ROOT}\n",
        "o\n1\nAAAA\n",
        "o\n1\n" + "A" * 42 + "B=\n",
    ],
)
def test_a_text_that_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a checkpoint"):
        Checkpoint.parse(text)


def test_a_checkpoint_may_have_extension_lines() -> None:
    plain = Checkpoint("o", 0, bytes(32))
    assert Checkpoint.parse(plain.text() + "more\n") == Checkpoint.parse(plain.text()) == plain


def test_digests_of_columns_tell_null_from_empty() -> None:
    assert audit_log.text_digest(None) is None
    assert audit_log.text_digest("") == (
        "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    )
    assert audit_log.text_digest('{"a":"é"}') != audit_log.text_digest('{"a":"e"}')


def test_the_digest_of_dead_letters_covers_each_column_that_stays() -> None:
    row: dict[str, Any] = {
        "id": "a",
        "position": 1,
        "arrival": 2,
        "origin": 3,
        "stage": "read",
        "code": "c",
        "message": "m",
        "payload": b"p",
        "deleted": 0,
        "attempts": 1,
        "opened": "2026",
        "state": "open",
        "actor": None,
    }
    digest = audit_log.dead_letters_digest([row])
    assert audit_log.dead_letters_digest([]) is None
    assert digest != audit_log.dead_letters_digest([row, row])
    kept = (
        "id",
        "position",
        "arrival",
        "origin",
        "stage",
        "code",
        "message",
        "attempts",
        "opened",
        "deleted",
    )
    for name in kept:
        assert audit_log.dead_letters_digest([{**row, name: "other"}]) != digest
    assert audit_log.dead_letters_digest([{**row, "payload": b"q"}]) != digest
    assert audit_log.dead_letters_digest([{**row, "state": "discarded", "actor": "Kim Vale"}]) == digest


SOURCES = sorted(Path(audit_log.__file__).parent.glob("*.py"))
KEPT = {"audit_event", "checkpoint"}


SOURCES = sorted(Path(audit_log.__file__).parent.glob("*.py"))
KEPT = {"audit_event", "checkpoint"}


SOURCES = sorted(Path(audit_log.__file__).parent.glob("*.py"))
KEPT = {"audit_event", "checkpoint"}


SOURCES = sorted(Path(audit_log.__file__).parent.glob("*.py"))
KEPT = {"audit_event", "checkpoint"}


@pytest.mark.req("P11-10e-3")
@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_no_code_of_the_ledger_changes_or_deletes_an_event_or_a_checkpoint(path: Path) -> None:
    """No statement but `insert` is ever made of the two tables, and none is written as text."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        called = ast.unparse(node.func)
        assert called not in {f"{table}.{verb}" for table in KEPT for verb in ("update", "delete")}
        if called in {"sa.update", "sa.delete"}:
            assert ast.unparse(node.args[0]) not in KEPT
        if called.endswith(("sa.text", "exec_driver_sql")):
            assert not {"update", "delete", "drop", "replace"} & set(ast.unparse(node).lower().split())
