"""Which rows a query means, and in which order.

Source: SOQL and SOSL Reference, "Comparison Operators" and "ORDER BY".
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from connector_salesforce.simulator.ids import canonical
from connector_salesforce.simulator.metadata import NUMBERS, Field
from connector_salesforce.simulator.refusals import Refusal
from connector_salesforce.simulator.soql_tree import Condition, Literal, Logic, Order, Query
from connector_salesforce.simulator.store import Row, Store

Test = Callable[[Row], bool]
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
}
MOST_OFFSET = 2000


def fields_of(store: Store, kind: str, names: Iterable[str]) -> list[Field]:
    """Return the fields that a query names; raises Refusal where one is unknown, hidden or named twice."""
    visible = store.fields(kind)
    found: list[Field] = []
    for name in names:
        if name.lower() not in visible:
            raise _no_column(kind, name)
        if visible[name.lower()] in found:
            raise Refusal(400, "MALFORMED_QUERY", f"duplicate field selected: {name}")
        found.append(visible[name.lower()])
    return found


def evaluate(store: Store, query: Query, *, deleted: bool) -> list[Row]:
    """Return the rows in order; without ORDER BY in no order that means anything, as at the vendor."""
    table = store.queried(query.object)
    kind = table.kind.name
    test = _test(store, kind, query.where) if query.where else None
    order = [(_usable(store, kind, each.field, "sortable"), each) for each in query.order]
    if query.offset > MOST_OFFSET:
        raise Refusal(400, "NUMBER_OUTSIDE_VALID_RANGE", "SOQL OFFSET exceeds maximum of 2000")
    rows = [row for row in (table.rows.values() if deleted else table.live()) if test is None or test(row)]
    if query.fields:
        rows.sort(key=lambda row: str(row["Id"])[::-1])
    for field, each in reversed(order):
        _sort(rows, field, each)
    end = None if query.limit is None else query.offset + query.limit
    return rows[query.offset : end]


def _sort(rows: list[Row], field: Field, order: Order) -> None:
    rows.sort(key=lambda row: _comparable(field, row.get(field.name)) or 0, reverse=order.descending) if all(
        row.get(field.name) is not None for row in rows
    ) else _sort_with_nulls(rows, field, order)


def _sort_with_nulls(rows: list[Row], field: Field, order: Order) -> None:
    empty = [row for row in rows if row.get(field.name) is None]
    full = [row for row in rows if row.get(field.name) is not None]
    full.sort(key=lambda row: _comparable(field, row[field.name]), reverse=order.descending)
    rows[:] = [*full, *empty] if order.nulls_last else [*empty, *full]


def _test(store: Store, kind: str, node: Condition | Logic) -> Test:
    if isinstance(node, Condition):
        return _condition(store, kind, node)
    tests = [_test(store, kind, term) for term in node.terms]
    if node.word == "NOT":
        return lambda row: not tests[0](row)
    if node.word == "OR":
        return lambda row: any(test(row) for test in tests)
    return lambda row: all(test(row) for test in tests)


def _condition(store: Store, kind: str, condition: Condition) -> Test:
    field = _usable(store, kind, condition.field, "filterable")
    name = field.name
    values = [_value(field, value) for value in condition.values]
    if condition.sign in {"=", "IN"}:
        return lambda row: _comparable(field, row.get(name)) in values
    if condition.sign in {"!=", "NOT IN"}:
        return lambda row: _comparable(field, row.get(name)) not in values
    compare, wanted = _COMPARE[condition.sign], values[0]
    if wanted is None or field.type == "boolean":
        raise Refusal(400, "MALFORMED_QUERY", f"'{condition.sign}' is not valid here for field '{name}'")
    return lambda row: row.get(name) is not None and compare(_comparable(field, row[name]), wanted)


def _value(field: Field, literal: Literal) -> Any:
    """Return a literal in the form in which the field's values are compared; raises Refusal."""
    if literal is None:
        return None
    if not isinstance(literal, _expected(field)) or (field.type == "date" and isinstance(literal, datetime)):
        quoted = isinstance(literal, str)
        tail = "and should not be enclosed in quotes" if quoted else "and should be enclosed in quotes"
        message = f"value of filter criterion for field '{field.name}' must be of type {field.type} {tail}"
        raise Refusal(400, "INVALID_FIELD", message)
    if field.type in {"id", "reference"}:
        whole = canonical(str(literal))
        if whole is None:
            raise Refusal(400, "INVALID_QUERY_FILTER_OPERATOR", f"invalid ID field: {literal}")
        return whole
    return _comparable(field, literal)


def _expected(field: Field) -> type[Any]:
    if field.type in NUMBERS or field.type == "int":
        return Decimal
    return {"boolean": bool, "date": date, "datetime": datetime}.get(field.type, str)


def _comparable(field: Field, value: Any) -> Any:
    """Return a value as comparisons see it: texts whatever their case, ids as they are."""
    if isinstance(value, str) and field.type not in {"id", "reference"}:
        return value.casefold()
    return value


def _usable(store: Store, kind: str, name: str, use: str) -> Field:
    field = store.fields(kind).get(name.lower())
    if field is None:
        raise _no_column(kind, name)
    if not getattr(field, use):
        words = {"filterable": "filtered", "sortable": "sorted"}[use]
        raise Refusal(400, "INVALID_FIELD", f"field '{field.name}' can not be {words} in a query call")
    return field


def _no_column(kind: str, name: str) -> Refusal:
    message = (
        f"No such column '{name}' on entity '{kind}'. If you are attempting to use a custom field, be sure"
    )
    return Refusal(
        400,
        "INVALID_FIELD",
        f"{message} to append the '__c' after the custom field name.",
    )
