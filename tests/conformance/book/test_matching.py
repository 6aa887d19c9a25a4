"""Which request is about which exchange."""

from dataclasses import replace

import pytest

from connector_sdk.conformance.book import asked, parse, permitted, read_book, same
from connector_sdk.conformance.book.exchange import Exchange
from connector_sdk.conformance.book.matching import overlap
from connector_sdk.conformance.book.placeholders import filled, held, matches
from tests.conformance.book.library import ACME

BOOK = read_book(ACME)
ALL = BOOK.exchanges.values()


def _names(method: str, target: str, body: bytes = b"") -> list[str]:
    return [each.name for each in asked(ALL, method, target, body)]


def test_method_path_and_the_whole_query_decide() -> None:
    assert _names("GET", "/samples") == ["samples.p1"]
    assert _names("GET", "/samples?cursor=p2") == ["samples.p2"]
    assert _names("GET", "/samples?updated_since=2026-11-05T16%3A20%3A00Z") == ["samples.delta"]
    for other in ("/samples?cursor=p4", "/samples?cursor=p2&a=b", "/samples?cursor=p2&cursor=p2", "/sample"):
        assert _names("GET", other) == []
    assert _names("POST", "/samples") == []
    assert _names("GET", "/samples?cursor=") == []


def test_a_body_is_compared_as_json() -> None:
    assert _names("POST", "/results", b'{ "value": 1.1, "sample": "S-0001" }') == ["results.1"]
    for other in (b'{"sample":"S-0001","value":"1.1"}', b'{"sample":"S-0001"}', b"", b"{", b"null"):
        assert _names("POST", "/results", other) == []


def test_a_body_that_is_not_listed_may_be_anything() -> None:
    assert _names("POST", "/oauth/token", b"grant_type=client_credentials") == ["token"]


def test_a_body_of_text_is_compared_byte_for_byte() -> None:
    text = replace(BOOK.exchanges["token"], body=b"a=b")
    assert asked([text], "POST", "/oauth/token", b"a=b") == [text]
    assert asked([text], "POST", "/oauth/token", b"a=c") == []


@pytest.mark.parametrize(
    ("pattern", "tree", "fits"),
    [
        (b'{"a": "x ${any}", "b": [1]}', b'{"b": [1.0], "a": "x "}', True),
        (b'"${any}"', b"1", False),
        (b'"${any}"', b"null", False),
        (b"1", b'"1"', False),
        (b"true", b"1", False),
        (b"[1, 2]", b"[2, 1]", False),
        (b"[1]", b"[1, 1]", False),
        (b"1e400", b"10e399", True),
        (b"123456789012345678901234567890", b"123456789012345678901234567891", False),
        (b"1e99999999999999999999", b"1e99999999999999999999", True),
        (b"1e99999999999999999999", b"2e99999999999999999999", False),
        (b"null", b"false", False),
        (b"{}", b"[]", False),
        (b'{"a": 1}', b'{"a": 1, "b": 2}', False),
        (b'{"a": 1, "b": 2}', b'{"a": 1}', False),
    ],
)
def test_json_is_the_same_whatever_the_order_of_its_members(pattern: bytes, tree: bytes, fits: bool) -> None:
    assert same(parse(pattern), parse(tree)) is fits


def test_listed_headers_say_who_may_ask() -> None:
    static = replace(BOOK.exchanges["samples.p1"], headers={"Authorization": "Basic ${any}"})
    assert permitted(static, {"authorization": "Basic YTpi", "accept": "*/*"})
    assert not permitted(static, {"authorization": "Bearer YTpi"})
    assert not permitted(static, {"accept": "*/*"})
    assert permitted(BOOK.exchanges["samples.p1"], {})


def test_any_stands_for_any_text_and_nothing_else_is_a_pattern() -> None:
    assert matches("a${any}c", "abbc")
    assert matches("a${any}c", "ac")
    assert matches("${any}", "line\nbreak")
    assert not matches("a${any}c", "abcd")
    assert not matches("a.c", "abc")
    assert matches("a.${any}", "a.b")
    assert not matches("a.${any}", "abb")


def test_what_has_no_value_stays() -> None:
    text = "${SERVER}/x?t=${TOKEN}&a=${any}"
    assert filled(text, {"SERVER": "http://a", "TOKEN": "t"}) == "http://a/x?t=t&a=${any}"
    assert held(text) == ["SERVER", "TOKEN", "any"]
    assert held("${open") == ["${open"]


@pytest.mark.parametrize(
    ("one", "other", "meet"),
    [
        ({"path": "/a/${any}"}, {"path": "/a/b"}, True),
        ({"path": "/a/b"}, {"path": "/a/c"}, False),
        ({"method": "POST"}, {"method": "PUT"}, False),
        ({"query": {"a": "1"}}, {"query": {"a": "${any}"}}, True),
        ({"query": {"a": "1"}}, {"query": {}}, False),
        ({"body": b"a"}, {"body": b"b"}, False),
        ({"body": b"a"}, {"body": None}, True),
        ({"body": {"a": "1"}, "asks_json": True}, {"body": {"a": "${any}"}, "asks_json": True}, True),
        ({"body": {"a": "1"}, "asks_json": True}, {"body": {"a": "2"}, "asks_json": True}, False),
        ({"body": None, "asks_json": True}, {"body": {}, "asks_json": True}, False),
    ],
)
def test_two_requests_meet_where_one_could_be_the_other(
    one: dict[str, object], other: dict[str, object], meet: bool
) -> None:
    base: Exchange = BOOK.exchanges["token"]
    pair = [replace(base, name=name, **given) for name, given in (("one", one), ("other", other))]
    assert overlap(*pair) is meet
    assert overlap(*reversed(pair)) is meet
