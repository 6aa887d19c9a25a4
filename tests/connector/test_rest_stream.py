"""A declared stream reads everything once, byte for byte, and never moves past what is not proven."""

from collections.abc import Callable
from typing import Annotated

import pytest

from connector_sdk.connector import Call, Completeness
from connector_sdk.connector.rest import BodyCursor, PageNumber, RestStream
from connector_sdk.errors import ConfigurationError, IncompleteResponseError, NotFoundError
from connector_sdk.schema import Cursor, Key, Record
from connector_sdk.testing import Response
from tests.connector.reading import Item, Reader, by_cursor
from tests.rest_items import Items, item

Reading = Callable[[RestStream], Reader]


def day(number: int) -> str:
    return f"2026-01-{number:02}T00:00:00Z"


def test_records_come_byte_for_byte_whatever_they_are(api: Items, reading: Reading) -> None:
    odd = [
        b'{"id": "1", "updated_at": "2026-01-01T00:00:00Z", "value": 1.10}',
        b'{"id":"2",  "updated_at":"2026-01-01T00:00:00Z","value":1E400, "value":1}',
        b'{"id": "\\u0033", "updated_at": null}',
        b"17",
        b'{"id": "5"}',
    ]
    api.items = list(odd)
    assert reading(by_cursor(total="")).read() == odd


