"""What stands in this repository: its modules, texts and tests, as the tests of the house look at them."""

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
CORE = ROOT / "connector_sdk"
PLUGINS = sorted(path.parent for path in ROOT.glob("plugins/connector-*/pyproject.toml"))
DOCS = ROOT / "docs"

_NOT_OURS = {".git", ".venv", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis", "__pycache__"}
_NOT_OURS |= {".venv-interop", "node_modules", "build", "dist", ".import_linter_cache", ".connector-sdk"}


def packages() -> list[Path]:
    """Return the folders of our import packages: the core's and each plugin's."""
    return [
        CORE,
        *(init.parent for plugin in PLUGINS for init in sorted(plugin.glob("connector_*/__init__.py"))),
    ]


def sources() -> list[Path]:
    """Return every module that is installed, tests left out."""
    return [path for package in packages() for path in sorted(package.rglob("*.py"))]


def suite() -> list[Path]:
    """Return every Python file of the tests."""
    folders = [ROOT / "tests", *(plugin / "tests" for plugin in PLUGINS)]
    return [path for folder in folders for path in sorted(folder.rglob("*.py"))]


@lru_cache(maxsize=1)
def texts() -> tuple[Path, ...]:
    """Return every text file of the repository that somebody wrote; what tools make is left out."""
    return tuple(_written(ROOT))


def _written(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.name in _NOT_OURS or "egg-info" in path.name:
            continue
        if path.is_dir():
            yield from _written(path)
        elif b"\0" not in path.read_bytes()[:4096]:
            yield path


def relative(path: Path) -> str:
    """Return a path as messages show it."""
    return path.relative_to(ROOT).as_posix()


@lru_cache(maxsize=512)
def parsed(path: Path) -> ast.Module:
    """Return a module's syntax tree."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def pyproject() -> dict[str, Any]:
    """Return the core's `pyproject.toml`."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def page(name: str) -> str:
    """Return a page of the documentation."""
    return (DOCS / name).read_text(encoding="utf-8")


def section(text: str, heading: str) -> str:
    """Return what stands under a heading of any level, up to the next one of its level or above."""
    found = re.search(rf"^(#+) {re.escape(heading)}\n", text, re.MULTILINE)
    assert found, f"no heading {heading!r}"
    rest = text[found.end() :]
    end = re.search(rf"^#{{1,{len(found[1])}}} ", _without_code(rest), re.MULTILINE)
    return rest[: end.start()] if end else rest


def _without_code(text: str) -> str:
    """Blank out code blocks, whose comments look like headings, at the same length."""
    return re.sub(
        r"^```.*?^```", lambda block: re.sub(r"[^\n]", " ", block[0]), text, flags=re.MULTILINE | re.DOTALL
    )


def tables(text: str) -> list[list[list[str]]]:
    """Return the tables of a Markdown text: rows of cells, the head first, marks of code left in."""
    found: list[list[list[str]]] = []
    rows: list[list[str]] = []
    for line in [*text.splitlines(), ""]:
        if line.startswith("|"):
            cells = [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
            if not all(re.fullmatch(r":?-+:?", cell) for cell in cells):
                rows.append(cells)
        elif rows:
            found.append(rows)
            rows = []
    return found


def code_blocks(text: str, language: str) -> list[str]:
    """Return the code blocks of one language, in order."""
    return re.findall(rf"^```{language}[^\n]*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def coded(cell: str) -> list[str]:
    """Return what stands between backticks in a cell."""
    return re.findall(r"`([^`]+)`", cell)
