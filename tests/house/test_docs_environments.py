"""The reference of `environments/NAME.yaml` says what the models say, and its example is one."""

from pathlib import Path

from connector_sdk.connector import Connector
from connector_sdk.pipeline.definition import DEFAULT_LEDGER
from connector_sdk.pipeline.environment import EnvironmentDefinition, load_environment
from connector_sdk.pipeline.lock import Lock, read_lock
from connector_sdk.plugins import find
from tests.house.test_docs_pipeline import _bounds, _choices, _default, _flat
from tests.house.tree import code_blocks, coded, page, section, tables

PAGE = page("environments.md")


def test_all_keys_are_there_in_their_order_with_type_and_default() -> None:
    rows = tables(section(PAGE, "Keys"))[0][1:]
    fields = list(_flat(EnvironmentDefinition))
    assert [coded(row[0])[0] for row in rows] == [key for key, _ in fields]
    for row, (key, field) in zip(rows, fields, strict=True):
        assert coded(row[1])[: len(_choices(field))] == _choices(field), key
        assert all(bound in row[1] for bound in _bounds(field)), key
        default = _default(field) or (str(field.default) if isinstance(field.default, float) else None)
        assert default is None or row[2].strip("`") == default, key
    assert coded(next(row for row in rows if row[0] == "`ledger`")[2]) == [DEFAULT_LEDGER.as_posix()]


def test_keys_of_later_versions_are_named() -> None:
    text = section(PAGE, "Keys").split("Unknown keys", 1)[1].split("`ledger` in a pipeline")[0]
    assert set(coded(text)) == EnvironmentDefinition.later


def test_the_example_is_an_environment(tmp_path: Path) -> None:
    (tmp_path / "environments").mkdir()
    (tmp_path / "environments" / "prod.yaml").write_text(code_blocks(PAGE, "yaml")[0], encoding="utf-8")
    found = load_environment(tmp_path, "prod")
    assert found.gxp
    assert found.identity == {"salesforce": {"org": "00Dxx0000001gEREAY"}}


def test_the_example_of_a_lock_is_one(tmp_path: Path) -> None:
    (tmp_path / "connectors.lock").write_text(code_blocks(PAGE, "yaml")[1], encoding="utf-8")
    assert isinstance(read_lock(tmp_path), Lock)


def test_the_governed_settings_are_named() -> None:
    connector = find("files").connector
    assert connector is not None
    assert issubclass(connector, Connector)
    text = section(PAGE, "What an environment may not do").split("For `files` these are")[1]
    assert set(coded(text.split("\n\n")[0])) == connector.config_type.governed
    assert connector.config_type.governed <= connector.config_type.model_fields.keys()


def test_what_gxp_refuses_is_listed_by_code() -> None:
    rows = tables(section(PAGE, "What gxp refuses"))[0][1:]
    assert [coded(row[1])[0] for row in rows] == ["ledger-default-under-gxp", "env-secret-under-gxp"]
