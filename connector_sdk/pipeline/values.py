"""Values that the documents of pipelines and environments share."""

import re
import shlex
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BeforeValidator

from connector_sdk.config import LocalPath

DEV: Final = "dev"
"""The environment where none is named: the only one that needs no document."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
_SCHEME = re.compile(r"(?P<scheme>[a-zA-Z][a-zA-Z0-9+.-]*)://(?P<rest>.*)", re.DOTALL)
_DURATION = re.compile(r"(?P<count>[1-9][0-9]{0,5})(?P<unit>[smhdw])")
_LONGEST = timedelta(days=36_500)
_NO_DURATION = "a duration is a whole number and its unit, 1s to 100 years, such as 90s, 30m, 24h, 7d or 2w"
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def is_name(value: str) -> bool:
    """Tell whether a text may name a pipeline, a connection or an environment."""
    return _NAME.fullmatch(value) is not None


def _named(value: str) -> str:
    if not is_name(value):
        raise ValueError("a name has letters, digits, '.', '_' and '-', and begins with a letter or digit")
    return value


def _sqlite_file(value: Any) -> Any:
    found = _SCHEME.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return value
    path = found["rest"].removeprefix("/")
    if found["scheme"] != "sqlite" or path == found["rest"] or not path or path == ":memory:":
        raise ValueError("a ledger is a file, written as a path or as sqlite:///path")
    return path


def _duration(value: Any) -> Any:
    if not isinstance(value, str):
        raise ValueError(_NO_DURATION)  # noqa: TRY004 - pydantic takes no TypeError
    found = _DURATION.fullmatch(value)
    if found is None or (span := timedelta(**{_UNITS[found["unit"]]: int(found["count"])})) > _LONGEST:
        raise ValueError(_NO_DURATION)
    return span


def command_line(document: Path, environment: str) -> str:
    """Return how commands name a pipeline in an environment."""
    chosen = "" if environment == DEV else f" --env {environment}"
    return f"{shlex.quote(str(document))}{chosen}"


Name = Annotated[str, AfterValidator(_named)]
LedgerFile = Annotated[LocalPath, BeforeValidator(_sqlite_file)]
"""The ledger's file, as a path or as `sqlite:///path`."""
Duration = Annotated[timedelta, BeforeValidator(_duration)]
"""A whole number and its unit: s, m, h, d, w; a hundred years at most."""
