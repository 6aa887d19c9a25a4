"""The folder in which the demo plays: the one asked for, or a temporary one."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from connector_sdk.errors import ConfigurationError


@contextmanager
def workspace(folder: Path | None) -> Iterator[Path]:
    """Yield an empty folder: `folder`, which is kept, else a temporary one, which is removed.

    Raises ConfigurationError where `folder` is not empty, or there is none to write in.
    """
    if folder is not None:
        _prepare(folder)
        yield folder.resolve()
        return
    try:
        temporary = tempfile.TemporaryDirectory(prefix="connector-sdk-demo-", ignore_cleanup_errors=True)
    except OSError as error:
        raise _unusable(error, Path(tempfile.gettempdir())) from None
    with temporary as name:
        yield Path(name).resolve()


def _prepare(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        empty = not any(folder.iterdir())
    except OSError as error:
        raise _unusable(error, folder) from None
    if not empty:
        raise ConfigurationError(
            "the folder for the demo is not empty",
            code="demo-folder-not-empty",
            hint="name a new or empty folder as --dir; the demo changes nothing that it did not make",
            location=str(folder),
        )


def _unusable(error: OSError, folder: Path) -> ConfigurationError:
    return ConfigurationError(
        f"the folder for the demo cannot be used: {error.strerror}",
        code="demo-folder-unusable",
        hint="name a new folder where you may write, as --dir",
        location=str(folder),
    )
