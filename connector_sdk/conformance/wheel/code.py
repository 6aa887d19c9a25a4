"""The digest of a package's own files, the same for a wheel and for what is installed from it."""

import hashlib
import importlib.util
from collections.abc import Iterator, Mapping
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path, PurePosixPath
from typing import Final

from connector_sdk.digest import digest
from connector_sdk.errors import ConfigurationError
from connector_sdk.plugins.editable import is_editable

_CACHE: Final = "__pycache__"


def is_code(path: str) -> bool:
    """Tell whether a path in a wheel or in a list of installed files is one of the package's own."""
    parts = PurePosixPath(path).parts
    outside = path.startswith("/") or ".." in parts or _CACHE in parts
    return not outside and not parts[0].endswith((".dist-info", ".data", ".pth"))


def code_digest(files: Mapping[str, str]) -> str:
    """Return the digest of files by their SHA-256 (64 hexadecimal digits each), those of the package only."""
    return digest({path: files[path] for path in sorted(files) if is_code(path)})


def installed_code(name: str) -> str:
    """Return the code digest of an installed distribution, also one installed for editing.

    Everything that lies in its packages counts, whether the list of installed files names it or not.
    Raises ConfigurationError (distribution-unknown, distribution-unlisted).
    """
    try:
        found = distribution(name)
    except PackageNotFoundError:
        raise ConfigurationError(
            f"there is no distribution {name!r} in this environment",
            code="distribution-unknown",
            hint=f"install it: pip install {name}",
        ) from None
    return code_digest(
        {path: hashlib.sha256(file.read_bytes()).hexdigest() for path, file in code_files(found)}
    )


def code_files(found: Distribution) -> Iterator[tuple[str, Path]]:
    """Yield the files of an installed distribution's packages: path as in its wheel, and where it lies.

    Raises ConfigurationError (distribution-unlisted) where nobody can tell which files are its own.
    """
    if is_editable(found):
        roots = {name: _located(found, name) for name in _names(found)}
    else:
        listed = [str(path) for path in found.files or () if is_code(str(path))]
        roots = {}
        for path in listed:
            top = PurePosixPath(path).parts[0]
            where = Path(str(found.locate_file(top)))
            # A folder that several distributions share holds files of others: only the listed ones count.
            if where.is_dir() and not (where / "__init__.py").exists():
                roots[path] = Path(str(found.locate_file(path)))
            else:
                roots[top] = where
    if not roots:
        raise _unlisted(found)
    for name, root in sorted(roots.items()):
        if root.is_dir():
            for file in sorted(root.rglob("*")):
                if file.is_file() and _CACHE not in file.parts:
                    yield f"{name}/{file.relative_to(root).as_posix()}", file
        elif root.is_file():
            yield name, root


def _names(found: Distribution) -> list[str]:
    """Return the top-level names of what is installed for editing."""
    listed = (found.read_text("top_level.txt") or "").split()
    modules = (point.value.partition(":")[0].partition(".")[0] for point in found.entry_points)
    return sorted(set(listed or modules))


def _located(found: Distribution, name: str) -> Path:
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise _unlisted(found)
    origin = Path(spec.origin)
    return origin.parent if spec.submodule_search_locations else origin


def _unlisted(found: Distribution) -> ConfigurationError:
    return ConfigurationError(
        f"nobody can tell which files belong to {found.name} {found.version}",
        code="distribution-unlisted",
        hint=f"install it from a wheel: pip install --force-reinstall --no-deps {found.name}",
    )
