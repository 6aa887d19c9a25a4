"""The pages behind error codes: ours, and those that plugins bring in their own folder `explanations`."""

from collections.abc import Iterator
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path

import connector_sdk
from connector_sdk.hookspecs import PROJECT

FOLDER = "explanations"


def pages() -> dict[str, Path]:
    """Return the page of every known code; ours win over a plugin's of the same name."""
    found: dict[str, Path] = {}
    for folder in _folders():
        for page in sorted(folder.glob("*.md")):
            found.setdefault(page.stem, page)
    return dict(sorted(found.items()))


def title(page: Path) -> str:
    """Return a page's first sentence."""
    lines = (line.strip() for line in page.read_text(encoding="utf-8").splitlines())
    paragraph: list[str] = []
    for line in lines:
        if line and not line.startswith("#"):
            paragraph.append(line)
        elif paragraph:
            break
    sentence, dot, _ = " ".join(paragraph).replace("**What happened**", "").partition(". ")
    return sentence + dot.strip()


def _folders() -> Iterator[Path]:
    yield Path(connector_sdk.__file__).parent / FOLDER
    for point in entry_points(group=PROJECT):
        # The package is located, not imported: a plugin that cannot be imported can still explain itself.
        try:
            spec = find_spec(point.module.partition(".")[0])
        except (ImportError, ValueError):
            continue
        for place in (spec.submodule_search_locations if spec else None) or ():
            yield Path(place) / FOLDER