def test_a_second_run_with_nothing_new_reads_nothing(api: Items, reading: Reading) -> None:
    api.items = [item(number, day(1 + number // 4)) for number in range(10)]
    reader = reading(by_cursor())
    assert len(reader.read()) == 10
    kept = reader.position
    assert reader.read() == []
    assert reader.position == kept
    assert reader.pages(kept) == []
    assert api.asked[-1]["updated_since"] == day(3)


@pytest.mark.parametrize("exclusive", [False, True])
def test_what_changed_is_read_and_nothing_else(api: Items, reading: Reading, exclusive: bool) -> None:
    api.exclusive = exclusive
    api.items = [item(number, day(1 + number)) for number in range(5)]
    reader = reading(by_cursor())
    reader.read()
    api.items[1] = item(1, day(20), "2.20")
    api.items.append(item(9, day(20)))
    assert reader.read() == [item(1, day(20), "2.20"), item(9, day(20))]
    kept = reader.position
    assert reader.pages(kept) == []
    assert kept["delivered"] == 7


def test_a_late_record_within_the_look_back_is_read(api: Items, reading: Reading) -> None:
    api.items = [item(1, "2026-01-01T10:00:00Z"), item(2, "2026-01-01T10:04:59Z")]
    reader = reading(by_cursor(lookback=300))
    reader.read()
    api.items.append(item(3, "2026-01-01T10:00:30Z"))
    assert reader.read() == [item(3, "2026-01-01T10:00:30Z")]
    assert api.asked[-1]["updated_since"] == "2026-01-01T09:59:59Z"
    assert reader.read() == []


def test_the_same_stamp_may_come_later_with_another_record(api: Items, reading: Reading) -> None:
    api.items = [item(1, day(5))]
    reader = reading(by_cursor())
    reader.read()
    api.items.append(item(2, day(5)))
    assert reader.read() == [item(2, day(5))]


@pytest.mark.req("G1")
def test_a_record_that_changes_again_under_the_same_stamp_is_read_again(api: Items, reading: Reading) -> None:
    api.items = [item(1, day(5)), item(2, day(5))]
    reader = reading(by_cursor())
    reader.read()
    api.items[0] = item(1, day(5), "2.20")
    assert reader.read() == [item(1, day(5), "2.20")]
    assert reader.read() == []


def test_the_order_of_a_records_members_makes_no_other_record_of_it(api: Items, reading: Reading) -> None:
    api.items = [item(1, day(5))]
    reader = reading(by_cursor())
    reader.read()
    api.items = [b'{"value": 1.10, "updated_at": "%s", "id": "001"}' % day(5).encode()]
    assert reader.read() == []
    api.items = [b'{"value": "1.1", "updated_at": "%s", "id": "001"}' % day(5).encode()]
    assert reader.read() == api.items


@pytest.mark.parametrize("text", [b"1e999999999", b"1" * 5000, b"[" * 300 + b"]" * 300])
def test_a_record_that_cannot_be_read_is_known_again_too(api: Items, reading: Reading, text: bytes) -> None:
    api.items = [b'{"value": %s, "updated_at": "%s", "id": "001"}' % (text, day(5).encode())]
    reader = reading(by_cursor())
    assert reader.read() == api.items
    assert reader.read() == []


def test_a_record_is_known_again_with_its_ledgers_salt_alone(api: Items, reading: Reading) -> None:
    api.items = [item(1, day(5))]
    reader = reading(by_cursor())
    reader.read()
    stream = reader.connector.stream("items")
    call = Call(clock=reader.clock, salt=b"another")
    assert [page.records for page in stream.read(call, reader.position)] == [[item(1, day(5))]]


@pytest.mark.parametrize("kept", [1, 3])
def test_a_system_that_ignores_from_when_it_is_asked_is_told_once(
    api: Items, reading: Reading, kept: int
) -> None:
    api.items = [item(number, day(1 + number)) for number in range(6)]
    reader = reading(by_cursor(since="ignored"))
    reader.read()
    api.items = api.items[-kept:] + api.items[:-kept] + [item(9, day(20))]
    pages = reader.pages(reader.position)
    assert [page.restarted for page in pages] == [True, *[False] * (len(pages) - 1)]


def test_a_stamp_in_the_future_does_not_hide_what_comes(api: Items, reading: Reading) -> None:
    api.items = [item(1, "2062-01-01T00:00:00Z")]
    reader = reading(by_cursor())
    reader.read()
    api.items.append(item(2, "2026-06-02T00:00:00Z"))
    assert reader.read() == [item(2, "2026-06-02T00:00:00Z")]
    assert reader.read() == []


def test_moments_are_compared_as_moments(api: Items, reading: Reading) -> None:
    api.items = [item(1, "2026-01-01T12:00:00+02:00"), item(2, "2026-01-01T11:00:00Z")]
    reader = reading(by_cursor())
    reader.read()
    assert reader.position["since"] == "2026-01-01T11:00:00Z"


def test_a_collection_without_since_is_read_anew_and_says_so(api: Items, reading: Reading) -> None:
    api.items = [item(1), item(2)]
    reader = reading(RestStream(Item, "/list", records=""))
    assert reader.read() == reader.read() == api.items
    first, again = reader.pages(None), reader.pages(reader.position)
    assert ([page.restarted for page in first], [page.restarted for page in again]) == ([False], [True])
    assert again[0].cursor == reader.position


def test_more_records_of_one_stamp_than_are_remembered_are_told(
    api: Items, reading: Reading, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connector_sdk.connector.rest.steps.MOST", 4)
    api.items = [item(number) for number in range(10)]
    reader = reading(by_cursor())
    assert len(reader.read()) == 10
    assert reader.position["forgot"]
    again = reader.pages(reader.position)
    assert again[0].restarted
    assert sum(len(page.records) for page in again) == 6


def test_a_long_walk_that_ended_early_says_that_records_come_again(
    api: Items, reading: Reading, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connector_sdk.connector.rest.steps.MOST", 4)
    api.items = [item(number) for number in range(10)]
    api.fault({"path": "/items"}, after=3, status=404)
    reader = reading(by_cursor())
    with pytest.raises(NotFoundError):
        reader.read()
    assert reader.position["forgot"]
    assert [page.restarted for page in reader.pages(reader.position)] == [True, False, False, False]


def test_a_text_like_the_records_is_left_as_it_is(api: Items, reading: Reading) -> None:
    api.fixed = Response(200, b'{"data": [1], "next": "[1]"}')
    with pytest.raises(IncompleteResponseError, match="read before"):
        reading(by_cursor("/fixed", total="", paging=BodyCursor("next"))).read()
    assert api.asked[-1]["cursor"] == "[1]"


def test_what_lies_behind_is_forgotten(api: Items, reading: Reading, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connector_sdk.connector.rest.steps.MOST", 4)
    api.items = [item(number, day(1 + number)) for number in range(20)]
    reader = reading(by_cursor())
    reader.read()
    assert not reader.position["forgot"]
    assert reader.read() == []


def test_a_cursor_of_somebody_else_is_refused(reading: Reading) -> None:
    reader = reading(by_cursor())
    for cursor in (
        {"since": "x"},
        7,
        {"format": 1, "since": None, "delivered": 0, "seen": "!", "forgot": False},
    ):
        with pytest.raises(ConfigurationError) as caught:
            reader.pages(cursor)
        assert caught.value.code == "rest-cursor"


def test_completeness_is_what_the_declaration_proves() -> None:
    assert by_cursor().completeness is Completeness.PROVEN
    assert by_cursor(total="").completeness is Completeness.TERMINATED
    assert by_cursor(total="", paging=PageNumber()).completeness is Completeness.UNPROVEN


def test_a_declared_stream_is_copied_not_changed(api: Items) -> None:
    stream = by_cursor("/studies/{study}/items")
    reader = Reader(api.url, stream)
    bound = reader.connector.stream("items")
    assert bound is not stream
    assert (stream.connector, bound.connector) == (None, reader.connector)  # type: ignore[attr-defined]
    api.items = [item(1)]
    assert reader.read() == [item(1)]
    assert api.exchanges[-1][1] == "/studies/ACME-01/items"
    with pytest.raises(TypeError, match="only declared"):
        stream.read(None, None)  # type: ignore[arg-type]
    reader.close()


def test_declarations_that_do_not_fit_are_refused_at_once() -> None:
    class Bare(Record):
        id: Annotated[str, Key]

    class Counted(Record):
        id: Annotated[str, Key]
        number: Annotated[int, Cursor]

    with pytest.raises(TypeError, match="Cursor"):
        RestStream(Bare, "/items", since="after")
    with pytest.raises(TypeError, match="lookback"):
        RestStream(Counted, "/items", since="after", lookback=3)
    with pytest.raises(TypeError, match="together"):
        PageNumber("page", size=10)
    RestStream(Counted, "/items", since="after", paging=BodyCursor("next"))


def test_a_path_without_a_value_is_told(api: Items) -> None:
    reader = Reader(api.url, by_cursor("/studies/{trial}/items"))
    with pytest.raises(TypeError, match="trial"):
        reader.connector.stream("items")


def test_numbers_are_asked_from_too(api: Items, reading: Reading) -> None:
    class Counted(Record):
        id: Annotated[str, Key]
        number: Annotated[int, Cursor]

    api.items = [b'{"id": "1", "number": 9}', b'{"id": "2", "number": 10}']
    reader = reading(RestStream(Counted, "/list", records="", since="after"))
    reader.read()
    assert reader.position["since"] == 10
    assert reader.read() == [api.items[0]]  # this list filters nothing: only the latest is known again
