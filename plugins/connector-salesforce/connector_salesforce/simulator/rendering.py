"""Stored values as the REST API writes them."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from connector_salesforce.simulator.metadata import NUMBERS, Field
from connector_salesforce.simulator.store import Row

ADDRESS = ("City", "Country", "Latitude", "Longitude", "PostalCode", "State", "Street")
Writer = Callable[[Row], Any]


def moment(value: datetime) -> str:
    """Write a moment: whole seconds, three zeros and a zone without a colon."""
    return value.strftime("%Y-%m-%dT%H:%M:%S.000+0000")


def number(value: Decimal) -> Decimal:
    """Write a number with at least one decimal place and no zeros after it that say nothing."""
    plain = value.normalize()
    exponent = plain.as_tuple().exponent
    return plain.quantize(Decimal("0.1")) if isinstance(exponent, int) and exponent >= 0 else plain


def writers(fields: Iterable[Field]) -> list[tuple[str, Writer]]:
    """Return how each field's value is got out of a row, made once for many rows."""
    return [(each.name, _writer(each)) for each in fields]


def written(row: Row, kind: str, version: str, how: list[tuple[str, Writer]]) -> dict[str, Any]:
    """Return a row as a JSON object with its attributes."""
    url = f"/services/data/{version}/sobjects/{kind}/{row['Id']}"
    return {"attributes": {"type": kind, "url": url}, **{name: write(row) for name, write in how}}


def _writer(field: Field) -> Writer:
    name = field.name
    if field.type == "address":
        return lambda row: _address(row, name.removesuffix("Address"))
    if field.type in NUMBERS:
        return lambda row: None if row.get(name) is None else number(row[name])
    if field.type == "datetime":
        return lambda row: None if row.get(name) is None else moment(row[name])
    if field.type == "date":
        return lambda row: _day(row.get(name))
    return lambda row: row.get(name)


def _day(value: date | None) -> str | None:
    return None if value is None else value.isoformat()


def _address(row: Row, prefix: str) -> dict[str, Any] | None:
    parts = {part: row.get(prefix + part) for part in ADDRESS}
    if all(value is None for value in parts.values()):
        return None
    shown = {
        part[:1].lower() + part[1:]: number(value) if isinstance(value, Decimal) else value
        for part, value in parts.items()
    }
    return {**shown, "geocodeAccuracy": None}
