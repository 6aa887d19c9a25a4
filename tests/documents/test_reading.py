"""Files that are no documents, and how an error presents itself."""

import os
from pathlib import Path

import pytest

from connector_sdk.documents import DocumentError, load, render
from connector_sdk.documents.source import MAX_BYTES
from connector_sdk.errors import ConfigurationError


def refused(path: Path) -> DocumentError:
    with pytest.raises(DocumentError) as caught:
        load(path)
    return caught.value


def test_a_missing_file_names_the_nearest(tmp_path: Path) -> None:
    (tmp_path / "pipeline.yaml").write_text("a: 1\n")
    error = refused(tmp_path / "pipelin.yaml")
    assert error.code == "document-missing"
    assert error.location == str(tmp_path / "pipelin.yaml")
    assert error.hint == f"did you mean {tmp_path / 'pipeline.yaml'}?"


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    assert refused(tmp_path / "no" / "p.yaml").hint == f"there is no folder {tmp_path / 'no'}"
    (tmp_path / "file").write_text("")
    assert refused(tmp_path / "file" / "p.yaml").code == "document-missing"


def test_a_folder_is_no_document(tmp_path: Path) -> None:
    assert refused(tmp_path).code == "document-unreadable"


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "p.yaml")
    assert refused(tmp_path / "p.yaml").code == "document-unreadable"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_permissions_are_named(tmp_path: Path) -> None:
    path = tmp_path / "p.yaml"
    path.write_text("a: 1\n")
    path.chmod(0)
    error = refused(path)
    assert error.code == "document-unreadable"
    assert "Permission denied" in str(error)


def test_an_impossible_path_is_refused() -> None:
    assert refused(Path("a\0b")).code == "document-unreadable"


def test_a_large_file_is_refused_before_it_is_parsed(tmp_path: Path) -> None:
    path = tmp_path / "p.yaml"
    path.write_text("a: " + "x" * MAX_BYTES)
    assert refused(path).code == "document-too-large"


def test_a_line_of_a_mebibyte_is_told_about_without_being_shown(tmp_path: Path) -> None:
    path = tmp_path / "p.yaml"
    path.write_text("b: 1\na: [" + "x" * (MAX_BYTES - 100) + ", 012")
    error = refused(path)
    assert error.code == "yaml-syntax"
    assert len(render(error.diagnostics)) < 1000


def test_an_error_is_the_first_finding_and_counts_the_others(tmp_path: Path) -> None:
    path = tmp_path / "p.yaml"
    path.write_text("b: 012\na: NO\nb: 1\n")
    error = refused(path)
    assert isinstance(error, ConfigurationError)
    assert error.exit_code == 2
    assert [found.line for found in error.diagnostics] == [1, 2, 3]
    assert error.location == f"{path}:1:4"
    assert str(error) == f"{error.diagnostics[0]} (and 2 more)"
    assert str(error).startswith(f"{path}:1:4: yaml-ambiguous-scalar: '012' means")
