"""A cursor belongs to one source and one destination: what either has more is never passed over."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from connector_sdk.pipeline.destination import require_same_source
from tests.cli.conftest import Call

pytestmark = pytest.mark.slow

PIPELINE = """
format: 1
pipeline: {name}
source: {{connector: files, stream: {stream}, config: {{path: in.csv, primary_key: [id]}}}}
destination: {{connector: sql, sink: {sink}, config: {{url: "sqlite:///{file}"}}}}
"""


@pytest.fixture
def begun(tmp_path: Path, call: Call) -> Path:
    """Return a folder whose pipeline has moved two records into table t of out.db."""
    (tmp_path / "in.csv").write_text("id,s\n1,a\n2,b\n")
    write(tmp_path)
    assert call("run", tmp_path).code == 0
    return tmp_path


def write(
    folder: Path, *, name: str = "p", sink: str = "t", file: str = "out.db", stream: str = "in"
) -> None:
    (folder / "p.yaml").write_text(PIPELINE.format(name=name, sink=sink, file=file, stream=stream))


def rows(folder: Path, sink: str = "t", file: str = "out.db") -> list[tuple[str, str]]:
    with closing(sqlite3.connect(folder / file)) as connection:
        return connection.execute(f"select id, s from {sink} order by id").fetchall()


def refused(call: Call, folder: Path, code: str, exit_code: int) -> None:
    for verb in ("check", "run"):
        result = call(verb, folder, "--json")
        assert (result.code, code in result.out) == (exit_code, True), result


def lose(folder: Path) -> None:
    (folder / "out.db").unlink()


def restore(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "out.db")) as connection, connection:
        connection.execute("update _connector_checkpoint set seq = 0")
        connection.execute("delete from t where id = '2'")


def drop(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "out.db")) as connection, connection:
        connection.execute("drop table t")


@pytest.mark.req("G1", "NS-2")
@pytest.mark.parametrize("spoil", [lose, restore, drop])
def test_records_lost_from_the_target_are_missed(call: Call, begun: Path, spoil: object) -> None:
    assert callable(spoil)
    spoil(begun)
    with (begun / "in.csv").open("a") as file:
        file.write("3,c\n")
    refused(call, begun, "sql-target-lost", 70)
    assert call("run", begun, "--full-refresh").code == 0
    assert rows(begun) == [("1", "a"), ("2", "b"), ("3", "c")]
    assert call("run", begun).code == 0


@pytest.mark.req("G1")
@pytest.mark.parametrize("change", [{"sink": "u"}, {"file": "other.db"}])
def test_another_destination_does_not_get_only_the_rest(
    call: Call, begun: Path, change: dict[str, str]
) -> None:
    write(begun, **change)
    refused(call, begun, "destination-changed", 2)
    assert call("run", begun, "--full-refresh").code == 0
    assert rows(begun, **change) == [("1", "a"), ("2", "b")]
    assert call("run", begun).code == 0


@pytest.mark.req("G3")
def test_versions_that_another_pipeline_counted_are_not_compared(call: Call, begun: Path) -> None:
    assert call("run", begun, "--full-refresh").code == 0
    write(begun, name="q")
    (begun / "in.csv").write_text("id,s\n1,new\n2,b\n")
    refused(call, begun, "sql-table-taken", 70)
    with closing(sqlite3.connect(begun / "out.db")) as connection, connection:
        connection.execute("update t set _version = 0")
    assert call("run", begun).code == 0
    assert rows(begun) == [("1", "new"), ("2", "b")]


@pytest.mark.req("G3")
def test_a_full_refresh_into_another_pipelines_table_is_refused(call: Call, begun: Path) -> None:
    write(begun, name="q", sink="u")
    assert call("run", begun).code == 0
    write(begun, name="p", sink="u")
    result = call("run", begun, "--full-refresh", "--json")
    assert (result.code, result.document["error"]["code"]) == (70, "sql-table-taken")


@pytest.mark.req("GDPR-5/25")
def test_a_ledger_is_no_target(call: Call, begun: Path) -> None:
    write(begun, name="q", file=".connector-sdk/ledger.db")
    refused(call, begun, "sql-is-a-ledger", 2)


REST = """
format: 1
pipeline: p
source:
  connector: rest
  config:
    base_url: http://127.0.0.1:9
    streams:
      - name: {stream}
        path: /items
        primary_key: [id]
        schema: {{type: object, required: [id], properties: {{id: {{type: string}}}}}}
destination: {{connector: sql, sink: t, config: {{url: "sqlite:///out.db"}}}}
"""


@pytest.mark.req("G1")
def test_another_stream_is_not_read_from_where_the_first_one_got_to(call: Call, begun: Path) -> None:
    ledger = begun / ".connector-sdk" / "ledger.db"
    with closing(sqlite3.connect(ledger)) as connection, connection:
        (kept,) = connection.execute("select checkpoint from partition").fetchone()
        assert json.loads(kept)["source"] == "files:"
        moved = json.dumps({**json.loads(kept), "source": "rest:items"})
        connection.execute("update partition set checkpoint = ?", (moved,))
    (begun / "p.yaml").write_text(REST.format(stream="others"))
    refused(call, begun, "source-changed", 2)
    redriven = call("dead-letters", "redrive", begun, "--actor", "a", "--reason", "b", "--json")
    assert redriven.document["error"]["code"] == "source-changed"
    (begun / "p.yaml").write_text(REST.format(stream="items"))
    assert call("run", begun, "--json").document["error"]["code"] != "source-changed"


def test_a_ledger_that_does_not_name_its_stream_is_gone_on_with() -> None:
    require_same_source({"destination": "d", "sink": None}, "files:in", Path("p.yaml"), "dev")
    require_same_source(None, "files:in", Path("p.yaml"), "dev")


def test_a_file_of_another_name_is_read_although_no_stream_is_named(call: Call, tmp_path: Path) -> None:
    """Its cursor knows what was read; the name follows the path and says nothing."""
    (tmp_path / "in.csv").write_text("id,s\n1,a\n2,b\n")
    write(tmp_path)
    document = (tmp_path / "p.yaml").read_text().replace("stream: in, ", "")
    assert "stream" not in document
    (tmp_path / "p.yaml").write_text(document)
    assert call("run", tmp_path).code == 0
    (tmp_path / "next.csv").write_text("id,s\n2,c\n3,d\n")
    (tmp_path / "p.yaml").write_text(document.replace("in.csv", "next.csv"))
    assert call("run", tmp_path, "--json").document["applied"] == 2
    assert rows(tmp_path) == [("1", "a"), ("2", "c"), ("3", "d")]
