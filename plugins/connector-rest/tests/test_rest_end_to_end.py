"""From a described API to a table, through the command line."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli_runs import call, write_pipeline
from tests.rest_items import TOKEN, Items, item

pytestmark = pytest.mark.slow

PIPELINE = """
format: 1
pipeline: items
source:
  connector: rest
  stream: items
  config:
    base_url: {url}
    auth: {{type: bearer, token: "${{file:token.txt}}"}}
    streams:
      - name: items
        path: /items
        params: {{limit: 1000}}
        records: data
        total: meta.total
        primary_key: [id]
        cursor: {{field: updated_at, param: updated_since, lookback: 300}}
        paging: {{type: cursor, next: meta.next, param: cursor}}
        schema:
          type: object
          required: [updated_at, value]
          properties:
            id: {{type: string}}
            updated_at: {{type: string, format: date-time}}
            value: {{type: number}}
destination: {{connector: sql, sink: items, config: {{url: "sqlite:///items.db"}}}}
"""


@pytest.fixture
def pipeline(tmp_path: Path, api: Items) -> Path:
    api.auth = "bearer"
    (tmp_path / "token.txt").write_text(TOKEN)
    return write_pipeline(tmp_path, PIPELINE.format(url=api.url))


def rows(folder: Path) -> list[tuple[str, str, str]]:
    with closing(sqlite3.connect(folder / "items.db")) as database:
        return database.execute("SELECT id, updated_at, value FROM items ORDER BY id").fetchall()


@pytest.mark.req("G1")
def test_two_runs_move_everything_once(api: Items, pipeline: Path) -> None:
    api.items = [item(number, f"2026-01-01T00:0{number}:00Z") for number in range(7)]
    assert call("check", pipeline).code == 0
    first = call("run", pipeline)
    assert first.code == 0, (first.document, first.errors)
    second = call("run", pipeline)
    assert [each.document["read"] for each in (first, second)] == [7, 0]
    assert second.document["cursor"] == first.document["cursor"]
    api.items[3] = item(3, "2026-01-01T00:09:00Z", "2.000")
    third = call("run", pipeline)
    assert (third.document["read"], third.document["applied"]) == (1, 1)
    expected = [(f"{number:03}", f"2026-01-01T00:0{number}:00Z", "1.10") for number in range(7)]
    expected[3] = ("003", "2026-01-01T00:09:00Z", "2.000")
    assert rows(pipeline.parent) == expected
    assert TOKEN not in json.dumps([first.document, third.document]) + first.errors + third.errors


@pytest.mark.req("G1")
def test_after_a_failure_the_rest_is_read_and_nothing_is_passed_over(api: Items, pipeline: Path) -> None:
    api.items = [item(number, f"2026-01-01T00:0{9 - number}:00Z") for number in range(8)]
    api.fault({"path": "/items"}, after=2, status=404)
    stopped = call("run", pipeline)
    assert (stopped.code, stopped.document["error"]["code"]) == (70, "http-404")
    assert stopped.document["read"] == 3
    resumed = call("run", pipeline)
    assert (resumed.code, resumed.document["read"]) == (0, 5)
    assert len(rows(pipeline.parent)) == 8


def test_a_page_for_people_is_no_data(api: Items, pipeline: Path) -> None:
    api.fault({"path": "/items"}, html=True)
    stopped = call("run", pipeline)
    assert (stopped.code, stopped.document["error"]["code"]) == (70, "not-json")
    assert stopped.document["cursor"] is None
    assert "Traceback" not in stopped.errors


def test_an_environment_may_move_the_address_and_not_the_records(api: Items, pipeline: Path) -> None:
    api.items = [item(1)]
    folder = pipeline.parent / "environments"
    folder.mkdir()
    for name, text in (("uat", f'base_url: "{api.url}"'), ("prod", "streams: []")):
        document = f"connections: {{rest: {{{text}}}}}\nledger: {name}.db\n"
        (folder / f"{name}.yaml").write_text(document)
    moved = call("run", pipeline, "--env", "uat")
    assert moved.code == 0, (moved.document, moved.errors)
    refused = call("run", pipeline, "--env", "prod")
    assert (refused.code, refused.document["error"]["code"]) == (2, "overlay-forbidden")
