"""The rules about errors pass who tells failures apart, and find who does not."""

from pathlib import Path

import pytest

from connector_sdk.conformance.rules.errors import MAY_PASS, TABLE
from connector_sdk.errors import ConnectorError
from connector_sdk.http.layers.classify import _kind
from tests.conformance.rules.spoiling import Spoiled, assert_found, assert_kept

RULES = ("ERR-01", "ERR-02")
SPOILED = (
    Spoiled(
        "ERR-01",
        "lims",
        "takes a refusal for an outage",
        "a 403: UnavailableError (http-403) says that it may pass",
        code="""
import connector_sdk.http.layers.classify
import sys
from connector_sdk import UnavailableError

sys.modules["connector_sdk.http.layers.classify"]._BY_STATUS[403] = UnavailableError
""",
    ),
    Spoiled(
        "ERR-02",
        "safety",
        "lets its parser's own error through",
        "ValidationError crossed the border, no ConnectorError",
        old="except (msgspec.MsgspecError, ValueError, RecursionError):",
        new="except KeyError:",
    ),
)


@pytest.mark.slow
def test_who_tells_them_apart_keeps_them(tmp_path: Path) -> None:
    assert_kept(tmp_path, "lims", RULES)


@pytest.mark.slow
@pytest.mark.parametrize("spoiled", SPOILED, ids=str)
def test_who_does_not_is_found(spoiled: Spoiled, tmp_path: Path) -> None:
    assert_found(tmp_path, spoiled)


@pytest.mark.parametrize("status", TABLE)
def test_the_table_is_what_the_sdk_does(status: int) -> None:
    kind: type[ConnectorError] = _kind(status)
    assert kind.__name__ == TABLE[status]
    assert (kind.exit_code == 75) == (TABLE[status] in MAY_PASS)
