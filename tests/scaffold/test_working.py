"""What is made works before anybody changed it: against its simulator, which answers as its book shows."""

import json
from collections.abc import Iterator
from contextlib import closing
from importlib import import_module
from typing import Any

import pytest

from connector_sdk import (
    AuthenticationError,
    Batch,
    Call,
    Connector,
    Disposition,
    InvalidInputError,
    RestSink,
    WritePolicy,
)
from connector_sdk.conformance.book import read_book
from connector_sdk.conformance.book.json_tree import parse, written
from connector_sdk.connector import Mode
from connector_sdk.connector.capabilities import capabilities_of
from connector_sdk.decode import Decoder
from connector_sdk.plugins import find
from connector_sdk.schema import schema_of
from connector_sdk.testing import Simulator
from tests.scaffold.projects import CASES, Case, Projects

pytestmark = pytest.mark.slow

each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
reading = pytest.mark.parametrize("case", [case for case in CASES if case.reads], ids=lambda case: case.name)
writing = pytest.mark.parametrize("case", [case for case in CASES if case.writes], ids=lambda case: case.name)


@pytest.fixture
def connector_type(projects: Projects, case: Case, monkeypatch: pytest.MonkeyPatch) -> type[Connector[Any]]:
    projects.of(case)
    monkeypatch.syspath_prepend(str(projects.site))
    found = find(case.name).connector
    assert found is not None
    return found


@pytest.fixture
def system(connector_type: type[Connector[Any]]) -> Iterator[Any]:
    """Return the simulator, with the five samples that the book shows, two a page."""
    module, _, name = connector_type.simulator.partition(":")
    made: Simulator = getattr(import_module(module), name)(records=5)
    if hasattr(made, "page_size"):
        made.page_size = 2
    with made:
        yield made


@pytest.fixture
def connector(connector_type: type[Connector[Any]], system: Any) -> Iterator[Connector[Any]]:
    with closing(connector_type(connector_type.config_type.model_validate(system.config))) as made:
        yield made


def _ids(pages: Any) -> list[list[str]]:
    return [[json.loads(record)["id"] for record in page.records] for page in pages]


@reading
def test_it_reads_page_by_page_and_then_what_is_new(
    case: Case, connector: Connector[Any], system: Any
) -> None:
    stream = connector.stream("samples")
    pages = list(stream.read(Call(), None))
    numbered = [f"S-{number:04}" for number in range(1, 6)]
    cut = [numbered] if case.paging == "none" else [numbered[:2], numbered[2:4], numbered[4:]]
    assert _ids(pages) == cut
    system.samples.append(system.sample(6))
    assert [key for page in _ids(stream.read(Call(), pages[-1].cursor)) for key in page] == ["S-0006"]


@writing
def test_it_writes_once_and_sets_aside_what_is_refused(
    case: Case, connector: Connector[Any], system: Any
) -> None:
    sink = connector.sink("results")
    assert isinstance(sink, RestSink)
    schema = schema_of(sink.record)
    payloads = [
        b'{"sample": "S-0001", "performed_by": "AB", "value": 7.20}',
        b'{"sample": "S-0002", "performed_by": "AB", "value": -1.00}',
    ]
    batch = Batch(
        pipeline="trial",
        partition="main",
        epoch=1,
        seq=1,
        schema=schema,
        payloads=payloads,
        records=Decoder(schema).decode_page(payloads),
        versions=[1, 2],
        idempotency_keys=["one", "two"],
    )
    sink.prepare(Call(), schema, WritePolicy(mode=Mode.INSERT))
    for _ in range(2):
        outcomes = [outcome.disposition for outcome in sink.write(Call(), batch)]
        assert outcomes == [Disposition.APPLIED, Disposition.DEAD_LETTERED]
    assert {key: str(result["value"]) for key, result in system.results.items()} == {"one": "7.20"}


@pytest.mark.parametrize("case", [case for case in CASES if case.auth != "none"], ids=lambda case: case.name)
def test_its_simulator_lets_nobody_in_without_credentials(
    case: Case, connector_type: type[Connector[Any]], system: Any
) -> None:
    wrong = {name: value if name == "base_url" else "guessed" for name, value in system.config.items()}
    stranger = connector_type(connector_type.config_type.model_validate(wrong))
    method, path = ("GET", "/samples") if case.reads else ("POST", "/results")
    with closing(stranger), pytest.raises(AuthenticationError):
        stranger.http.request(method, path)


@each_case
def test_it_says_what_it_can_do(case: Case, connector_type: type[Connector[Any]]) -> None:
    expected = {"read", "incremental", "total"} if case.reads else set()
    expected |= {"paging"} if case.reads and case.paging != "none" else set()
    expected |= {"next"} if case.reads and case.paging == "cursor" else set()
    expected |= {"write", "idempotent_write"} if case.writes else set()
    expected |= {"auth"} if case.auth == "oauth2_client_credentials" else set()
    assert capabilities_of(connector_type) == expected


@each_case
def test_its_book_shows_what_the_simulator_answers(
    case: Case, projects: Projects, connector: Connector[Any], system: Any
) -> None:
    book = read_book(projects.of(case) / "conformance")
    asked = [name for name in book.exchanges if name != "token"]
    # The new samples come last, after the sample that makes them new.
    for name in sorted(asked, key=lambda name: name == "samples.new"):
        exchange = book.exchanges[name]
        if name == "samples.new":
            system.samples.append(system.sample(6))
        if exchange.method == "GET":
            response = connector.http.get(exchange.path, params=exchange.query)
            assert parse(response.content) == exchange.response
            continue
        content, headers = written(exchange.body), {"Idempotency-Key": name}
        if exchange.status == 422:
            with pytest.raises(InvalidInputError) as refused:
                connector.http.request("POST", exchange.path, content=content, headers=headers)
            assert refused.value.code.endswith(":VALUE_OUT_OF_RANGE")
        else:
            response = connector.http.request("POST", exchange.path, content=content, headers=headers)
            assert (response.status_code, parse(response.content)) == (exchange.status, exchange.response)
