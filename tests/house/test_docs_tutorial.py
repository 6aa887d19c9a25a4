"""The tutorial's connector, made by hand, is as short as it says, and works as it stands on its page."""

import json
import os
import sqlite3
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from connector_sdk.testing import Request, Response, Route, Simulator, as_json
from tests.house.plugin_site import Ended, Site
from tests.house.tree import DOCS, code_blocks, page

pytestmark = pytest.mark.slow

PAGE = page("connector-by-hand.md")
CODE = (DOCS / "tutorial" / "acme_lims.py").read_text(encoding="utf-8")
ADDRESS = "https://lims.acme.example"


class AcmeLims(Simulator):
    """Samples by pages of two, results by their idempotency keys, tokens that run out when told."""

    def __init__(self) -> None:
        self.samples: dict[str, dict[str, Any]] = {}
        self.results: dict[str, bytes] = {}
        self.keys: list[str] = []
        self.token = 0
        self.after_result: Callable[[], None] = lambda: None
        super().__init__()

    def routes(self) -> Iterable[Route]:
        return [
            Route("POST", "/oauth/token", self._token),
            Route("GET", "/samples", self._samples),
            Route("POST", "/results", self._results),
        ]

    def put(self, number: int, day: int, **fields: Any) -> None:
        sample = {"id": f"{number:03}", "updated_at": f"2026-01-{day:02}T00:00:00Z", **fields}
        self.samples[sample["id"]] = sample

    def _token(self, request: Request) -> Response:
        form = request.form()
        if (form["client_id"], form["client_secret"]) != ("warehouse", "hunter2"):
            return as_json({"errors": [{"code": "UNKNOWN_CLIENT"}]}, 401)
        self.token += 1
        return as_json({"access_token": f"token-{self.token}", "token_type": "Bearer"})

    def _samples(self, request: Request) -> Response:
        if request.headers.get("Authorization") != f"Bearer token-{self.token}":
            return as_json({"errors": [{"code": "EXPIRED"}]}, 401)
        since = request.query.get("updated_since", "")
        found = [each for _, each in sorted(self.samples.items()) if each["updated_at"] >= since]
        start = int(request.query.get("cursor", 0))
        following = str(start + 2) if start + 2 < len(found) else None
        return as_json({"data": found[start : start + 2], "next": following, "total": len(found)})

    def _results(self, request: Request) -> Response:
        if b"impossible" in request.body:
            return as_json({"errors": [{"code": "NO_SUCH_SAMPLE"}]}, 422)
        key = request.headers["Idempotency-Key"]
        self.keys.append(key)
        self.results.setdefault(key, request.body)
        self.after_result()
        return as_json({}, 201)


@pytest.fixture
def acme() -> Iterator[AcmeLims]:
    with AcmeLims() as running:
        yield running


@pytest.fixture
def run(tmp_path: Path, acme: AcmeLims) -> Callable[..., Ended]:
    """Run a pipeline of the page against the small server."""
    site = Site(tmp_path / "site")
    site.install("acme", "acme_lims", code_blocks(PAGE, "python")[0])
    read, write = code_blocks(PAGE, "yaml")
    for name, text in (("read.yaml", read), ("write.yaml", write)):
        (tmp_path / name).write_text(text.replace(ADDRESS, acme.url), encoding="utf-8")
    return lambda name, **more: site.call("run", name, at=tmp_path, **{"ACME_SECRET": "hunter2", **more})


def test_the_page_shows_the_file_and_it_is_short() -> None:
    assert code_blocks(PAGE, "python")[0] == CODE
    assert len(CODE.splitlines()) <= 60


def test_its_project_names_the_entry_point() -> None:
    project = tomllib.loads(code_blocks(PAGE, "toml")[0])
    assert project["project"]["entry-points"]["connector_sdk"] == {"acme": "acme_lims"}


def test_it_reads_what_is_new_and_nothing_twice(
    run: Callable[..., Ended], acme: AcmeLims, tmp_path: Path
) -> None:
    for number in range(5):
        acme.put(number, 1 + number, initials="AB" if number else None)
    slower = {
        "status": 429,
        "headers": {"Retry-After": "0"},
        "body": '{"errors": [{"code": "LIMIT_EXCEEDED"}]}',
    }
    acme.fault({"path": "/samples"}, after=1, **slower)
    first = run("read.yaml")
    assert first.code == 0, (first.document, first.errors)
    assert acme.answers["GET /samples"] == {200: 3, 429: 1}
    again = run("read.yaml")
    acme.put(1, 20, initials="CD")
    third = run("read.yaml")
    assert [each.document["applied"] for each in (first, again, third)] == [5, 0, 1]
    with closing(sqlite3.connect(tmp_path / "warehouse.db")) as database:
        rows = database.execute("SELECT id, initials FROM samples ORDER BY id").fetchall()
    assert rows == [("000", None), ("001", "CD"), ("002", "AB"), ("003", "AB"), ("004", "AB")]


def test_it_says_who_it_was_refused_by_and_shows_no_secret(run: Callable[..., Ended]) -> None:
    refused = run("read.yaml", ACME_SECRET="hunter3")
    assert (refused.code, refused.document["error"]["code"]) == (70, "oauth-refused")
    assert "hunter3" not in json.dumps(refused.document) + refused.errors


@pytest.mark.req("G2")
def test_killed_between_two_requests_it_writes_every_result_once(
    run: Callable[..., Ended], acme: AcmeLims, tmp_path: Path
) -> None:
    results = [f'{{"sample": "{number:03}", "value": 1.{number}0}}' for number in range(6)]
    (tmp_path / "results.jsonl").write_text("\n".join(results) + "\n", encoding="utf-8")
    child = subprocess.Popen(
        [sys.executable, "-m", "connector_sdk", "run", "write.yaml", "--json"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path / "site"), "ACME_SECRET": "hunter2"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    acme.after_result = lambda: child.kill() if len(acme.keys) == 3 else None
    assert child.wait(timeout=120) < 0
    acme.after_result = lambda: None
    second = run("write.yaml")
    assert second.code == 0, (second.document, second.errors)
    assert [text.decode() for text in acme.results.values()] == results
    assert acme.keys[:3] == acme.keys[3:6]


def test_a_result_that_is_refused_becomes_a_dead_letter(
    run: Callable[..., Ended], acme: AcmeLims, tmp_path: Path
) -> None:
    texts = ['{"sample": "impossible", "value": 1.10}', '{"sample": "002", "value": 2}']
    (tmp_path / "results.jsonl").write_text("\n".join(texts) + "\n", encoding="utf-8")
    stopped = run("write.yaml")
    assert (stopped.code, stopped.document["dead_lettered"], stopped.document["applied"]) == (65, 1, 1)
    assert [text.decode() for text in acme.results.values()] == texts[1:]
