"""Copy an installed distribution into another environment of the same Python, without an index.

Files are copied and never linked: what runs there must not reach what the suite itself runs on.
"""

import importlib.util
import shutil
from importlib.metadata import Distribution
from pathlib import Path, PurePosixPath
from typing import Final

from connector_sdk.conformance.wheel.code import code_files
from connector_sdk.plugins.editable import is_editable

_NOT_COPIED: Final = frozenset({"RECORD", "direct_url.json"})
"""Metadata that is about the other place: where it lies and which files are there."""


def copy_distribution(found: Distribution, site: Path) -> None:
    """Copy the packages and the metadata of a distribution into the folder `site`; no commands.

    What runs whenever Python starts (`.pth`) is left behind. Raises ConfigurationError
    (distribution-unlisted), OSError.
    """
    if is_editable(found):
        for path, file in code_files(found):
            _copy(file, site / path)
    else:
        for listed in found.files or ():
            if not _is_left_out(PurePosixPath(str(listed))):
                file = Path(str(found.locate_file(listed)))
                if file.is_file():
                    _copy(file, site / str(listed))
    _copy_metadata(found, site)


def _is_left_out(path: PurePosixPath) -> bool:
    outside = path.is_absolute() or ".." in path.parts
    return outside or path.suffix in {".pth", ".pyc"} or path.parts[0].endswith(".dist-info")


def _copy(file: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(file, target)
    if file.suffix == ".py":
        compiled = Path(importlib.util.cache_from_source(str(file)))
        if compiled.is_file():
            # Holds as long as the source's size and time do, which were copied, too.
            beside = Path(importlib.util.cache_from_source(str(target)))
            beside.parent.mkdir(exist_ok=True)
            shutil.copy2(compiled, beside)


def _copy_metadata(found: Distribution, site: Path) -> None:
    folder = site / f"{found.name.replace('-', '_')}-{found.version}.dist-info"
    folder.mkdir(exist_ok=True)
    for name in ("METADATA", "entry_points.txt", "top_level.txt", "WHEEL"):
        text = found.read_text(name)
        if text is not None:
            (folder / name).write_text(text, encoding="utf-8")
