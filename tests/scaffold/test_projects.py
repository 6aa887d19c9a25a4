"""What is made is complete, short, laid out as by hand, and holds what it says of itself."""

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from connector_sdk.conformance.book import read_book
from connector_sdk.documents import load
from connector_sdk.plugins import find
from connector_sdk.scaffold.answers import LONGEST_NAME, LONGEST_URL, LONGEST_VENDOR
from connector_sdk.scaffold.readme import settings_table
from tests.house.tree import ROOT, section
from tests.scaffold.projects import CASES, Case, Projects, choices, make

pytestmark = pytest.mark.slow

LONGEST = 60
SECTIONS = [
    "Purpose",
    "Vendor versions",
    "Authentication",
    "Configuration",
    "Limits",
    "Data classification",
    "Support",
    "Removal",
    "Certification",
]
FILES = {
    ".github/workflows/ci.yml",
    ".gitignore",
    "CHANGELOG.md",
    "LICENSE",
    "Makefile",
    "README.md",
    "conformance/book.yaml",
    "pyproject.toml",
    "tests/test_conformance.py",
}
each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


@each_case
def test_it_has_the_files_it_needs_and_no_others(projects: Projects, case: Case) -> None:
    project = projects.of(case)
    found = {path.relative_to(project).as_posix() for path in project.rglob("*") if path.is_file()}
    own = {f"{case.package}/{name}" for name in ("__init__.py", "py.typed", "simulator.py")}
    pages = {"none": 1}.get(case.paging, 3) if case.reads else 0
    book = {f"conformance/samples-{name}.json" for name in (*range(1, pages + 1), *["new"] * case.reads)}
    pipelines = {"pipelines/read.yaml"} if case.reads else set()
    pipelines |= {"pipelines/write.yaml"} if case.writes else set()
    assert found == FILES | own | book | pipelines | {f"tests/test_{case.name}.py"}


@each_case
def test_nothing_of_the_template_is_left_in_it(projects: Projects, case: Case) -> None:
    for path in projects.of(case).rglob("*"):
        if path.is_file() and path.name != "LICENSE":
            text = path.read_text(encoding="utf-8").replace("${{ matrix.python }}", "")
            assert [mark for mark in ("{{", "{%", "%}", "{#", "cookiecutter") if mark in text] == [], path
            assert text.endswith("\n") or not text, path
            assert "\n\n\n\n" not in text, path


@each_case
def test_its_connector_is_short(projects: Projects, case: Case) -> None:
    source = (projects.of(case) / case.package / "__init__.py").read_text(encoding="utf-8")
    texts = [
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    ]
    documented = {line for node in texts for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)}
    code = [
        number
        for number, line in enumerate(source.splitlines(), 1)
        if line.strip() and not line.strip().startswith("#") and number not in documented
    ]
    assert len(code) <= LONGEST


@each_case
def test_it_is_laid_out_as_this_repository(projects: Projects, case: Case) -> None:
    _laid_out(projects.of(case))


@pytest.mark.parametrize("auth", choices()["auth"])
@pytest.mark.parametrize("length", [1, LONGEST_NAME])
def test_names_of_any_length_fit(tmp_path: Path, auth: str, length: int) -> None:
    vendor = "W" * (LONGEST_VENDOR if length > 1 else 1)
    base_url = "https://" + "w" * (LONGEST_URL - 8 if length > 1 else 1)
    answers = {"vendor": vendor, "base_url": base_url, "auth": auth, "paging": "page_number"}
    _laid_out(make("w" * length, tmp_path, answers))


def _laid_out(project: Path) -> None:
    for command in (["check"], ["format", "--check"]):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "--no-cache", "--config", ROOT / "pyproject.toml", "."],
            cwd=project,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr


@each_case
def test_its_book_is_one_and_its_own(projects: Projects, case: Case) -> None:
    book = read_book(projects.of(case) / "conformance")
    assert book.connector == case.name
    assert {each.kind for each in book.exchanges.values()} == {"simulator"}
    assert book.streams == (("samples",) if case.reads else ())
    assert book.sinks == (("results",) if case.writes else ())


@each_case
def test_its_readme_has_its_sections_and_the_settings(
    projects: Projects, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (projects.of(case) / "README.md").read_text(encoding="utf-8")
    assert [line[3:] for line in text.splitlines() if line.startswith("## ")] == SECTIONS
    assert max(map(len, text.splitlines())) <= 120
    monkeypatch.syspath_prepend(str(projects.site))
    connector = find(case.name).connector
    assert connector is not None
    assert settings_table(connector.config_type) in section(text, "Configuration")


@each_case
def test_its_project_file_and_its_other_documents_are_sound(projects: Projects, case: Case) -> None:
    project = projects.of(case)
    document = tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))
    assert document["project"]["name"] == project.name
    assert document["project"]["entry-points"]["connector_sdk"] == {case.name: case.package}
    assert all(load(path) for path in project.glob("pipelines/*.yaml"))
    workflow = yaml.safe_load((project / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8"))
    commands = [step["run"] for step in workflow["jobs"]["test"]["steps"] if "run" in step]
    targets = (project / "Makefile").read_text(encoding="utf-8")
    assert commands == ["make setup", "make test", "make certify"]
    assert all(f"\n{command.removeprefix('make ')}:" in targets for command in commands)


def test_its_conformance_test_has_three_lines(projects: Projects) -> None:
    case = CASES[0]
    text = (projects.of(case) / "tests" / "test_conformance.py").read_text(encoding="utf-8")
    assert text.splitlines() == [
        "from connector_sdk.conformance import suite",
        "",
        f'test_conformance = suite("{case.name}", book="conformance/")',
    ]


def test_type_checkers_agree(projects: Projects, tmp_path: Path) -> None:
    """Every way to authenticate, of paging, and every direction, in one run of mypy --strict."""
    chosen = [case for index, case in enumerate(CASES) if index % 4 == 0]
    for at in ("auth", "direction", "paging"):
        assert {getattr(case, at) for case in chosen} == {getattr(case, at) for case in CASES} or at == "auth"
    files = [
        path
        for case in chosen
        for path in (projects.of(case) / case.package, projects.of(case) / "tests" / f"test_{case.name}.py")
    ]
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "mypy",
            "--strict",
            "--follow-imports",
            "silent",
            "--cache-dir",
            tmp_path / "cache",
            *files,
        ],
        cwd=projects.of(chosen[0]),
        env={"MYPYPATH": str(ROOT), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
