"""The pages behind the codes of errors and findings, readable offline: one Markdown file per code.

A plugin brings the pages of its own codes in a folder `explanations` of its package; they are found without
importing it.
"""

import re
from difflib import get_close_matches
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path


def codes() -> list[str]:
    """Return every code that has a page, sorted."""
    return list(pages())


def explain(code: str) -> str | None:
    """Return the page of a code, in Markdown, or None where there is none."""
    page = pages().get(code)
    return page.read_text(encoding="utf-8") if page else None


def near(code: str) -> list[str]:
    """Return the codes that were probably meant, the most similar first."""
    meant = code.strip().lower().replace("_", "-").replace(" ", "-")
    return get_close_matches(meant, codes(), n=3, cutoff=0.5)


def pages() -> dict[str, Path]:
    """Return the page of every code, sorted by code."""
    # Of an entry point that is written wrongly, `module` cannot be asked.
    packages = {re.split(r"[.:\s]", entry.value)[0] for entry in entry_points(group="connector_sdk")}
    folders = [folder for package in sorted(packages) for folder in _folders(package)]
    # The last one wins: no plugin explains the core's codes away.
    found = {page.stem: page for folder in (*folders, Path(__file__).parent) for page in folder.glob("*.md")}
    return dict(sorted(found.items()))


def _folders(package: str) -> list[Path]:
    try:
        spec = find_spec(package)
    except (ImportError, ValueError):
        return []
    return [Path(place, "explanations") for place in (spec and spec.submodule_search_locations) or ()]
