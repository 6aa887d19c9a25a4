"""The one place where the operating system's errors become the SDK's."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from connector_sdk.errors import ConfigurationError, ConnectorError, UnavailableError

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_DENIED = {errno.EACCES, errno.EPERM, errno.EROFS}
_MISSING = {errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG, errno.ELOOP, errno.EINVAL}
_KIND = {errno.EISDIR, errno.EEXIST}


@contextmanager
def file_errors(path: Path, doing: str) -> Iterator[None]:
    """Turn an OSError of what is done inside into an error of the SDK that names the path."""
    try:
        yield
    except OSError as error:
        raise translated(error, path, doing) from error


def translated(error: OSError, path: Path, doing: str) -> ConnectorError:
    """Return the SDK's error for the operating system's; `doing` is "read", "written" or "reached"."""
    what = f"{path} cannot be {doing}: {error.strerror or 'input/output error'}"
    if error.errno in _FULL:
        hint = "free space (or raise the quota), then run again: it goes on after the last committed batch"
        return UnavailableError(what, code="files-no-space", hint=hint, location=str(path))
    if error.errno in _DENIED:
        hint = "give the account that runs the pipeline access to the file and its folder"
        return ConfigurationError(what, code="files-permission", hint=hint, location=str(path))
    if error.errno in _MISSING:
        hint = (
            "check `path` (relative paths start from the pipeline's folder) and that the file was delivered"
        )
        return ConfigurationError(what, code="files-not-found", hint=hint, location=str(path))
    if error.errno in _KIND:
        return not_a_file(path)
    hint = "check the disk or network share, then run again"
    return UnavailableError(what, code="files-io", hint=hint, location=str(path))


def not_a_file(path: Path) -> ConfigurationError:
    """Say that a path leads to a folder, a pipe or a device where a file is needed."""
    return ConfigurationError(
        f"{path} is not a regular file",
        code="files-not-a-file",
        hint="let `path` name one file; a folder can only be written, not read",
        location=str(path),
    )
