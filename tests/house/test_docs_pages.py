"""Pages hang together: links lead somewhere, files and tests that they name exist, fences close."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from connector_sdk.ledger.dispositions import LETTERS
from tests.house.tree import DOCS, ROOT, coded, page, parsed, relative, section, tables

PAGES = [*sorted(DOCS.glob("*.md")), ROOT / "README.md", ROOT / "CHANGELOG.md"]
PAGES += [ROOT / "cookiecutter-template" / "README.md", *sorted(ROOT.glob("plugins/*/README.md"))]
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


def _prose(path: Path) -> str:
    return re.sub(r"^```.*?^```", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)


def _anchors(path: Path) -> set[str]:
    """Return the anchors that GitHub gives the headings."""
    headings = re.findall(r"^#+ (.*)$", _prose(path), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def _broken(path: Path) -> Iterator[str]:
    for target in LINK.findall(_prose(path)):
        if re.match(r"https?:", target):
            continue
        file, _, anchor = target.partition("#")
        other = (path.parent / file).resolve() if file else path
        if not other.exists() or (anchor and anchor not in _anchors(other)):
            yield target


@pytest.mark.parametrize("path", PAGES, ids=relative)
def test_links_lead_somewhere(path: Path) -> None:
    assert list(_broken(path)) == []


@pytest.mark.parametrize("path", PAGES, ids=relative)
def test_a_page_has_one_title_and_closed_fences(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(re.findall(r"^# ", _prose(path), re.MULTILINE)) == 1
    assert text.startswith("# ")
    assert len(re.findall(r"^```", text, re.MULTILINE)) % 2 == 0
    assert text.endswith("\n")
    assert not text.endswith("\n\n")


def test_the_index_lists_every_page() -> None:
    linked = set(LINK.findall(page("index.md")))
    assert linked == {path.name for path in DOCS.glob("*.md")} - {"index.md"}


@pytest.mark.parametrize("path", sorted(DOCS.glob("*.md")), ids=relative)
def test_files_and_tests_that_are_named_exist(path: Path) -> None:
    named = set(re.findall(r"`((?:connector_sdk|tests|plugins)/[^`\s]+?)`", path.read_text(encoding="utf-8")))
    missing = [name for name in named if not _exists(name)]
    assert missing == []


@pytest.mark.parametrize("part", ["G1", "G2", "G3", "G4", "G5"])
def test_each_part_of_the_guarantee_names_tests_and_some_carry_its_mark(part: str) -> None:
    text = page("guarantee.md").partition("## How each is kept")[2]
    named = [name for name in coded(text.partition(f"### {part} ")[2].split("\n### ")[0]) if "::" in name]
    assert len(named) > 1
    assert any(part in _marks_of(name) for name in named), f"none carries @pytest.mark.req({part!r})"


def test_the_guarantees_equation_names_every_disposition() -> None:
    equation = page("guarantee.md").split("`")[1]
    assert equation == f"read = {' + '.join(LETTERS)}"


def test_the_life_of_a_record_is_told_in_steps() -> None:
    rows = tables(section(page("architecture.md"), "The life of a record"))[0][1:]
    assert [row[0] for row in rows] == [str(number) for number in range(1, len(rows) + 1)]
    assert all(coded(row[2]) for row in rows)


def test_the_changelog_is_kept() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    headings = re.findall(r"^## (.*)$", text, re.MULTILINE)
    assert headings[0] == "[Unreleased]"
    assert all(re.fullmatch(r"\[\d+\.\d+\.\d+\] - \d{4}-\d\d-\d\d", heading) for heading in headings[1:])
    kinds = re.findall(r"^### (.*)$", text, re.MULTILINE)
    assert set(kinds) <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


def _exists(name: str) -> bool:
    file, _, test = name.partition("::")
    if not (ROOT / file).exists():
        return False
    return not test or _function(name) is not None


def _function(name: str) -> ast.FunctionDef | None:
    file, _, test = name.partition("::")
    functions = (node for node in ast.walk(parsed(ROOT / file)) if isinstance(node, ast.FunctionDef))
    return next((node for node in functions if node.name == test), None)


def _marks_of(name: str) -> set[str]:
    """Return the requirements that a test carries, by itself or by its module's `pytestmark`."""
    function = _function(name)
    assert function is not None, f"{name} does not exist"
    module = parsed(ROOT / name.partition("::")[0]).body
    shared = [
        node.value
        for node in module
        if isinstance(node, ast.Assign) and "pytestmark" in ast.unparse(node.targets[0])
    ]
    calls = (node for mark in [*function.decorator_list, *shared] for node in ast.walk(mark))
    return {
        ast.literal_eval(argument)
        for call in calls
        if isinstance(call, ast.Call) and ast.unparse(call.func).endswith("mark.req")
        for argument in call.args
    }
