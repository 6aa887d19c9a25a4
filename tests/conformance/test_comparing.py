"""What is said of an error helps to find what is wrong, and holds nothing of the connector's own."""

import pytest

from connector_sdk.conformance.comparing import shown
from connector_sdk.conformance.protocol import Failure


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("", "UnavailableError"),
        ("http-503", "UnavailableError (http-503)"),
        ("http-599", "UnavailableError (http-599): it asked for what is not in the book, see CAP-04"),
    ],
)
def test_an_error_is_named(code: str, told: str) -> None:
    failure = Failure(
        kind="UnavailableError",
        bases=[],
        code=code,
        message="what the connector says",
        hint="",
        location="",
        retryable=True,
        exit_code=75,
        attempts=None,
        retry_after=None,
        request_id=None,
        from_sdk=True,
        text="",
    )
    assert shown(failure) == told
