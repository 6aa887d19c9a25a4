"""A spooled page comes back as it was, and one in another form is never taken for one of ours."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
import sqlalchemy as sa

from connector_sdk.errors import LedgerError
from connector_sdk.ledger import spool
from connector_sdk.ledger.spool import Again, Fault, Redrive, SpooledPage
from connector_sdk.ledger.store import Store, open_store
from connector_sdk.ledger.tables import metadata, partition
from connector_sdk.schema import Field, FieldType, Schema
from connector_sdk.signing import encrypt

PAGE = SpooledPage(
    texts=[b'{"id":"1"}', b"\xff"],
    faults={1: Fault("read", "csv-ragged-row", "row 2")},
    schema=Schema(fields=(Field(name="id", type=FieldType.STRING),), key=("id",)),
    new_fields="refuse",
    target="sha256:there",
    origin=7,
    cursor={"after": ["é", None, 2**53]},
    deleted=frozenset({0, 1}),
    redrive=Redrive([Again("a", 1, 2, 3)], "qa", "again"),
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(open_store(tmp_path / "ledger.db", create=True)) as opened:
        with opened.transaction() as connection:
            row = {"id": 1, "environment": "dev", "pipeline": "p", "flow": "main", "name": "all"}
            connection.execute(partition.insert(), {**row, "epoch": 0, "seq": 0, "arrival": 0})
        yield opened


@pytest.mark.req("G1")
def test_a_page_comes_back_as_it_was(store: Store) -> None:
    with store.transaction() as connection:
        spool.save(store, connection, 1, PAGE)
    with store.snapshot() as connection:
        assert spool.load(store, connection, 1) == (PAGE, 0)


@pytest.mark.parametrize("form", [b"", b"\x00", b"\x02"])
def test_a_page_in_another_form_is_not_guessed_at(store: Store, form: bytes) -> None:
    with store.transaction() as connection:
        spool.save(store, connection, 1, PAGE)
        sealed = encrypt(store.keys.spool, form + msgspec.msgpack.encode(PAGE), spool._context(store, 1))
        connection.execute(sa.update(metadata.tables["spool"]).values(page=sealed))
    with store.snapshot() as connection, pytest.raises(LedgerError) as caught:
        spool.load(store, connection, 1)
    assert caught.value.code == "spool-format"
