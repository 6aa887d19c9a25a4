"""The pages behind the codes of errors and findings, readable offline: one Markdown file per code."""

from difflib import get_close_matches
from importlib.resources import files


def codes() -> list[str]:
    """Return every code that has a page, sorted."""
    names = (entry.name for entry in files(__name__).iterdir())
    return sorted(name.removesuffix(".md") for name in names if name.endswith(".md"))


def explain(code: str) -> str | None:
    """Return the page of a code, in Markdown, or None where there is none."""
    if code not in codes():
        return None
    return files(__name__).joinpath(f"{code}.md").read_text(encoding="utf-8")


def near(code: str) -> list[str]:
    """Return the codes that were probably meant, the most similar first."""
    return get_close_matches(code.strip().lower().replace("_", "-").replace(" ", "-"), codes(), n=3, cutoff=0.5)
