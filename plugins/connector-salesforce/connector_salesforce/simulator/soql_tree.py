"""A query, once it is read."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

Literal = str | Decimal | bool | date | datetime | None


@dataclass(frozen=True, slots=True)
class Condition:
    """A field compared with one literal, or with several (`IN`, `NOT IN`)."""

    field: str
    sign: str
    values: tuple[Literal, ...]


@dataclass(frozen=True, slots=True)
class Logic:
    """Terms joined by `AND` or `OR`, or one term under `NOT`."""

    word: str
    terms: "tuple[Condition | Logic, ...]"


@dataclass(frozen=True, slots=True)
class Order:
    """A field to sort by."""

    field: str
    descending: bool = False
    nulls_last: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """A query, read; `fields` is empty where only the count is asked for."""

    fields: tuple[str, ...]
    object: str
    where: Condition | Logic | None = None
    order: tuple[Order, ...] = ()
    limit: int | None = None
    offset: int = 0
