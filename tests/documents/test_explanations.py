"""Codes of documents = pages = tests."""

import ast
import re
from pathlib import Path

import connector_sdk
from connector_sdk import explanations
from tests.documents.test_bad_documents import BAD

PACKAGE = Path(connector_sdk.__file__).parent
MODULES = [*(PACKAGE / "documents").glob("*.py"), PACKAGE / "pipeline" / "finding.py"]
MAKERS = {"Problem", "Diagnostic", "_add", "_whole", "_Rule"}
CODE = re.compile(r"[a-z]+[0-9]*(?:-[a-z0-9]+)+")

TESTED_ELSEWHERE = {
    "document-missing",
    "document-unreadable",
    "document-too-large",
    "pipeline-missing",
    "pipeline-not-named",
}
"""By tests of the same names as their causes: they depend on files, not on texts."""


def raised() -> set[str]:
    """Return the codes that the source gives to its findings."""
    found = set()
    for module in MODULES:
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = (
                    node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                )
                texts = [part.value for part in node.args if isinstance(part, ast.Constant)]
                if name in MAKERS:
                    found |= {text for text in texts if isinstance(text, str) and CODE.fullmatch(text)}
        found |= set(re.findall(r'code: str = "([a-z-]+)"', module.read_text(encoding="utf-8")))
    return found


def test_every_code_has_golden_texts_and_a_page() -> None:
    golden = {
        code
        for text in BAD.glob("*.txt")
        for code in re.findall(r"^error\[(.*?)\]", text.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert raised() == golden | TESTED_ELSEWHERE
    assert raised() <= set(explanations.codes())


def test_a_code_is_explained_or_the_nearest_are_named() -> None:
    page = explanations.explain("yaml-tab")
    assert page is not None
    assert page.startswith("# yaml-tab\n")
    assert explanations.explain("yaml_tab") is None
    assert explanations.explain("../__init__") is None
    assert explanations.near("yaml_tabs")[0] == "yaml-tab"
    assert explanations.near("zzzzzzzz") == []
