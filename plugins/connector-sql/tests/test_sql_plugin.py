"""The plugin as the host meets it: found by its entry point, cheap to import, strict in its settings."""

import re
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import connector_sql
import pytest
from connector_sql import Sql, SqlConfig
from pydantic import ValidationError

from connector_sdk.connector import Call, WritePolicy
from connector_sdk.errors import ConfigurationError
from connector_sdk.hookspecs import PROJECT


def configure(url: str, base: Path = Path()) -> SqlConfig:
    return SqlConfig.model_validate({"url": url}, context={"base": base})


def test_the_entry_point_names_the_connector() -> None:
    (point,) = entry_points(group=PROJECT, name="sql")
    registered: list[Any] = []
    point.load().connector_register(register=registered.append)
    assert registered == [Sql]
    assert Sql.name == "sql"
    assert Sql.config_type is SqlConfig


def test_importing_the_plugin_does_not_load_sqlalchemy() -> None:
    code = "import sys, connector_sql; print('sqlalchemy' in sys.modules, 'sqlite3' in sys.modules)"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout.split() == ["False", "False"]


@pytest.mark.parametrize(
    ("url", "file"),
    [
        ("sqlite:///hcp.db", "base dir/hcp.db"),
        ("sqlite:///../hcp 1.db", "base dir/../hcp 1.db"),
        ("sqlite+pysqlite:///sub/h#p%20.db", "base dir/sub/h#p%20.db"),
    ],
)
def test_relative_paths_start_from_the_document(tmp_path: Path, url: str, file: str) -> None:
    assert configure(url, tmp_path / "base dir").path == tmp_path / file


def test_absolute_paths_stay(tmp_path: Path) -> None:
    assert configure(f"sqlite:///{tmp_path}/hcp.db", Path("/elsewhere")).path == tmp_path / "hcp.db"


@pytest.mark.parametrize("name", ["h?p.db", "h#p%3F.db", "é 1.db"])
def test_odd_folder_names_reach_the_file(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    folder.mkdir()
    connector = Sql(configure("sqlite:///target.db", folder))
    sink = connector.sink("hcp")
    schema = _schema()
    sink.prepare(Call(), schema, WritePolicy())
    sink.close()
    assert (folder / "target.db").stat().st_size > 0
    assert list(tmp_path.iterdir()) == [folder]


def _schema() -> Any:
    from connector_sdk.schema import Field, FieldType, Schema  # noqa: PLC0415 - read where it is made

    return Schema(fields=(Field(name="id", type=FieldType.STRING),), key=("id",))


@pytest.mark.parametrize(
    "url",
    [
        "sqlite://",
        "sqlite:///",
        "sqlite:///:memory:",
        "sqlite:///file:x.db?uri=true",
        "sqlite:///x.db?mode=ro",
        "sqlite://server/x.db",
        "x.db",
        "sqlite:///~nobody-of-this-name/x.db",
        "",
    ],
)
def test_urls_that_name_no_file_are_refused(url: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        configure(url)
    assert caught.value.code == "sql-url"
    assert "sqlite:///file.db" in caught.value.hint


def test_unsupported_databases_are_refused_by_kind_without_the_url() -> None:
    with pytest.raises(ConfigurationError) as caught:
        configure("oracle+oracledb://scott:tiger-42@db.internal/orcl")
    assert caught.value.code == "sql-dialect"
    assert "sqlite" in caught.value.hint
    shown = repr(caught.value) + str(caught.value) + caught.value.hint + caught.value.location
    assert "oracle+oracledb" in shown
    assert not any(part in shown for part in ("scott", "tiger-42", "db.internal"))


def test_the_url_is_never_shown(tmp_path: Path) -> None:
    config = configure(f"sqlite:///{tmp_path}/hidden-name.db")
    assert "hidden-name" not in repr(config) + str(config) + config.model_dump_json()


def test_unknown_settings_are_refused() -> None:
    with pytest.raises(ValidationError):
        SqlConfig.model_validate({"url": "sqlite:///x.db", "schema": "x"})


def test_a_missing_driver_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    connector = Sql(configure("sqlite:///x.db", tmp_path))
    for name in [name for name in sys.modules if name.startswith("connector_sql.")]:
        monkeypatch.delitem(sys.modules, name)
    for name in [name for name in vars(connector_sql) if name in ("sink", "engine", "errors")]:
        monkeypatch.delattr(connector_sql, name)
    monkeypatch.setitem(sys.modules, "sqlite3", None)
    with pytest.raises(ConfigurationError) as caught:
        connector.sink("hcp")
    assert caught.value.code == "sql-driver-missing"
    assert "sqlite3" in str(caught.value)


def test_every_code_has_a_page_and_every_page_a_code() -> None:
    package = Path(connector_sql.__file__).parent
    named: set[str] = set()
    for path in package.glob("*.py"):
        named.update(re.findall(r'"(sql-[a-z-]+)"', path.read_text(encoding="utf-8")))
    assert named == {page.stem for page in package.glob("explanations/*.md")}
