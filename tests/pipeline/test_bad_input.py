"""What goes wrong in practice: one clear line that says what to do, the right exit code, nothing lost."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli_runs import Ended, call, write_pipeline
from tests.real_data.data import data_folder

pytestmark = pytest.mark.slow

CSV = "id,name\r\n1,one\r\n2,two\r\n"


def pipeline(folder: Path, path: str = "in.csv", key: str = "id") -> Path:
    return write_pipeline(
        folder,
        "format: 1\npipeline: bad-input\n"
        f"source: {{connector: files, config: {{path: {path}, primary_key: [{key}]}}}}\n"
        'destination: {connector: sql, sink: out, config: {url: "sqlite:///out.db"}}\n',
    )


def count(folder: Path) -> int:
    with closing(sqlite3.connect(folder / "out.db")) as connection:
        return connection.execute("select count(*) from out").fetchone()[0]


def refused(ended: Ended, exit_code: int, code: str) -> None:
    assert ended.code == exit_code, ended
    error = ended.document["error"]
    assert error["code"] == code
    assert error["hint"]
    assert "\n" not in error["message"]
    assert "Traceback" not in ended.errors
    assert call("explain", code).code == 0


@pytest.fixture
def begun(tmp_path: Path) -> Path:
    """A pipeline that has moved two records."""
    (tmp_path / "in.csv").write_text(CSV, newline="")
    assert call("run", pipeline(tmp_path)).code == 0
    return tmp_path


def missing(folder: Path) -> None:
    (folder / "in.csv").unlink()


def ragged(folder: Path) -> None:
    (folder / "in.csv").write_text(CSV + "3,three,more\r\n4,four\r\n", newline="")


def unclosed(folder: Path) -> None:
    (folder / "in.csv").write_text(CSV + '3,"three\r\n4,four\r\n', newline="")


def renamed_column(folder: Path) -> None:
    (folder / "in.csv").write_text(CSV.replace("name", "full_name") + "3,three\r\n", newline="")


def foreign_ledger(folder: Path) -> None:
    (folder / ".connector-sdk" / "ledger.db").write_text("these are my notes")


def cut_ledger(folder: Path) -> None:
    ledger = folder / ".connector-sdk" / "ledger.db"
    ledger.write_bytes(ledger.read_bytes()[:20_000])


def lost_key(folder: Path) -> None:
    (folder / ".connector-sdk" / "keys" / "spool.key").unlink()


def foreign_target(folder: Path) -> None:
    (folder / "out.db").write_text("this is no database")


@pytest.mark.req("A11-4.7")
@pytest.mark.parametrize(
    ("spoil", "exit_code", "code"),
    [
        (missing, 2, "files-not-found"),
        (unclosed, 70, "files-cut"),
        (foreign_ledger, 70, "ledger-foreign"),
        (cut_ledger, 70, "ledger-damaged"),
        (lost_key, 70, "key-missing"),
        (foreign_target, 2, "sql-not-a-database"),
    ],
)
def test_the_run_says_what_to_do(
    begun: Path, spoil: Callable[[Path], None], exit_code: int, code: str
) -> None:
    spoil(begun)
    refused(call("run", begun / "pipeline.yaml"), exit_code, code)
    if spoil is not foreign_target:
        assert count(begun) == 2


def test_a_ragged_row_is_set_aside_and_its_neighbours_arrive(begun: Path) -> None:
    ragged(begun)
    refused(call("run", begun / "pipeline.yaml"), 65, "too-many-dead-letters")
    assert count(begun) == 3
    (letter,) = call("dead-letters", "list", begun / "pipeline.yaml").document["dead_letters"]
    assert letter["code"] == "csv-ragged-row"


@pytest.mark.req("A11-5")
def test_a_renamed_column_is_refused_before_anything_is_written(begun: Path) -> None:
    assert call("contract", "pin", begun / "pipeline.yaml").code == 0
    renamed_column(begun)
    ended = call("run", begun / "pipeline.yaml")
    refused(ended, 65, "contract-changed")
    assert "'name'" in ended.document["error"]["message"]
    assert (ended.document["read"], count(begun)) == (0, 2)


def test_a_locked_ledger_parks_the_run(begun: Path) -> None:
    with closing(sqlite3.connect(begun / ".connector-sdk" / "ledger.db", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        refused(call("run", begun / "pipeline.yaml"), 75, "ledger-locked")
    assert call("run", begun / "pipeline.yaml").code == 0


def test_a_cut_xport_file_is_no_data(tmp_path: Path) -> None:
    whole = (data_folder("cdisc-pilot") / "dm.xpt").read_bytes()
    (tmp_path / "dm.xpt").write_bytes(whole[: len(whole) // 2 - 7])
    refused(call("run", pipeline(tmp_path, path="dm.xpt", key="USUBJID")), 70, "files-cut")
