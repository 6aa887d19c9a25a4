"""Events fit the schema that is shipped, the schema fits the types, and both fit the page."""

import json
import re
from dataclasses import MISSING, fields
from typing import Any

import pytest

from connector_sdk.events import TYPES, Event, Happening, happened, schema
from connector_sdk.pipeline.failure import STATUS
from tests.clocks import FakeClock
from tests.house.tree import code_blocks, coded, page, tables
from tests.json_schema import problems

DIGEST = "sha256:" + "0" * 64
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
SAMPLES: dict[str, Any] = {
    "bundle": DIGEST,
    "environment_digest": DIGEST,
    "status": 503,
    "side": "source",
    "before": "closed",
    "after": "half_open",
    "codes": {"not-a-date": 2, "salesforce:INVALID_FIELD": 1},
    "duration": 0.25,
    "wait": 1.5,
}


def sample(name: str, *, least: bool) -> Happening:
    """Make one of a type, with all its facts or with the least it needs."""
    kind = TYPES[name]
    facts: dict[str, Any] = {}
    for each in fields(kind):
        if least and each.default is not MISSING:
            continue
        facts[each.name] = SAMPLES.get(each.name, 3 if "int" in str(each.type) else "text")
        if least and "None" in str(each.type):
            facts[each.name] = None
    if name == "run.finished":
        facts["status"] = "succeeded"
    return kind(**facts)


def wrapped(data: Happening, **more: str) -> Event:
    return happened(data, FakeClock(), source="dev/p/main", **more)


def wrong(document: Any) -> list[str]:
    return list(problems(document, schema(), schema()))


@pytest.mark.parametrize("least", [True, False], ids=["least", "most"])
@pytest.mark.parametrize("name", TYPES)
def test_every_type_fits_the_schema(name: str, least: bool) -> None:
    more = {} if least else {"run": "0193a5f2", "trace": TRACE}
    document = wrapped(sample(name, least=least), **more).document()
    assert wrong(document) == []
    assert wrong(json.loads(json.dumps(document))) == []
    assert document["type"] == name


@pytest.mark.parametrize("name", TYPES)
def test_the_schema_refuses_what_no_event_is(name: str) -> None:
    document = wrapped(sample(name, least=False)).document()
    assert wrong({**document, "specversion": "0.3"})
    assert wrong({**document, "time": "2026-03-29 01:30"})
    assert wrong({**document, "value": "patient 4711"})
    assert wrong({**document, "data": {**document["data"], "value": "patient 4711"}})
    assert wrong({**document, "data": {}})
    assert wrong({**document, "type": "run.paused"})
    assert wrong({key: value for key, value in document.items() if key != "id"})


def test_the_schema_knows_the_types_and_their_facts() -> None:
    definitions = schema()["$defs"]
    assert list(definitions) == list(TYPES) == schema()["properties"]["type"]["enum"]
    for name, kind in TYPES.items():
        known = {each.name for each in fields(kind)}
        optional = {each.name for each in fields(kind) if "None" in str(each.type)}
        assert set(definitions[name]["properties"]) == known, name
        assert set(definitions[name]["required"]) == known - optional, name


def test_the_schema_knows_every_status() -> None:
    known = schema()["$defs"]["run.finished"]["properties"]["status"]["enum"]
    assert set(known) == {*STATUS.values(), "failed"}


def test_a_moment_is_told_in_utc_and_ids_differ() -> None:
    data = sample("quota.observed", least=False)
    first, second = wrapped(data), wrapped(data)
    assert first.document()["time"] == "2026-03-29T01:30:00.000000Z"
    assert first.id != second.id


def test_the_page_lists_every_type_with_its_facts() -> None:
    rows = next(rows for rows in tables(page("events.md")) if rows[0][0] == "type")[1:]
    listed = {coded(row[0])[0]: coded(row[1]) for row in rows}
    assert list(listed) == list(TYPES)
    for name, kind in TYPES.items():
        facts = [f"{each.name}?" if "None" in str(each.type) else each.name for each in fields(kind)]
        assert sorted(listed[name]) == sorted(facts), name


def test_the_pages_example_is_an_event() -> None:
    (block,) = code_blocks(page("events.md"), "json")
    assert wrong(json.loads(block)) == []
    assert re.search(schema()["properties"]["dataschema"]["const"], block)
