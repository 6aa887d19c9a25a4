"""The SDTM tabulations of the CDISC pilot study, from SAS XPORT into SQLite, value by value."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.cli_runs import call, write_pipeline
from tests.real_data.data import data_folder

pytestmark = pytest.mark.slow

KEYS = {
    "dm": ["USUBJID"],
    "ae": ["USUBJID", "AESEQ"],
    "ex": ["USUBJID", "EXSEQ"],
    "ds": ["USUBJID", "DSSEQ"],
}


def independent(file: Path) -> tuple[list[str], list[list[Any]]]:
    """Read the file with another reader; NaN there is a missing number."""
    pyreadstat = pytest.importorskip("pyreadstat")
    frame, _ = pyreadstat.read_xport(str(file), output_format="dict")
    names = list(frame)
    rows = zip(*frame.values(), strict=True)
    return names, [[None if value != value else value for value in row] for row in rows]  # noqa: PLR0124


def pipeline(folder: Path, name: str, target: str) -> Path:
    source = json.dumps({"path": str(data_folder("cdisc-pilot") / f"{name}.xpt"), "primary_key": KEYS[name]})
    return write_pipeline(
        folder,
        f"format: 1\npipeline: pilot-{name}\n"
        f"source: {{connector: files, stream: {name}, config: {source}}}\n"
        f"destination: {target}\n",
    )


@pytest.mark.req("A11-4.8", "E6-4.2.5")
@pytest.mark.parametrize("name", KEYS)
def test_every_value_arrives_in_the_database(name: str, tmp_path: Path) -> None:
    names, expected = independent(data_folder("cdisc-pilot") / f"{name}.xpt")
    target = f'{{connector: sql, sink: {name}, config: {{url: "sqlite:///pilot.db"}}}}'
    run = call("run", pipeline(tmp_path, name, target))
    assert run.code == 0, run
    assert run.document["read"] == run.document["applied"] == len(expected)
    with closing(sqlite3.connect(tmp_path / "pilot.db")) as connection:
        columns = ", ".join(f'"{column}"' for column in names)
        rows = connection.execute(f'select {columns} from "{name}" order by _version').fetchall()
    assert [list(row) for row in rows] == expected


def test_the_pilot_study_has_306_subjects(tmp_path: Path) -> None:
    target = '{connector: sql, sink: dm, config: {url: "sqlite:///pilot.db"}}'
    assert call("run", pipeline(tmp_path, "dm", target)).document["applied"] == 306


@pytest.mark.parametrize("name", KEYS)
def test_every_value_arrives_in_json_lines(name: str, tmp_path: Path) -> None:
    names, expected = independent(data_folder("cdisc-pilot") / f"{name}.xpt")
    run = call("run", pipeline(tmp_path, name, "{connector: files, config: {path: out.jsonl}}"))
    assert run.code == 0, run
    records = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert [[record[column] for column in names] for record in records] == expected
