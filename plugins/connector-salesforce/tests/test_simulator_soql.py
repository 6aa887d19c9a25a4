"""The simulator's SOQL: what is read, what is refused, and which rows are meant."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from connector_salesforce.simulator.data import fill
from connector_salesforce.simulator.evaluate import evaluate
from connector_salesforce.simulator.objects import OBJECTS
from connector_salesforce.simulator.refusals import Refusal
from connector_salesforce.simulator.soql import parse
from connector_salesforce.simulator.soql_tree import Condition, Logic, Order, Query
from connector_salesforce.simulator.store import Store
from hypothesis import given
from hypothesis import strategies as st

NAMES = st.sampled_from(["Id", "Name", "Ext_Id__c", "SystemModstamp", "Account.Name", "x9"])
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
LITERALS = st.one_of(
    TEXTS,
    st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**12), max_value=10**12),
    st.none(),
    st.booleans(),
    st.dates(),
    st.datetimes(timezones=st.just(UTC)),
)
CONDITIONS = st.builds(
    Condition,
    NAMES,
    st.sampled_from(["=", "!=", "<", "<=", ">", ">="]),
    st.tuples(LITERALS),
) | st.builds(Condition, NAMES, st.sampled_from(["IN", "NOT IN"]), st.lists(LITERALS, min_size=1).map(tuple))
LOGIC = st.recursive(
    CONDITIONS,
    lambda inner: (
        st.builds(Logic, st.sampled_from(["AND", "OR"]), st.lists(inner, min_size=2, max_size=3).map(tuple))
        | st.builds(Logic, st.just("NOT"), st.tuples(inner))
    ),
    max_leaves=8,
)
QUERIES = st.builds(
    Query,
    st.lists(NAMES, min_size=0, max_size=3).map(tuple),
    st.sampled_from(["Contact", "Lab_Result__c"]),
    st.none() | LOGIC,
    st.lists(st.builds(Order, NAMES, st.booleans(), st.booleans()), max_size=3).map(tuple),
    st.none() | st.integers(0, 10**6),
    st.integers(0, 2000),
)
ESCAPES = {"\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}


def written(query: Query) -> str:
    """Write a query as a client would."""
    parts = ["SELECT", ", ".join(query.fields) or "COUNT()", "FROM", query.object]
    if query.where:
        parts += ["WHERE", _logic(query.where)]
    if query.order:
        parts += ["ORDER BY", ", ".join(_order(each) for each in query.order)]
    if query.limit is not None:
        parts += ["LIMIT", str(query.limit)]
    return " ".join([*parts, "OFFSET", str(query.offset)])


def _order(order: Order) -> str:
    nulls = "LAST" if order.nulls_last else "FIRST"
    return f"{order.field} {'DESC' if order.descending else 'ASC'} NULLS {nulls}"


def _logic(node: Condition | Logic) -> str:
    if isinstance(node, Condition):
        values = [_literal(value) for value in node.values]
        right = f"({', '.join(values)})" if "IN" in node.sign else values[0]
        return f"{node.field} {node.sign} {right}"
    terms = [f"({_logic(term)})" for term in node.terms]
    return f"NOT {terms[0]}" if node.word == "NOT" else f" {node.word} ".join(terms)


def _literal(value: Any) -> str:
    if isinstance(value, str):
        return "'" + "".join(ESCAPES.get(letter, letter) for letter in value) + "'"
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if value is None or isinstance(value, bool):
        return str(value).lower().replace("none", "null")
    return f"{value:f}" if isinstance(value, Decimal) else value.isoformat()


@given(QUERIES)
def test_what_is_written_is_read(query: Query) -> None:
    assert parse(written(query)) == query


@given(st.text() | st.text(st.sampled_from("SELECT FROMWHEREID'\\(),=<>!1-:.TZnull ")))
def test_any_text_is_read_or_refused(text: str) -> None:
    refused: Refusal | None = None
    try:
        parse(text)
    except Refusal as refusal:
        refused = refusal
    assert refused is None or (refused.status, refused.error_code) == (400, "MALFORMED_QUERY")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "SELECT FROM Contact",
        "SELECT Id Contact",
        "SELECT Id FROM Contact WHERE",
        "SELECT Id FROM Contact WHERE Name",
        "SELECT Id FROM Contact WHERE Name = 'open",
        r"SELECT Id FROM Contact WHERE Name = 'bad \q'",
        "SELECT Id FROM Contact WHERE Name = x",
        "SELECT Id FROM Contact WHERE Name = 'a' AND Name = 'b' OR Name = 'c'",
        "SELECT Id FROM Contact WHERE (Name = 'a'",
        "SELECT Id FROM Contact WHERE Name IN ()",
        "SELECT Id FROM Contact WHERE CreatedDate > 2026-13-01T00:00:00Z",
        "SELECT Id FROM Contact WHERE CreatedDate > 2026-01-01T00:00:00",
        "SELECT Id FROM Contact ORDER Name",
        "SELECT Id FROM Contact LIMIT -1",
        "SELECT Id FROM Contact LIMIT 1.5",
        "SELECT Id FROM Contact; DROP",
        "SELECT Id, FROM Contact",
    ],
)
def test_a_malformed_query_is_refused(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        parse(text)
    assert refused.value.error_code == "MALFORMED_QUERY"


def test_a_query_nested_too_deeply_is_refused() -> None:
    with pytest.raises(Refusal) as refused:
        parse(f"SELECT Id FROM Contact WHERE {'(' * 5000}")
    assert refused.value.error_code == "QUERY_TOO_COMPLICATED"


def test_keywords_have_no_case_and_escapes_are_undone() -> None:
    query = parse(r"select id from contact where name = 'O\'Né\nville \u0041\\' limit 5")
    assert query == Query(("id",), "contact", Condition("name", "=", ("O'Né\nville A\\",)), (), 5)


@pytest.fixture(scope="module")
def store() -> Store:
    store = Store(OBJECTS)
    fill(store, 7, 300)
    return store


def ids(store: Store, text: str) -> list[str]:
    return [row["Id"] for row in evaluate(store, parse(text), deleted=False)]


@given(LOGIC)
def test_a_condition_and_its_opposite_share_the_rows_out(node: Condition | Logic) -> None:
    store = _small()
    try:
        found = evaluate(store, Query(("Id",), "Contact", node), deleted=True)
    except Refusal:
        return  # it means nothing: told in other tests
    rest = evaluate(store, Query(("Id",), "Contact", Logic("NOT", (node,))), deleted=True)
    assert sorted(row["Id"] for row in [*found, *rest]) == sorted(store.tables["Contact"].rows)


def _small() -> Store:
    store = Store(OBJECTS)
    fill(store, 1, 5)
    return store


def test_a_window_of_moments_holds_its_lower_bound_and_not_its_upper(store: Store) -> None:
    rows = store.tables["Contact"].rows.values()
    low, high = datetime(2025, 5, 10, tzinfo=UTC), sorted(row["SystemModstamp"] for row in rows)[200]
    found = ids(
        store,
        f"SELECT Id FROM Contact WHERE SystemModstamp >= {low.isoformat()} AND SystemModstamp < "
        f"{high.isoformat()} ORDER BY SystemModstamp, Id",
    )
    wanted = sorted((row["SystemModstamp"], row["Id"]) for row in rows if low <= row["SystemModstamp"] < high)
    assert found == [key for _, key in wanted]
    assert len(found) > 50


def test_many_rows_share_a_second(store: Store) -> None:
    stamps = [row["SystemModstamp"] for row in store.tables["Contact"].rows.values()]
    assert len(set(stamps)) < len(stamps)


def test_texts_are_compared_whatever_their_case_and_ids_are_not(store: Store) -> None:
    key = ids(store, "SELECT Id FROM Contact LIMIT 1")[0]
    assert ids(store, f"SELECT Id FROM Contact WHERE Id = '{key}'") == [key]
    assert ids(store, f"SELECT Id FROM Contact WHERE Id = '{key[:15]}'") == [key]
    assert len(ids(store, "SELECT Id FROM Contact WHERE Ext_Id__c IN ('hcp-000007', 'HCP-000008')")) == 2


def test_nulls_come_first_unless_told_and_are_found_by_null_alone(store: Store) -> None:
    def titles(tail: str) -> list[Any]:
        rows = evaluate(store, parse(f"SELECT Title FROM Contact ORDER BY {tail}"), deleted=False)
        return [row["Title"] for row in rows]

    assert titles("Title")[0] is None
    assert titles("Title DESC NULLS LAST")[-1] is None
    empty = len(ids(store, "SELECT Id FROM Contact WHERE Title = null"))
    assert 0 < empty == titles("Title").count(None)
    assert len(ids(store, "SELECT Id FROM Contact WHERE Title = 'null'")) > 0
    assert len(ids(store, "SELECT Id FROM Contact WHERE Title < 'zzz'")) == 300 - empty


def test_without_order_by_there_is_no_order(store: Store) -> None:
    found = ids(store, "SELECT Id FROM Contact")
    stamps = [store.tables["Contact"].rows[key]["SystemModstamp"] for key in found]
    assert found != sorted(found)
    assert stamps != sorted(stamps)


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("SELECT Id FROM Contact WHERE Nope = 1", "INVALID_FIELD"),
        ("SELECT Id FROM Contact ORDER BY Nope", "INVALID_FIELD"),
        ("SELECT Id FROM Contact WHERE Description = 'x'", "INVALID_FIELD"),
        ("SELECT Id FROM Contact WHERE SystemModstamp > '2025-01-01T00:00:00Z'", "INVALID_FIELD"),
        ("SELECT Id FROM Contact WHERE Birthdate = 2025-01-01T00:00:00Z", "INVALID_FIELD"),
        ("SELECT Id FROM Contact WHERE LastName = 7", "INVALID_FIELD"),
        ("SELECT Id FROM Contact WHERE HasOptedOutOfEmail > true", "MALFORMED_QUERY"),
        ("SELECT Id FROM Contact WHERE LastName > null", "MALFORMED_QUERY"),
        ("SELECT Id FROM Contact WHERE Id = 'x'", "INVALID_QUERY_FILTER_OPERATOR"),
        ("SELECT Id FROM Contact OFFSET 2001", "NUMBER_OUTSIDE_VALID_RANGE"),
        ("SELECT Id FROM Nope", "INVALID_TYPE"),
    ],
)
def test_a_query_that_means_nothing_is_refused(store: Store, query: str, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        ids(store, query)
    assert refused.value.error_code == code
