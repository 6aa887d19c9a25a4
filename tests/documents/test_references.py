"""References: what they give, where they stand, and that nothing else is touched."""

from pathlib import Path
from typing import Any

import pytest

from connector_sdk.config import Config, Secret
from connector_sdk.documents import DocumentError, load

ENVIRONMENT = {"HOST": "lims.example.org", "EMPTY": "", "TRICK": "${env:HOST} $${", "NUMBER": "012"}


def resolved(folder: Path, text: str, at: tuple[str | int, ...] = ()) -> Any:
    path = folder / "p.yaml"
    path.write_text(text, encoding="utf-8")
    return load(path).with_references(at, ENVIRONMENT).value


@pytest.mark.parametrize(
    ("written", "given"),
    [
        ("${env:HOST}", "lims.example.org"),
        ("https://${env:HOST}:443/${env:HOST}", "https://lims.example.org:443/lims.example.org"),
        ("${env:EMPTY}", ""),
        ("${env:NUMBER}", "012"),
        ("${env:TRICK}", "${env:HOST} $${"),
        ("$${env:HOST}", "${env:HOST}"),
        ("$$${env:HOST}", "$${env:HOST}"),
        ("$$", "$$"),
        ("$HOST {env:HOST}", "$HOST {env:HOST}"),
    ],
)
def test_references_are_replaced_once(tmp_path: Path, written: str, given: str) -> None:
    assert resolved(tmp_path, f"a: ['{written}', 1]\n") == {"a": [given, 1]}


def test_files_are_read_from_the_documents_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "unix").write_bytes("pä ss\n".encode())
    (tmp_path / "secrets" / "windows").write_bytes(b" two\r\nlines\r\n")
    (tmp_path / "secrets" / "bare").write_bytes(b"bare")
    (tmp_path / "secrets" / "twice").write_bytes(b"twice\n\n")
    monkeypatch.chdir("/")
    text = "".join(f"{name}: '${{file:secrets/{name}}}'\n" for name in ("unix", "windows", "bare", "twice"))
    assert resolved(tmp_path, text) == {
        "unix": "pä ss",
        "windows": " two\r\nlines",
        "bare": "bare",
        "twice": "twice\n",
    }


@pytest.mark.parametrize("content", [b"\xff\xfe", b"x" * ((1 << 20) + 1)])
def test_files_that_are_no_small_texts_are_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "blob").write_bytes(content)
    with pytest.raises(DocumentError) as caught:
        resolved(tmp_path, "a: '${file:blob}'\nb: '${file:.}'\nc: \"${file:a\\0b}\"\n")
    assert [found.code for found in caught.value.diagnostics] == ["reference-file-unreadable"] * 3


def test_only_the_part_asked_for_is_resolved(tmp_path: Path) -> None:
    text = "a: {x: '${env:HOST}'}\nb: {x: '${env:MISSING}'}\n"
    assert resolved(tmp_path, text, ("a",)) == {"a": {"x": "lims.example.org"}, "b": {"x": "${env:MISSING}"}}
    assert resolved(tmp_path, text, ("no", "such", "place"))["a"] == {"x": "${env:HOST}"}


def test_parts_are_resolved_one_after_the_other(tmp_path: Path) -> None:
    path = tmp_path / "p.yaml"
    path.write_text("a: '${env:HOST}'\nb: '${env:NUMBER}'\n")
    document = load(path)
    both = document.with_references(("a",), ENVIRONMENT).with_references(("b",), ENVIRONMENT)
    assert both.value == {"a": "lims.example.org", "b": "012"}
    assert document.value == {"a": "${env:HOST}", "b": "${env:NUMBER}"}


def test_every_reference_that_names_nothing_is_found_where_it_stands(tmp_path: Path) -> None:
    text = 'a: "x ${env:NO_1} ${env:NO_2}"\nb: |\n  first\n  ${secret:vault/x}\nc: [{d: "\\x24{env:NO_3}"}]\n'
    with pytest.raises(DocumentError) as caught:
        resolved(tmp_path, text)
    assert [(found.code, found.line, found.column) for found in caught.value.diagnostics] == [
        ("reference-env-missing", 1, 7),
        ("reference-env-missing", 1, 19),
        ("reference-provider-unknown", 4, 3),
        ("reference-env-missing", 5, 9),
    ]


def test_models_see_what_references_give(tmp_path: Path) -> None:
    class Settings(Config):
        host: str
        password: Secret

    path = tmp_path / "p.yaml"
    path.write_text("s: {host: '${env:HOST}', password: '${env:NUMBER}'}\n")
    found = load(path).with_references(("s",), ENVIRONMENT).validate(Settings, ("s",))
    assert found.host == "lims.example.org"
    assert found.password.reveal() == "012"


def test_the_environment_of_the_process_is_the_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONNECTOR_SDK_TEST_HOST", "here")
    path = tmp_path / "p.yaml"
    path.write_text("a: '${env:CONNECTOR_SDK_TEST_HOST}'\n")
    assert load(path).with_references().value == {"a": "here"}
