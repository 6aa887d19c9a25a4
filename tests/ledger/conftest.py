"""What the ledger's tests share."""

from collections.abc import Iterator

import pytest

from tests.ledger.small_ledger import SmallLedger, small_ledger


@pytest.fixture
def ledger() -> Iterator[SmallLedger]:
    with small_ledger() as built:
        yield built
