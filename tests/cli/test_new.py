"""`new`: by flags and by questions, with usable answers and with others."""

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from connector_sdk.scaffold import generate
from connector_sdk.scaffold.answers import questions
from tests.cli.conftest import Call


class Terminal(io.StringIO):
    """A terminal at which somebody types."""

    def isatty(self) -> bool:
        return True


def _files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def test_it_makes_a_project_and_says_what_to_type_next(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = call("new", "acme_lims", "--vendor", "Acme LIMS", "--auth", "api_key")
    assert (result.code, result.err) == (0, "")
    project = tmp_path / "connector-acme-lims"
    assert result.out.startswith(f"{len(_files(project))} files in connector-acme-lims\n")
    steps = result.out.partition("Next:\n")[2].splitlines()
    assert [step.strip() for step in steps] == [
        "cd connector-acme-lims",
        "python -m pip install --editable '.[testing]'",
        "make test",
    ]
    code = (project / "connector_acme_lims" / "__init__.py").read_text(encoding="utf-8")
    assert '"acme_lims", "Acme LIMS"' in code
    assert "ApiKey" in code
    for shown in ("connector_acme_lims/__init__.py", "conformance/", "pipelines/", "tests/"):
        assert shown in result.out
        assert (project / shown).exists()


def test_it_tells_programs_the_same(call: Call, tmp_path: Path) -> None:
    result = call("new", "acme", "--direction", "write", "--output", tmp_path / "a folder", "--json")
    assert result.code == 0
    folder = tmp_path / "a folder" / "connector-acme"
    assert result.document["folder"] == str(folder)
    assert sorted(result.document["files"]) == sorted(_files(folder))
    assert result.document["answers"] == {
        "vendor": "Acme",
        "base_url": "https://api.acme.example",
        "auth": "bearer",
        "direction": "write",
    }
    assert result.document["next"][0] == f"cd '{folder}'"


def test_its_kinds_are_those_of_the_template(call: Call) -> None:
    words = " ".join(call("new", "--help").out.split())
    for question in questions().values():
        if question.choices:
            *others, last = question.choices
            assert f"{', '.join(others)} or {last}." in words


def test_on_a_terminal_it_asks_for_what_is_not_given_until_it_can_be_used(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed = ["http://acme.example", "https://lims.acme.example/", "read", "", "link_header", "none"]
    monkeypatch.setattr(sys, "stdin", Terminal("\n".join(typed) + "\n"))
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    result = call("new", "acme", "--vendor", "Acme LIMS", "--output", tmp_path)
    asked = screen.getvalue()
    assert result.code == 0, asked
    for question in questions().values():
        assert (question.text in asked) is (question.name not in {"name", "vendor"})
    assert "http:// is for this machine only" in asked
    assert "choose one of cursor, page_number, none" in asked
    project = tmp_path / "connector-acme"
    assert not (project / "pipelines" / "write.yaml").exists()
    assert not (project / "conformance" / "samples-2.json").exists()
    assert "https://lims.acme.example\n" not in result.out
    assert '"https://lims.acme.example"' in (project / "pipelines" / "read.yaml").read_text(encoding="utf-8")


def test_who_only_writes_is_not_asked_about_pages(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal("\n\nwrite\n\n"))
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    assert call("new", "acme", "--output", tmp_path).code == 0
    assert questions()["auth"].text in screen.getvalue()
    assert questions()["paging"].text not in screen.getvalue()


def test_with_yes_it_asks_nothing(call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal(""))
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    assert call("new", "acme", "--yes", "--output", tmp_path).code == 0
    assert screen.getvalue() == ""


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("Acme-LIMS",), "new-name-unusable"),
        (("files",), "new-name-unusable"),
        (("acme", "--base-url", "http://acme.example"), "new-answer-unusable"),
        (("acme", "--auth", "saml"), "new-answer-unusable"),
        (("acme", "--vendor", 'Acme"'), "new-answer-unusable"),
        (("acme", "--vendor", ""), "new-answer-unusable"),
    ],
)
def test_what_cannot_be_used_makes_nothing(
    call: Call, tmp_path: Path, arguments: tuple[str, ...], code: str
) -> None:
    result = call("new", *arguments, "--output", tmp_path, "--json")
    assert (result.code, result.document["error"]["code"]) == (2, code)
    assert result.document["error"]["hint"]
    assert list(tmp_path.iterdir()) == []


def test_what_is_there_stays_as_it_is(call: Call, tmp_path: Path) -> None:
    (tmp_path / "connector-acme").mkdir()
    (tmp_path / "connector-acme" / "mine.py").write_text("precious = True\n", encoding="utf-8")
    result = call("new", "acme", "--output", tmp_path, "--json")
    assert (result.code, result.document["error"]["code"]) == (2, "new-folder-exists")
    assert _files(tmp_path) == {"connector-acme/mine.py": b"precious = True\n"}


def test_a_place_that_cannot_be_written_to_is_told(call: Call, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    result = call("new", "acme", "--output", tmp_path / "file", "--json")
    assert (result.code, result.document["error"]["code"]) == (2, "new-folder-unwritable")
    assert "None" not in result.document["error"]["message"]


def test_without_cookiecutter_it_says_how_to_get_it(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "cookiecutter.main", None)
    result = call("new", "acme", "--output", tmp_path, "--json")
    assert (result.code, result.document["error"]["code"]) == (2, "new-extra-missing")
    assert result.document["error"]["hint"] == "pip install 'connector-sdk[new]'"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_cookiecutter_alone_makes_the_same_and_only_it_remembers(call: Call, tmp_path: Path) -> None:
    """The user's own settings of cookiecutter, and its memory in the home folder, are left alone."""
    home = tmp_path / "home"
    home.mkdir()
    (home / ".cookiecutterrc").write_text("default_context: {auth: basic}\n", encoding="utf-8")
    environment = {**os.environ, "HOME": str(home)}
    template = Path(__file__).resolve().parents[2] / "cookiecutter-template"
    commands = {
        "ours": ["connector_sdk", "new", "acme", "--output", tmp_path / "ours"],
        "alone": ["cookiecutter", template, "--no-input", "--default-config", "-o", tmp_path / "alone"],
    }
    kept = []
    for command in commands.values():
        subprocess.run(
            [sys.executable, "-m", *map(str, command)], env=environment, check=True, capture_output=True
        )
        kept.append({path.name for path in home.iterdir()})
    assert kept[0] == {".cookiecutterrc"}
    ours, alone = _files(tmp_path / "ours"), _files(tmp_path / "alone")
    assert {name.removeprefix("connector-acme/") for name in ours} >= {"README.md", "conformance/book.yaml"}
    assert ours == alone


def test_what_was_made_is_listed_without_what_installers_leave(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wheel's installer compiles files of the template; none of that gets into a project."""
    copy = tmp_path / "template"
    subprocess.run(["cp", "-RL", str(generate.TEMPLATE), str(copy)], check=True)
    compiled = next(copy.glob("*/tests")) / "__pycache__"
    compiled.mkdir()
    (compiled / "test_conformance.cpython-311.pyc").write_bytes(b"\0\1\2\3")
    monkeypatch.setattr(generate, "TEMPLATE", copy)
    answers = {"name": "acme", "vendor": "Acme", "base_url": "https://api.acme.example"}
    made = generate.generate(answers, tmp_path)
    assert not [name for name in made.files if "__pycache__" in name]
