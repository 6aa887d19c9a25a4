"""What must not stand in this repository, in whatever disguise.

Patterns are written so that they do not fit themselves; a line that must speak of what is banned says why in
a comment that ruff or a reader understands, never by leaving it to chance.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.tree import parsed, relative, sources, suite, texts

LEDGER_LOG = "audit_event"
CHANGES_THE_LOG = re.compile(
    rf"(?is)\b(update|delete\s+from|replace\s+into|drop\s+table)\s+\W*{LEDGER_LOG}\b"
)

BANNED = {
    "an absolute path of somebody's machine": r"(?<![\w.:/}])/(?:home|Users|root|work|mnt)/[\w.-]+",
    "a drive of somebody's machine": r"(?<!\w)[A-Z]:\\\\?(?:Users|work)\b",
    "the host of a package index": r"(?:pypi|pythonhosted|anaconda|artifactory|nexus)\.[a-z.]+[:/\"'\s]",
    "an option naming a package index": r"(?:--(?:extra-)?index"
    r"-url|--find"
    r"-links|index"
    r"-url\s*=)",
    "a private key": r"-----BEGIN [A-Z ]*PRIVATE" + r" KEY-----",
    "the key of a cloud account": r"\bAKIA[0-9A-Z]{16}\b",
    "an unverified TLS connection": r"verify\s*=\s*Fals" + r"e\b",
}


@pytest.mark.parametrize("what", BANNED)
def test_no_text_holds(what: str) -> None:
    pattern = re.compile(BANNED[what])
    found = [
        f"{relative(path)}:{number}: {line.strip()[:100]}"
        for path in texts()
        if path != Path(__file__).resolve()
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1)
        if pattern.search(line)
    ]
    assert not found, f"{what}:\n" + "\n".join(found)


@pytest.mark.parametrize(
    ("what", "line"),
    [
        ("an absolute path of somebody's machine", "see /ho" + "me/maria/file"),
        ("a drive of somebody's machine", "C:\\Us" + "ers\\maria"),
        ("the host of a package index", "https://py" + "pi.org/simple"),
        ("an option naming a package index", "--index" + "-url https"),
        ("a private key", "-----BEGIN PRIVATE" + " KEY-----"),
        ("the key of a cloud account", "AKIA" + "A" * 16),
        ("an unverified TLS connection", "get(url, verify=Fal" + "se)"),
    ],
)
def test_the_patterns_fit_what_they_are_for(what: str, line: str) -> None:
    assert re.search(BANNED[what], line)


def test_modules_import_nothing_dangerous() -> None:
    banned = {"pickle", "shelve", "marshal", "xml.etree", "xml.dom", "xml.sax", "telnetlib", "imp"}
    found = [
        f"{relative(path)} imports {name}"
        for path in [*sources(), *suite()]
        for name in _imports(parsed(path))
        if any(name == each or name.startswith(f"{each}.") for each in banned)
    ]
    assert found == []


def test_nothing_waits_by_itself() -> None:
    """The clock is the one that sleeps, so that tests turn its hands instead of waiting."""
    found = [
        f"{relative(path)}:{call.lineno}" for path in sources() for call in _calls(path, "time", "sleep")
    ]
    assert found == []


def test_nothing_is_retried_for_ever() -> None:
    """tenacity's bare decorator repeats every exception without end."""
    bare = [
        f"{relative(path)}:{node.lineno}"
        for path in sources()
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for decorator in node.decorator_list
        if ast.unparse(decorator) in {"retry", "tenacity.retry", "retry()", "tenacity.retry()"}
    ]
    assert bare == []


@pytest.mark.req("P11-10e-3")
def test_no_statement_changes_an_event_of_the_audit_log() -> None:
    """Rows of the log are only ever added: no update, no delete, in SQLAlchemy's words or in SQL's."""
    found = []
    for path in sources():
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                on = ast.unparse(node.func.value)
                arguments = [ast.unparse(argument) for argument in node.args]
                if node.func.attr in {"update", "delete"} and (
                    on.endswith(LEDGER_LOG) or any(each.endswith(LEDGER_LOG) for each in arguments)
                ):
                    found.append(f"{relative(path)}:{node.lineno}")
            elif isinstance(node, ast.Constant) and CHANGES_THE_LOG.search(str(node.value)):
                found.append(f"{relative(path)}:{node.lineno}")
    assert found == []


def _imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _calls(path: Path, module: str, function: str) -> Iterator[ast.Call]:
    tree = parsed(path)
    direct = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == module
        for alias in node.names
        if alias.name == function
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {f"{module}.{function}", *direct}:
            yield node
