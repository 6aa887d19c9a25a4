"""What a walk must prove before its records count, and what is told where it cannot."""

from collections.abc import Callable

import pytest

from connector_sdk.connector.rest import PageNumber, RestStream
from connector_sdk.errors import IncompleteResponseError
from connector_sdk.testing import Response
from tests.connector.reading import Item, Reader, by_cursor
from tests.rest_items import Items, item

Reading = Callable[[RestStream], Reader]


def day(number: int) -> str:
    return f"2026-01-{number:02}T00:00:00Z"


@pytest.mark.req("G1")
def test_an_unproven_walk_never_moves_what_is_asked_for(api: Items, reading: Reading) -> None:
    api.items = [item(number, day(1 + number)) for number in range(8)]
    api.total = 9
    reader = reading(by_cursor())
    with pytest.raises(IncompleteResponseError) as caught:
        reader.read()
    assert caught.value.code == "total-not-met"
    assert reader.position["since"] is None
    assert reader.position["delivered"] == 6
    api.total = None
    assert reader.read() == api.items[6:]
    assert reader.read() == []


@pytest.mark.req("G1")
def test_a_walk_cut_anywhere_is_read_to_its_end_later(api: Items, reading: Reading) -> None:
    """The records are in no order of their stamps, so that no page's stamps say what was read."""
    api.items = [item(number, day(20 - number)) for number in range(10)]
    for after in range(4):
        reader = reading(by_cursor())
        api.fault({"path": "/items"}, after=after, times=1, status=404)
        got: list[bytes] = []
        with pytest.raises(Exception, match="404"):
            got += reader.read()
        got = api.items[: max(0, after - 1) * 3]
        got += reader.read()
        assert got == api.items
        assert reader.read() == []


def test_a_collection_that_shrinks_under_page_numbers_is_not_proven(api: Items, reading: Reading) -> None:
    """The second page lacks the record that moved to the first; the counts alone would agree at the end."""
    api.items = [item(number) for number in range(6)]
    stream = RestStream(Item, "/items", paging=PageNumber("page", 1, "size", 3), total="meta.total")
    api.between = lambda: api.items.pop(0) if len(api.asked) == 1 else None
    with pytest.raises(IncompleteResponseError, match="changed while it was read"):
        reading(stream).read()


def test_a_record_met_twice_does_not_make_up_for_one_passed_over(api: Items, reading: Reading) -> None:
    api.items = [item(1), item(2), item(1)]
    with pytest.raises(IncompleteResponseError, match="2 different ones"):
        reading(by_cursor()).read()


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"<html>maintenance</html>", "not-json"),
        (b"", "not-json"),
        (b'{"data": [], "data": []}', "not-json"),
        (b'{"data": [{"id": "1"}], "meta": {"next": "2", "next": null}}', "not-json"),
        (b'{"data": [{"id": "1"}', "not-json"),
        (b'{"items": []}', "records-missing"),
        (b'[{"id": "1"}]', "records-missing"),
        (b'{"data": {"id": "1"}}', "records-no-list"),
        (b'{"data": null}', "records-no-list"),
        (b'{"data": []}', "next-unusable"),
        (b'{"data": [], "meta": {"next": true}}', "next-unusable"),
        (b'{"data": [], "meta": {"next": {"page": 2}}}', "next-unusable"),
        (b'{"data": [{"id": "1"}], "meta": {"next": 7}}', "page-loop"),
    ],
)
def test_an_answer_that_is_not_what_was_promised_is_no_data(
    api: Items, reading: Reading, body: bytes, code: str
) -> None:
    api.fixed = Response(200, body)
    reader = reading(by_cursor("/fixed", total=""))
    with pytest.raises(IncompleteResponseError) as caught:
        reader.read()
    assert caught.value.code == code
    assert caught.value.hint


@pytest.mark.parametrize("total", [b"null", b'"2"', b"2.0", b"-1", b"true"])
def test_a_total_must_be_a_count(api: Items, reading: Reading, total: bytes) -> None:
    api.fixed = Response(200, b'{"data": [], "meta": {"next": null, "total": %s}}' % total)
    with pytest.raises(IncompleteResponseError) as caught:
        reading(by_cursor("/fixed")).read()
    assert caught.value.code == "total-unusable"


def test_a_system_that_ignores_page_numbers_is_found_out(api: Items, reading: Reading) -> None:
    api.items = [item(1)]
    stream = RestStream(Item, "/list", records="", paging=PageNumber("page"))
    with pytest.raises(IncompleteResponseError) as caught:
        reading(stream).read()
    assert caught.value.code == "page-loop"


def test_pages_without_end_are_given_up(
    api: Items, reading: Reading, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connector_sdk.connector.rest.answers.MOST_PAGES", 2)
    api.items = [item(number) for number in range(10)]
    with pytest.raises(IncompleteResponseError) as caught:
        reading(by_cursor()).read()
    assert caught.value.code == "too-many-pages"


def test_a_short_page_is_no_end(api: Items, reading: Reading) -> None:
    api.cap = 2
    api.items = [item(number) for number in range(5)]
    for total in ("", "meta.total"):
        stream = RestStream(Item, "/items", paging=PageNumber("page", 1, "size", 100), total=total)
        assert reading(stream).read() == api.items
    assert [asked["page"] for asked in api.asked] == ["1", "2", "3", "4", "1", "2", "3"]
