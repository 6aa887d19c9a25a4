"""Looking into a ledger of another format is refused, not misread."""

from contextlib import closing
from pathlib import Path

import pytest

from connector_sdk.errors import LedgerError
from connector_sdk.ledger.reading import look
from connector_sdk.ledger.store import open_store
from connector_sdk.ledger.tables import meta


@pytest.mark.parametrize(("written", "code"), [("99", "ledger-newer"), ("1", "ledger-older")])
def test_another_format_is_refused(tmp_path: Path, written: str, code: str) -> None:
    path = tmp_path / "ledger.db"
    with closing(open_store(path, create=True)) as store:
        with look(path) as connection:
            assert connection is not None
        with store.transaction() as connection:
            connection.execute(meta.update().where(meta.c.name == "format").values(value=written))
    with pytest.raises(LedgerError) as caught, look(path):
        pass
    assert caught.value.code == code
