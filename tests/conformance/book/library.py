"""Books to test with."""

import shutil
from pathlib import Path

ACME = Path(__file__).parents[1] / "books" / "acme"


def copy_of(folder: Path, *edits: tuple[str, str], file: str = "book.yaml") -> Path:
    """Return a copy of the example with texts of one of its files replaced, each of which is there once."""
    copy = shutil.copytree(ACME, folder / "book")
    text = (copy / file).read_text(encoding="utf-8")
    for old, new in edits:
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file}"
        text = text.replace(old, new)
    (copy / file).write_text(text, encoding="utf-8")
    return copy
