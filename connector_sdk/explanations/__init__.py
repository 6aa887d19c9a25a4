"""The pages behind the codes of errors and findings, readable offline: one Markdown file per code.

A plugin brings the pages of its own codes in a folder `explanations` of its package; they are found without
importing it.
"""

from difflib import get_close_matches
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path


def codes() -> list[str]:
    """Return every code that has a page, sorted."""
    return sorted(_pages())


def explain(code: str) -> str | None:
    """Return the page of a code, in Markdown, or None where there is none."""
    page = _pages().get(code)
    return page.read_text(encoding="utf-8") if page else None


def near(code: str) -> list[str]:
    """Return the codes that were probably meant, the most similar first."""
    meant = code.strip().lower().replace("_", "-").replace(" ", "-")
    return get_close_matches(meant, codes(), n=3, cutoff=0.5)


def _pages() -> dict[str, Path]:
    packages = {entry.module.partition(".")[0] for entry in entry_points(group="connector_sdk")}
    folders = [folder for package in sorted(packages) for folder in _folders(package)]
    # The last one wins: no plugin explains the core's codes away.
    return {page.stem: page for folder in (*folders, Path(__file__).parent) for page in folder.glob("*.md")}


def _folders(package: str) -> list[Path]:
    try:
        spec = find_spec(package)
    except (ImportError, ValueError):
        return []
    return [Path(place, "explanations") for place in (spec and spec.submodule_search_locations) or ()]
