"""A small book, made by hand: a system with tokens, pages, a job to wait for and four ways to write."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from connector_sdk.conformance.book import Exchange, Member, Provenance, Roles, SeededBook, parse
from connector_sdk.testing import Caller

CLOCK = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
RECORDS = '{"records":[{"id":"a","v":1},{"id":"b","v":2}]}'


def exchange(name: str, line: str, answer: str, status: int = 200, **more: Any) -> Exchange:
    """Return one exchange; `line` is method and path, `body` may be given as the text of JSON."""
    method, path = line.split(" ")
    body = more.pop("body", None)
    made: dict[str, Any] = {
        "kind": "simulator",
        "source": "",
        "query": {},
        "headers": {},
        "body": None if body is None else parse(body.encode()),
        "asks_json": body is not None,
        "response_headers": {},
        "content_type": "application/json",
        "issues_token": "${TOKEN}" in answer,
    }
    response = parse(answer.encode()) if answer else b""
    return Exchange(
        name=name,
        method=method,
        path=path,
        status=status,
        response=response,
        answers_json=bool(answer),
        **{**made, **more},
    )


KEYED = {"X-Api-Key": "${any}", "Idempotency-Key": "${any}"}
EXCHANGES = (
    exchange("token", "POST /token", '{"access_token": "${TOKEN}"}'),
    exchange(
        "p1",
        "GET /items",
        '{"data": [{"id": "1", "n": 1.50}], "next": "${SERVER}/items?page=2"}',
        query={"page": "1"},
    ),
    exchange("p2", "GET /items", '{"data": [{"id": "2", "n": 2}]}', query={"page": "2"}),
    exchange("pending", "GET /job", '{"state": "pending"}', response_headers={"X-Quota": "1/9"}),
    exchange("done", "GET /job", '{"state": "done"}', in_turn=True),
    exchange("key.1", "POST /keyed", '{"n": 1}', 201, headers=KEYED),
    exchange("key.2", "POST /keyed", '{"n": 2}', 201, headers=KEYED, in_turn=True),
    exchange("plain", "POST /plain", '{"ok": true}', 201, body='{"a": 1.5, "b": "${any}"}'),
    exchange("put", "PUT /things/x", "", 204),
    exchange("refused", "POST /refused", '{"error": "no"}', 422),
    exchange("envelope", "POST /envelope", '{"status": "FAILURE"}'),
    exchange("batch", "POST /batch", '[{"success": true}, {"success": false}]', body=RECORDS),
)
SCENARIOS = {
    "read.items.full": ("token", "p1", "p2"),
    "read.job.full": ("token", "pending", "done"),
    "write.keyed": ("token", "key.1", "key.2"),
    "write.plain": ("token", "plain"),
    "write.put": ("token", "put"),
    "write.refused": ("token", "refused", "envelope"),
    "write.batch": ("token", "batch"),
}
BATCH = Roles(
    input="$.records[*]", id="$.records[*].id", results="$[*]", rejected=Member("success", value=False)
)
FAILURE = Roles(failure_envelope=Member("$.status", "FAILURE"))


def book(*exchanges: Exchange, **more: Any) -> SeededBook:
    """Return the book, or one of these exchanges alone, all in the scenario `read.x.full`."""
    named = {each.name: each for each in exchanges or EXCHANGES}
    given: dict[str, Any] = {
        "scenarios": {"read.x.full": tuple(named)} if exchanges else SCENARIOS,
        "own_roles": {"batch": BATCH, "refused": FAILURE},
        **more,
    }
    return SeededBook(
        folder=Path(),
        files=(),
        digest="",
        connector="acme",
        provenance=Provenance("simulator", "", date(2026, 1, 1), ""),
        clock=CLOCK,
        config={},
        exchanges=named,
        base_roles=Roles(),
        seed=7,
        secrets=(),
        personal=(),
        **given,
    )


def logged_in(url: str) -> Caller:
    """Return a caller that has got itself a token."""
    caller = Caller(url)
    caller.headers["Authorization"] = f"Bearer {caller.ask('POST', '/token').json()['access_token']}"
    return caller
