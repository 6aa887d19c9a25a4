"""Projects as the template makes them, held to all rules of the conformance suite."""

from pathlib import Path

import pytest

from connector_sdk.conformance.certificate import Subject
from connector_sdk.conformance.outcome import Status, Tier
from connector_sdk.conformance.runner import Request, examine
from tests.conformance.sites import interpreter
from tests.scaffold.projects import CASES, Case, Projects

pytestmark = pytest.mark.torture


@pytest.fixture(scope="session")
def python(projects: Projects, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the interpreter of an environment that sees the projects' packages."""
    folder = tmp_path_factory.mktemp("environment")
    made = interpreter(folder, {})
    (packages,) = folder.glob("lib/python*/site-packages")
    (packages / "projects.pth").write_text(f"{projects.site}\n", encoding="utf-8")
    return made


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_it_passes_the_suite_as_it_was_made(projects: Projects, python: Path, case: Case) -> None:
    book = projects.of(case) / "conformance"
    report = examine(Request(Subject(case.name, "", "", "", ""), case.name, python, book, seed=4))

    found = {rule: result.reason for rule, result in report.results.items() if not result.stands}
    assert not found
    assert report.results["CAP-03"].status is Status.PASS
    assert report.tier is Tier.BRONZE
    assert "no more than bronze" in report.caps[0], "its book is its simulator's own"
