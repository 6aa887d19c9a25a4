"""Bad mappings and what is said of each, word for word.

`CONNECTOR_SDK_WRITE_GOLDEN=1 pytest tests/mapping` writes the expected texts anew; read every change.
"""

import os
from pathlib import Path

import pytest

from connector_sdk.documents import DocumentError, render
from connector_sdk.mapping import compile_mapping, read_mapping
from tests.mapping.source import CONTACT

BAD = Path(__file__).parent / "bad"
DOCUMENTS = sorted(BAD.glob("*.yaml"))
USED = {"31-contracts-differ": Path("../contracts/contact.yaml")}


@pytest.mark.parametrize("path", DOCUMENTS, ids=[path.stem for path in DOCUMENTS])
def test_says_what_is_wrong(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(BAD)
    with pytest.raises(DocumentError) as caught:
        compile_mapping(read_mapping(Path(path.name)), CONTACT, contract=USED.get(path.stem))
    said = render(caught.value.diagnostics)
    golden = path.with_suffix(".txt")
    if os.environ.get("CONNECTOR_SDK_WRITE_GOLDEN"):
        golden.write_text(said, encoding="utf-8")
    assert said == golden.read_text(encoding="utf-8")
    assert all(found.line for found in caught.value.diagnostics)
    ours = [found for found in caught.value.diagnostics if found.code != "invalid-value"]
    assert all(found.hint or found.label for found in ours)


def test_no_golden_text_is_left_over() -> None:
    assert {path.stem for path in DOCUMENTS} == {path.stem for path in BAD.glob("*.txt")}
    assert len(DOCUMENTS) >= 16
