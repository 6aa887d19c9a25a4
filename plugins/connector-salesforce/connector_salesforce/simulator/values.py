"""JSON values as they are sent, and what the org stores of them.

Source: SOAP API Developer Guide, "Field Types" and "StatusCode".
"""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from connector_salesforce.simulator.ids import canonical
from connector_salesforce.simulator.metadata import NUMBERS, Field
from connector_salesforce.simulator.refusals import Refusal, row_refusal
from connector_salesforce.simulator.store import Store

LONGEST_INT = 2**31


def stored(store: Store, field: Field, value: Any) -> Any:
    """Return the value that the org keeps; raises Refusal, of the row or of the whole request."""
    if value is None or value == "":
        if field.type == "boolean":
            raise row_refusal("INVALID_TYPE_ON_FIELD_IN_RECORD", f"{field.name}: value not of required type")
        return None
    if field.type in NUMBERS:
        return _number(field, value)
    if field.type in {"id", "reference"}:
        return _reference(store, field, value)
    if field.type in _READERS:
        try:
            return _READERS[field.type](value)
        except (ValueError, TypeError):
            raise _unreadable(field, value) from None
    return _text(field, value)


def _text(field: Field, value: Any) -> str:
    if not isinstance(value, str):
        raise _unreadable(field, value)
    if len(value) > field.length:
        message = f"{field.name}: data value too large: {value} (max length={field.length})"
        raise row_refusal("STRING_TOO_LONG", message, field.name)
    if field.type == "email" and "@" not in value:
        raise row_refusal(
            "INVALID_EMAIL_ADDRESS", f"{field.name}: invalid email address: {value}", field.name
        )
    if field.restricted and value not in field.picklist:
        message = f"{field.name}: bad value for restricted picklist field: {value}"
        raise row_refusal("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", message, field.name)
    return value


def _number(field: Field, value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise _unreadable(field, value)
    number = Decimal(value).quantize(Decimal(1).scaleb(-field.scale), ROUND_HALF_UP)
    if abs(number) >= Decimal(10) ** (field.precision - field.scale):
        message = f"{field.name}: value outside of valid range on numeric field: {value}"
        raise row_refusal("NUMBER_OUTSIDE_VALID_RANGE", message, field.name)
    return number


def _reference(store: Store, field: Field, value: Any) -> str:
    whole = canonical(value) if isinstance(value, str) else None
    if whole is None:
        raise row_refusal(
            "MALFORMED_ID", f"{field.label or field.name}: id value of incorrect type: {value}", field.name
        )
    if not any(whole in store.tables[name].rows for name in field.refers_to):
        raise row_refusal("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", field.name)
    return whole


def _boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


def _integer(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) >= LONGEST_INT:
        raise TypeError
    return value


def _moment(value: Any) -> datetime:
    found = datetime.fromisoformat(value)
    if found.tzinfo is None:
        raise ValueError
    return found.astimezone(UTC).replace(microsecond=0)


_READERS: dict[str, Callable[[Any], Any]] = {
    "boolean": _boolean,
    "int": _integer,
    "date": date.fromisoformat,
    "datetime": _moment,
}


def _unreadable(field: Field, value: Any) -> Refusal:
    kind = {str: "VALUE_STRING", bool: "VALUE_TRUE", int: "VALUE_NUMBER_INT"}.get(type(value), "START_OBJECT")
    message = (
        f"Cannot deserialize instance of {field.type} from {kind} value {value} or request may be missing a"
    )
    return Refusal(400, "JSON_PARSER_ERROR", f"{message} required field at [line:1, column:1]")
