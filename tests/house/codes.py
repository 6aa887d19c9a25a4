"""Which error codes the code can give.

Four rules, of which the last catches codes in tables and helpers, wherever they come from:

1. a constant bound to a parameter or field called `code`, by name or by its position in the call of any
   function or class of ours that has one (`ConnectorError(…, code="fenced")`, `problem("json-depth", …)`);
2. the value of a key `"code"` in a dict display;
3. an f-string in one of these places: it stands for every page whose name it fits;
4. any other text constant of the shape `word-word`, unless it is in `NOT_CODES`.

A package brings pages of its own in its folder `explanations`.
"""

import ast
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

from tests.house.tree import packages, parsed, relative, sources

SHAPE = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)+")

NOT_CODES = frozenset(
    {
        # The product, its distributions and its verbs.
        "connector-sdk",
        "connector-files",
        "connector-sql",
        "dead-letters",
        "verify-evidence",
        # A package that brings an exporter.
        "opentelemetry-exporter-otlp-proto-grpc",
        # Names that the demo gives.
        "my-demo",
        # Headers of HTTP.
        "content-length",
        "proxy-authorization",
        "transfer-encoding",
        # Encodings.
        "latin-1",
        "utf-8",
        "utf-16-le",
        # What evidence says that results depend on, and its extension of in-toto's test result.
        "connector-sdk-conformance",
        "exchange-book",
        "rule-catalogue",
        "subject-code",
        "x-conformance",
        # Words of JSON Schema.
        "date-time",
        "x-personal",
        # pydantic's kinds of core schemas.
        "definition-ref",
        "json-or-python",
        "lax-or-strict",
        "model-field",
    }
)


def pages() -> dict[str, Path]:
    """Return the page of each code by name."""
    return {page.stem: page for package in packages() for page in sorted(package.glob("explanations/*.md"))}


@lru_cache(maxsize=1)
def raised() -> dict[str, set[str]]:
    """Return each code with the modules that name it."""
    found: dict[str, set[str]] = {}
    for path in sources():
        tree = parsed(path)
        marked = list(_marked(tree))
        plain = {value for node in marked if (value := _text(node)) is not None}
        plain |= {page for node in marked if isinstance(node, ast.JoinedStr) for page in _fitting(node, path)}
        plain |= {value for value in _constants(tree) if SHAPE.fullmatch(value) and value not in NOT_CODES}
        for code in plain - {""}:
            found.setdefault(code, set()).add(relative(path))
    return found


@lru_cache(maxsize=1)
def _positions() -> dict[str, int]:
    """Return where callables of ours take a `code`, by their names."""
    found: dict[str, int] = {}
    for path in sources():
        for node in ast.walk(parsed(path)):
            names: list[str] = []
            if isinstance(node, ast.FunctionDef):
                names = [argument.arg for argument in (*node.args.posonlyargs, *node.args.args)]
            elif isinstance(node, ast.ClassDef):
                names = _fields(node)
            names = [name for name in names if name not in {"self", "cls"}]
            if "code" in names:
                found[node.name] = names.index("code")  # type: ignore[attr-defined]  # both kinds have a name
    return found


def _fields(node: ast.ClassDef) -> list[str]:
    for part in node.body:
        if isinstance(part, ast.FunctionDef) and part.name == "__init__":
            return [argument.arg for argument in part.args.args]
    return [
        part.target.id
        for part in node.body
        if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name)
    ]


def _marked(tree: ast.Module) -> Iterator[ast.expr]:
    """Yield the expressions that stand where a code belongs."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from (keyword.value for keyword in node.keywords if keyword.arg == "code")
            at = _positions().get(_called(node.func))
            if at is not None and len(node.args) > at:
                yield node.args[at]
        elif isinstance(node, ast.Dict):
            pairs = zip(node.keys, node.values, strict=True)
            yield from (value for key, value in pairs if key is not None and _text(key) == "code")


def _called(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _text(node: ast.AST) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _constants(tree: ast.Module) -> Iterable[str]:
    return (value for node in ast.walk(tree) if (value := _text(node)) is not None)


def _fitting(node: ast.JoinedStr, path: Path) -> list[str]:
    """Return the pages whose names an f-string can give; there must be some."""
    parts = (re.escape(_text(part) or "") if isinstance(part, ast.Constant) else ".+" for part in node.values)
    pattern = re.compile("".join(parts))
    fitting = [name for name in pages() if pattern.fullmatch(name)]
    assert fitting, f"{relative(path)}:{node.lineno} makes a code that has no page: {pattern.pattern}"
    return fitting
