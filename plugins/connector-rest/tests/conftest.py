"""Shared by the tests of connector-rest: the invented API, and documents about it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from connector_rest import Rest, RestConfig

from connector_sdk.connector import Call, Page
from connector_sdk.connector.connection import Connection
from connector_sdk.documents import load
from tests.clocks import FakeClock
from tests.rest_items import Items

STREAM = """\
  - name: items
    path: /items
    params: {limit: 1000, active: true}
    records: data
    primary_key: [id]
"""


class Described:
    """The connector as a document describes it, and what its stream reads."""

    def __init__(self, config: RestConfig, name: str = "") -> None:
        self.connector = Rest(config)
        self.connector.attach(Connection(clock=FakeClock()))
        self.call = Call(clock=FakeClock())
        self.stream = self.connector.stream(name or self.connector.only_stream())

    def pages(self, position: Any = None) -> list[Page]:
        return list(self.stream.read(self.call, position))

    def records(self, position: Any = None) -> list[Any]:
        return [record for page in self.pages(position) for record in page.records]


@pytest.fixture
def api() -> Iterator[Items]:
    with Items() as running:
        yield running


@pytest.fixture
def described(api: Items, tmp_path: Path) -> Iterator[Callable[..., Described]]:
    """Configure the connector: `more` are further lines of the stream, `top` of the configuration."""
    made: list[Described] = []

    def describe(more: str = "", *, top: str = "", stream: str = STREAM, named: str = "") -> Described:
        path = tmp_path / "config.yaml"
        path.write_text(f"base_url: {api.url}\n{top}streams:\n{stream}{more}", encoding="utf-8")
        made.append(Described(load(path).with_references().validate(RestConfig), named))
        return made[-1]

    yield describe
    for each in made:
        each.connector.close()
