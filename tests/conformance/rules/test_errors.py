"""What the rules about errors expect of a connector is what the SDK's own stack does."""

import pytest

from connector_sdk.conformance.rules.errors import MAY_PASS, TABLE
from connector_sdk.errors import ConnectorError
from connector_sdk.http.layers.classify import _kind


@pytest.mark.parametrize("status", TABLE)
def test_the_table_is_what_the_sdk_does(status: int) -> None:
    kind: type[ConnectorError] = _kind(status)
    assert kind.__name__ == TABLE[status]
    assert (kind.exit_code == 75) == (TABLE[status] in MAY_PASS)
