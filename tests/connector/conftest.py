"""Shared by the tests of what authors declare."""

from collections.abc import Callable, Iterator

import pytest

from connector_sdk.connector.rest import RestStream
from tests.connector.reading import Reader
from tests.rest_items import Items


@pytest.fixture
def api() -> Iterator[Items]:
    with Items() as running:
        yield running


@pytest.fixture
def reading(api: Items) -> Iterator[Callable[[RestStream], Reader]]:
    made: list[Reader] = []

    def read(stream: RestStream) -> Reader:
        made.append(Reader(api.url, stream))
        return made[-1]

    yield read
    for reader in made:
        reader.close()
