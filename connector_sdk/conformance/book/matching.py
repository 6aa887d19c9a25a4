"""Which exchange of a book a request is about."""

from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from urllib.parse import parse_qsl, unquote, urlsplit

from connector_sdk.conformance.book.exchange import Exchange
from connector_sdk.conformance.book.json_tree import Tree, is_number, parse
from connector_sdk.conformance.book.placeholders import matches
from connector_sdk.errors import RecordError


def asked(exchanges: Iterable[Exchange], method: str, target: str, body: bytes) -> list[Exchange]:
    """Return those of the exchanges whose request this is, in their order.

    `target` is path and query as they were sent. Method, path, the whole query and, where it is listed, the
    body decide; headers say who may ask, not what is asked (`permitted`).
    """
    path, query = split(target)
    return [
        each
        for each in exchanges
        if each.method == method
        and matches(unquote(each.path), path)
        and _same_query(each.query, query)
        and _same_body(each, body)
    ]


def permitted(exchange: Exchange, headers: Mapping[str, str]) -> bool:
    """Tell whether a request has the headers that are listed; `headers` have lower-case names."""
    return all(
        name.lower() in headers and matches(value, headers[name.lower()])
        for name, value in exchange.headers.items()
    )


def split(target: str) -> tuple[str, list[tuple[str, str]]]:
    """Return a target's path and query, decoded."""
    parts = urlsplit(target)
    return unquote(parts.path), parse_qsl(parts.query, keep_blank_values=True)


def same(pattern: Tree, tree: Tree) -> bool:
    """Tell whether JSON is what a pattern says: order of members aside, numbers by value."""
    if is_number(pattern) or is_number(tree):
        return is_number(pattern) and is_number(tree) and _same_number(pattern, tree)
    if isinstance(pattern, str) and isinstance(tree, str):
        return matches(pattern, tree)
    if isinstance(pattern, dict) and isinstance(tree, dict):
        return pattern.keys() == tree.keys() and all(same(pattern[key], tree[key]) for key in pattern)
    if isinstance(pattern, list) and isinstance(tree, list):
        return len(pattern) == len(tree) and all(map(same, pattern, tree))
    return type(pattern) is type(tree) and bool(pattern == tree)


def overlap(one: Exchange, other: Exchange) -> bool:
    """Tell whether there is a request that could be that of both."""
    return (
        one.method == other.method
        and _alike(one.path, other.path)
        and one.query.keys() == other.query.keys()
        and all(_alike(value, other.query[name]) for name, value in one.query.items())
        and _bodies_overlap(one, other)
    )


def _alike(one: str, other: str) -> bool:
    return matches(one, other) or matches(other, one)


def _bodies_overlap(one: Exchange, other: Exchange) -> bool:
    if any(each.body is None and not each.asks_json for each in (one, other)):
        return True
    if one.asks_json and other.asks_json:
        return same(one.body, other.body) or same(other.body, one.body)
    return one.asks_json == other.asks_json and bool(one.body == other.body)


def _same_query(listed: Mapping[str, str], query: list[tuple[str, str]]) -> bool:
    sent = dict(query)
    return (
        len(sent) == len(query)
        and sent.keys() == listed.keys()
        and all(matches(value, sent[name]) for name, value in listed.items())
    )


def _same_body(exchange: Exchange, body: bytes) -> bool:
    if exchange.body is None and not exchange.asks_json:
        return True
    if not exchange.asks_json:
        return bool(exchange.body == body)
    try:
        return same(exchange.body, parse(body))
    except RecordError:
        return False


def _same_number(one: str, other: str) -> bool:
    try:
        return one == other or Decimal(one) == Decimal(other)
    except InvalidOperation:
        return False
