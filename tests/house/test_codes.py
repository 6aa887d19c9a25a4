"""Codes = pages = tests: whoever meets an error can look it up, and it was seen to happen."""

import re

import pytest

from tests.house.codes import NOT_CODES, SHAPE, pages, raised
from tests.house.tree import PLUGINS, ROOT, packages, relative

PARTS = ["What happened", "Why it matters", "What to do"]
LINES = range(5, 41)


def test_every_code_has_its_page() -> None:
    without = {code: sorted(where) for code, where in raised().items() if code not in pages()}
    assert not without, (
        "write explanations/<code>.md, or list what is no code in tests/house/codes.py:\n"
        + "\n".join(f"  {code}: {', '.join(where)}" for code, where in sorted(without.items()))
    )


def test_every_page_has_its_code() -> None:
    left = sorted(pages().keys() - raised().keys())
    assert not left, f"no code of these names is given any more: {', '.join(left)}"


def test_every_code_is_produced_by_a_test() -> None:
    tested = _texts_of_tests()
    missing = sorted(code for code in raised() if not re.search(rf"(?<![\w-]){code}(?![\w-])", tested))
    assert not missing, f"no test names these codes: {', '.join(missing)}"


@pytest.mark.parametrize("code", sorted(pages()))
def test_a_page_tells_what_happened_why_it_matters_and_what_to_do(code: str) -> None:
    text = pages()[code].read_text(encoding="utf-8")
    heading, *rest = text.splitlines()
    assert heading == f"# {code}", relative(pages()[code])
    assert [line[3:] for line in rest if line.startswith("## ")] == PARTS, relative(pages()[code])
    for part in PARTS:
        told = text.partition(f"## {part}\n")[2].partition("\n## ")[0]
        assert told.strip(), f"{relative(pages()[code])}: nothing stands under {part!r}"
    assert len(text.splitlines()) in LINES


def test_codes_are_written_alike() -> None:
    odd = [code for code in raised() if not SHAPE.fullmatch(code) and not re.fullmatch("[a-z]+", code)]
    assert odd == []


def test_no_page_is_written_twice() -> None:
    files = [page.stem for package in packages() for page in package.glob("explanations/*.md")]
    assert len(files) == len(set(files))


def test_what_is_no_code_has_no_page() -> None:
    assert NOT_CODES.isdisjoint(pages())


def _texts_of_tests() -> str:
    """Return all that tests say: their code, and the golden files beside it; not the tests of the house."""
    folders = [ROOT / "tests", *(plugin / "tests" for plugin in PLUGINS)]
    files = (path for folder in folders for path in sorted(folder.rglob("*")))
    kinds = {".py", ".txt", ".golden", ".json", ".yaml", ".md", ".expected"}
    return "\n".join(
        path.read_text(encoding="utf-8", errors="replace")
        for path in files
        if path.is_file() and path.suffix in kinds and path.parent.name != "house"
    )
