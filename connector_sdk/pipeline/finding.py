"""Find the documents of pipelines: in a folder, or named by themselves."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from connector_sdk.documents import Diagnostic, DocumentError, load_leniently

_TOP_LEVEL = re.compile(r"""^(?:\{\s*)?["']?pipeline["']?\s*:""", re.MULTILINE)

SIDES = ("source", "destination")


def find_pipelines(path: Path) -> list[Path]:
    """Return the pipeline documents directly in a folder, sorted by name; a file stands for itself.

    A document is a pipeline when it has the key `pipeline`, or both `source` and `destination`, whatever
    else may be wrong with it. Raises DocumentError where the path cannot be looked at.
    """
    try:
        if not path.is_dir():
            return [path]
        entries = sorted(path.iterdir())
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a usable path"
        message, hint = f"cannot be read: {reason}", "check the path and the permissions"
        raise DocumentError([Diagnostic("document-unreadable", str(path), 0, 0, message, hint)]) from None
    files = [entry for entry in entries if entry.suffix in {".yaml", ".yml"} and entry.is_file()]
    return [file for file in files if _is_pipeline(file)]


def only_document(path: Path) -> Path:
    """Return the one pipeline document at a path; raises DocumentError where it is none or several."""
    found = find_pipelines(path)
    if len(found) == 1:
        return found[0]
    if found:
        names = ", ".join(file.name for file in found)
        message, hint = (
            f"the folder holds several pipelines: {names}",
            f"name one of them, such as {found[0]}",
        )
        raise DocumentError([Diagnostic("pipeline-not-named", str(path), 0, 0, message, hint)])
    message = "the folder holds no pipeline"
    hint = "a pipeline is a .yaml file directly in it with the key `pipeline`"
    raise DocumentError([Diagnostic("pipeline-missing", str(path), 0, 0, message, hint)])


def connections_in(folder: Path) -> set[str]:
    """Return the names of the connections that any pipeline of a folder has, as far as they can be read."""
    return {name for file in find_pipelines(folder) for name in _connections(_value(file))}


def _connections(value: Any) -> Iterator[str]:
    for side in SIDES:
        ends = value.get(side) if isinstance(value, dict) else None
        name = (ends.get("connection") or ends.get("connector")) if isinstance(ends, dict) else None
        if isinstance(name, str):
            yield name


def _value(file: Path) -> Any:
    try:
        return load_leniently(file).value
    except DocumentError:
        return None


def _is_pipeline(file: Path) -> bool:
    value = _value(file)
    if value is None:
        try:
            return _TOP_LEVEL.search(file.read_text(encoding="utf-8", errors="replace")) is not None
        except OSError:
            return False
    # One whose key `pipeline` is misspelt must be told, not passed over.
    return isinstance(value, dict) and ("pipeline" in value or {"source", "destination"} <= value.keys())
