"""Which stream or sink a path becomes, and what is said where it can become none."""

import errno
import os
import subprocess
import sys

import pytest
from connector_files import Files, FilesConfig, connector_register
from connector_files.csv_stream import CsvStream
from connector_files.jsonl import JsonLinesStream
from connector_files.sink_file import FileSink
from connector_files.sink_folder import FolderSink
from connector_files.translate import translated
from connector_files.xport_stream import XportStream
from pydantic import ValidationError

from connector_sdk.connector import Completeness
from connector_sdk.errors import ConfigurationError, UnavailableError


def test_plugin_registers_its_connector():
    found = []
    connector_register(found.append)
    assert found == [Files]
    assert Files.name == "files"
    assert Files.config_type is FilesConfig


@pytest.mark.parametrize(
    ("name", "setting", "kind"),
    [
        ("a.jsonl", None, JsonLinesStream),
        ("a.NDJSON", None, JsonLinesStream),
        ("a.csv", None, CsvStream),
        ("a.xpt", None, XportStream),
        ("a.txt", "csv", CsvStream),
        ("a.csv", "jsonl", JsonLinesStream),
    ],
)
def test_format_follows_from_the_setting_or_the_suffix(tmp_path, name, setting, kind):
    connector = Files(FilesConfig(path=tmp_path / name, format=setting))
    assert isinstance(connector.stream("whatever"), kind)
    assert list(connector.streams()) == ["a"]
    assert connector.stream("x").completeness is Completeness.UNPROVEN


def test_unknown_suffix_needs_a_format(tmp_path):
    connector = Files(FilesConfig(path=tmp_path / "a.txt"))
    with pytest.raises(ConfigurationError) as caught:
        connector.stream("a")
    assert caught.value.code == "files-format-unknown"
    assert connector.streams() == {}
    assert connector.sinks() == {}


@pytest.mark.parametrize(
    ("name", "setting"), [("a.csv", None), ("a.txt", None), ("a.jsonl", "csv"), ("a", "xport")]
)
def test_only_json_lines_are_written(tmp_path, name, setting):
    with pytest.raises(ConfigurationError) as caught:
        Files(FilesConfig(path=tmp_path / name, format=setting)).sink("a")
    assert caught.value.code == "files-format-unwritable"


def test_path_says_whether_one_file_or_a_folder_is_written(tmp_path):
    (tmp_path / "dotted.d").mkdir()
    assert isinstance(Files(FilesConfig(path=tmp_path / "a.jsonl")).sink("a"), FileSink)
    assert isinstance(Files(FilesConfig(path=tmp_path / "a.out", format="jsonl")).sink("a"), FileSink)
    assert isinstance(Files(FilesConfig(path=tmp_path / "new")).sink("a"), FolderSink)
    assert isinstance(Files(FilesConfig(path=tmp_path / "dotted.d")).sink("a"), FolderSink)
    assert Files(FilesConfig(path=tmp_path / "dotted.d")).streams() == {}
    assert list(Files(FilesConfig(path=tmp_path / "a.jsonl")).sinks()) == ["a"]


def test_relative_path_starts_from_the_document(tmp_path):
    config = FilesConfig.model_validate(
        {"path": "in/a.csv", "primary_key": ["id"]}, context={"base": str(tmp_path)}
    )
    assert config.path == tmp_path / "in" / "a.csv"
    assert config.primary_key == ("id",)


def test_unknown_setting_is_refused(tmp_path):
    with pytest.raises(ValidationError):
        FilesConfig.model_validate({"path": "a.csv", "delimeter": ";"})


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1"])
def test_text_formats_are_utf8(tmp_path, encoding):
    with pytest.raises(ConfigurationError) as caught:
        Files(FilesConfig(path=tmp_path / "a.csv", encoding=encoding)).stream("a")
    assert caught.value.code == "files-setting"


@pytest.mark.parametrize("name", ["a.jsonl", "a.csv", "a.xpt"])
def test_missing_file_and_folder_are_told(tmp_path, records, name):
    path = tmp_path / name
    with pytest.raises(ConfigurationError) as caught:
        records(path)
    assert caught.value.code == "files-not-found"
    assert str(path) in str(caught.value)
    path.mkdir()
    with pytest.raises(ConfigurationError) as caught:
        records(path)
    assert caught.value.code == "files-not-a-file"


def test_pipe_is_refused_and_never_waited_for(tmp_path, records):
    os.mkfifo(tmp_path / "a.jsonl")
    with pytest.raises(ConfigurationError) as caught:
        records(tmp_path / "a.jsonl")
    assert caught.value.code == "files-not-a-file"


@pytest.mark.parametrize(
    ("number", "kind", "code"),
    [
        (errno.ENOSPC, UnavailableError, "files-no-space"),
        (errno.EDQUOT, UnavailableError, "files-no-space"),
        (errno.EACCES, ConfigurationError, "files-permission"),
        (errno.EROFS, ConfigurationError, "files-permission"),
        (errno.ENOENT, ConfigurationError, "files-not-found"),
        (errno.EISDIR, ConfigurationError, "files-not-a-file"),
        (errno.EIO, UnavailableError, "files-io"),
    ],
)
def test_operating_system_errors_say_what_to_do(tmp_path, number, kind, code):
    error = translated(OSError(number, os.strerror(number)), tmp_path / "a.csv", "read")
    assert type(error) is kind
    assert error.code == code
    assert error.hint
    assert "a.csv" in str(error)


def test_unreadable_disk_is_told(tmp_path, records, monkeypatch):
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"{}\n")

    def broken(*_: object) -> bytes:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr("os.pread", broken)
    with pytest.raises(UnavailableError) as caught:
        records(path)
    assert caught.value.code == "files-io"


def test_listing_the_plugin_loads_nothing_heavy():
    heavy = {"pandas", "pyreadstat", "sqlalchemy", "httpx"}
    code = f"import sys, connector_files; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("ask", [lambda files: files.streams(), lambda files: files.sink(files.only_sink())])
def test_a_name_too_long_for_any_file_is_no_file(tmp_path, ask):
    with pytest.raises(ConfigurationError) as caught:
        ask(Files(FilesConfig(path=tmp_path / ("x" * 300))))
    assert caught.value.code == "files-not-found"


def test_a_path_without_a_name_given_says_what_is_wrong_with_it(tmp_path):
    files = Files(FilesConfig(path=tmp_path / "a.txt"))
    for ask in (lambda: files.stream(files.only_stream()), lambda: files.sink(files.only_sink())):
        with pytest.raises(ConfigurationError) as caught:
            ask()
        assert caught.value.code.startswith("files-format-")
