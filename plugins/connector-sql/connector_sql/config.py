"""Where the database is."""

import re
from pathlib import Path
from typing import Self

from pydantic import Field, PrivateAttr, ValidationInfo, model_validator

from connector_sdk.config import Config, Secret, base_folder
from connector_sdk.errors import ConfigurationError

SUPPORTED = ("sqlite", "sqlite+pysqlite")

_URL = re.compile(r"(?P<dialect>[a-z][a-z0-9_+]*)://(?P<server>[^/]*)(?:/(?P<database>.*))?", re.DOTALL)


class SqlConfig(Config):
    """Settings of the connector `sql`.

    `url` is written as SQLAlchemy writes it (https://docs.sqlalchemy.org/en/20/core/engines.html) and is
    treated as a secret, because it may hold a password.
    """

    url: Secret = Field(
        description="`sqlite:///file.db`, relative to the document, or `sqlite:////absolute/file.db`"
    )
    _path: Path = PrivateAttr()

    @property
    def path(self) -> Path:
        """The absolute path of the SQLite file."""
        return self._path

    @model_validator(mode="after")
    def _locate(self, info: ValidationInfo) -> Self:
        self._path = _database_file(self.url.reveal(), base_folder(info, "url"))
        return self


def _database_file(url: str, base: Path) -> Path:
    found = _URL.fullmatch(url)
    if found is None:
        raise _refused("`url` is not a database URL")
    if found["dialect"] not in SUPPORTED:
        raise ConfigurationError(
            f"databases of the kind {found['dialect']!r} are not supported",
            code="sql-dialect",
            hint=f"supported: {', '.join(SUPPORTED)}",
            location="url",
        )
    database = found["database"] or ""
    if found["server"]:
        raise _refused("a SQLite `url` names a file, not a server")
    if database in ("", ":memory:") or database.startswith("file:"):
        raise _refused("`url` names no file, so nothing of what is written would remain")
    if "?" in database or "\0" in database:
        raise _refused("`url` holds more than the path of a file")
    try:
        return (base / Path(database).expanduser()).absolute()
    except RuntimeError:
        raise _refused("`url` names a home folder that does not exist") from None


def _refused(message: str) -> ConfigurationError:
    return ConfigurationError(
        message,
        code="sql-url",
        hint="write sqlite:///file.db (relative to this document) or sqlite:////absolute/path/file.db",
        location="url",
    )
