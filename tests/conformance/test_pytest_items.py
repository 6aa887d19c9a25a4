"""The suite as an author has it in a file of three lines."""

import os
import subprocess
from pathlib import Path

import pytest

from connector_sdk.conformance import suite
from connector_sdk.errors import ConfigurationError
from tests.conformance.sites import interpreter

BOOK = Path(__file__).parent / "books" / "acme"
REFERENCE = Path(__file__).parents[2] / "docs" / "tutorial" / "acme_lims.py"
THREE_LINES = """from connector_sdk.conformance import suite

test_conformance = suite("acme", book="conformance/")
"""


def test_a_book_that_is_not_there_is_said_to_be_missing() -> None:
    with pytest.raises(ConfigurationError) as caught:
        suite("acme", book="nowhere-at-all/")

    assert caught.value.code == "book-missing"


@pytest.mark.slow
def test_an_item_says_which_rule_was_broken_and_why_it_matters(tmp_path: Path) -> None:
    spoiled = REFERENCE.read_text(encoding="utf-8").replace('total="total"', 'total=""')
    python = interpreter(tmp_path / "environment", {"acme": spoiled})
    project = tmp_path / "project"
    (project / "tests").mkdir(parents=True)
    (project / "conformance").symlink_to(BOOK)
    (project / "tests" / "test_conformance.py").write_text(THREE_LINES, encoding="utf-8")

    done = subprocess.run(
        [python, "-m", "pytest", "-q", "-p", "no:randomly", "-k", "CAP-03 or CAP-05", "tests"],
        cwd=project,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert done.returncode == 1, done.stdout + done.stderr
    assert "1 failed, 1 passed" in done.stdout
    assert "CAP-05 (fail): The book shows nothing that the manifest does not declare." in done.stdout
    assert "seen: in the book, but not declared: total; its class declares by its streams" in done.stdout
    assert "Whoever leaves a capability out" in done.stdout
