"""An exception as the suite sees it."""

import traceback

from connector_sdk.conformance.protocol import Failure
from connector_sdk.errors import ConnectorError

_RESUMABLE = 75
"""The exit code that orchestrators retry, and no other."""


def failure_of(error: Exception) -> Failure:
    """Describe what crossed the connector's border."""
    ours = isinstance(error, ConnectorError)
    top = ConnectorError if ours else Exception
    above = [each.__name__ for each in type(error).__mro__[1:] if issubclass(each, top)]
    lines = traceback.format_exception(error)
    if isinstance(error, ConnectorError):
        lines += [error.hint, error.location]
    return Failure(
        kind=type(error).__name__,
        bases=above,
        code=getattr(error, "code", "") if ours else "",
        message=_text(str(error)),
        hint=getattr(error, "hint", "") if ours else "",
        location=getattr(error, "location", "") if ours else "",
        retryable=ours and getattr(error, "exit_code", 1) == _RESUMABLE,
        exit_code=getattr(error, "exit_code", 1) if ours else 1,
        attempts=getattr(error, "attempts", None) if ours else None,
        retry_after=getattr(error, "retry_after", None) if ours else None,
        request_id=getattr(error, "request_id", None) if ours else None,
        from_sdk=ours,
        text=_text("".join(lines)),
    )


def _text(text: str) -> str:
    """Write half characters so that a line can carry them."""
    return text.encode("utf-8", "backslashreplace").decode()
