"""What a connector can do shows in what it declares; what does not is declared, by names there are."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

import pytest

from connector_sdk import (
    BodyCursor,
    Call,
    Config,
    Connector,
    Cursor,
    Delivery,
    EffectivelyOnce,
    Key,
    Offer,
    Page,
    PageNumber,
    Record,
    RestSink,
    RestStream,
    Sink,
    Stream,
    VendorErrors,
)
from connector_sdk.connector.capabilities import CAPABILITIES, capabilities_of
from connector_sdk.connector.rest.paging import Paging
from connector_sdk.http.vendor_errors import ErrorWhen
from connector_sdk.plugins import find
from tests.house.tree import page, section


class Item(Record):
    id: Annotated[str, Key]
    at: Annotated[datetime, Cursor]
    value: Decimal


class Deleting(Stream):
    record = Item
    reports_deletes = True

    def read(self, call: Call, position: Any) -> Iterator[Page]:
        return iter(())


class Careless(Sink):
    delivery = Delivery.AT_LEAST_ONCE

    def check(self, call: Any, schema: Any, write: Any) -> None:
        pass

    def write(self, call: Any, batch: Any) -> list[Any]:
        return []


def offered(connector: Any, call: Call) -> list[Offer]:
    return [Offer("item")]


def can(**declared: Any) -> set[str]:
    """Return what a connector can do that declares this."""
    return set(capabilities_of(type("Made", (Connector,), {"name": "made", **declared})))


def stream(paging: Paging | None = None, **options: Any) -> RestStream:
    given = {"paging": paging} if paging else {}
    return RestStream(Item, "/items", **given, **options)


@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        ({}, set()),
        ({"items": stream()}, {"read"}),
        ({"items": stream(PageNumber())}, {"read", "paging"}),
        ({"items": stream(BodyCursor("next"))}, {"read", "paging", "next"}),
        ({"items": stream(total="total")}, {"read", "total"}),
        ({"items": stream(since="since")}, {"read", "incremental"}),
        ({"items": stream(since="since", lookback=60)}, {"read", "incremental", "lookback"}),
        ({"items": Deleting()}, {"read", "deletes"}),
        (
            {"results": RestSink(Item, "/results", delivery=EffectivelyOnce("Key"))},
            {"write", "idempotent_write"},
        ),
        ({"results": Careless()}, {"write", "unsafe_write"}),
        ({"errors": VendorErrors(when=ErrorWhen("status", "FAILURE"))}, {"envelope"}),
        ({"discover": offered}, {"discover"}),
        (
            {"one": stream(total="total"), "other": stream(BodyCursor("next"))},
            {"read", "total", "paging", "next"},
        ),
    ],
)
def test_what_is_declared_shows_what_the_connector_can_do(
    declared: dict[str, Any], expected: set[str]
) -> None:
    assert can(**declared) == expected


def test_what_is_made_on_demand_shows_in_the_annotation() -> None:
    class Made(Connector[Config]):
        name = "made"

        def stream(self, name: str) -> Deleting:
            return Deleting()

        def sink(self, name: str) -> Careless:
            return Careless()

    assert capabilities_of(Made) == {"read", "deletes", "write", "unsafe_write"}


def test_what_does_not_show_is_added_and_nothing_takes_it_away() -> None:
    class Base(Connector[Config]):
        name = "base"
        capabilities = frozenset({"auth"})
        items = stream()

    class Derived(Base):
        capabilities = frozenset({"batch"})

    class Denying(Base):
        capabilities = frozenset()

    assert capabilities_of(Base) == {"read", "auth"}
    assert capabilities_of(Derived) == {"read", "auth", "batch"}
    assert capabilities_of(Denying) == {"read", "auth"}


@pytest.mark.parametrize("wrong", [frozenset({"auth", "telepathy"}), {"auth"}, "auth", ("auth",)])
def test_a_name_that_there_is_not_is_refused_when_the_class_is_made(wrong: Any) -> None:
    with pytest.raises(TypeError, match="capabilities"):
        can(capabilities=wrong)


def test_all_names_are_on_their_page_with_what_they_mean() -> None:
    text = section(page("connectors.md"), "What it can do")
    rows = [line for line in text.splitlines() if line.startswith("| `")]
    assert rows == [f"| `{name}` | {meaning} |" for name, meaning in CAPABILITIES.items()]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "salesforce",
            {
                "auth",
                "batch",
                "deletes",
                "discover",
                "idempotent_write",
                "incremental",
                "lookback",
                "next",
                "paging",
                "projection",
                "read",
                "total",
                "write",
            },
        ),
        (
            "rest",
            {"auth", "discover", "envelope", "incremental", "lookback", "next", "paging", "read", "total"},
        ),
    ],
)
def test_shipped_connectors_say_what_they_can_do(name: str, expected: set[str]) -> None:
    connector = find(name).connector
    assert connector is not None
    assert capabilities_of(connector) == expected
