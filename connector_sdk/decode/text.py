"""Rows of text (CSV) to typed values: exactly what the contract declares, or a refusal."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

from msgspec import Raw

from connector_sdk.decode.moments import moment
from connector_sdk.decode.numbers import exact_decimal, exact_float, int64
from connector_sdk.decode.problems import MismatchError
from connector_sdk.decode.strict import read_json
from connector_sdk.decode.tokens import MAX_DEPTH
from connector_sdk.errors import RecordError
from connector_sdk.schema import FieldType, Schema

_WHOLE = re.compile(r"-?(?:0|[1-9][0-9]*)")
_PLAIN = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_BOOLEANS = {"true": True, "false": False}

Row = Mapping[str, Any]
Parse = Callable[[Row], Row]


@lru_cache(maxsize=256)
def parse_text(schema: Schema) -> Parse:
    """Return a function that types a row of texts: a mapping from names to text or None (null).

    A text must spell its value so that nothing is lost: `007`, `+1` and `1e3` are no integers. A decimal
    keeps its digits. Strings, None and names that the schema lacks pass unchanged; `encode_record` judges
    those. The function raises RecordError (text-not-exact).
    """
    parsers = [
        (field.name, field.type, _PARSERS.get(field.type, _moment))
        for field in schema.fields
        if field.type is not FieldType.STRING
    ]

    def parse(row: Row) -> Row:
        typed = dict(row)
        for name, kind, parser in parsers:
            text = typed.get(name)
            if type(text) is str:
                try:
                    typed[name] = parser(text, kind)
                except (MismatchError, RecordError):
                    what = f"its text is no {kind} spelled so that nothing is lost"
                    raise MismatchError("text-not-exact", what).at(name) from None
        return typed

    return parse if parsers else lambda row: row


def _integer(text: str, _: FieldType) -> int:
    if not _WHOLE.fullmatch(text) or text == "-0":
        raise MismatchError("text-not-exact", "")
    return int64(text)


def _decimal(text: str, _: FieldType) -> Decimal | int:
    if not _PLAIN.fullmatch(text):
        raise MismatchError("text-not-exact", "")
    return exact_decimal(text)


def _float(text: str, _: FieldType) -> float:
    if not _NUMBER.fullmatch(text):
        raise MismatchError("text-not-exact", "")
    return exact_float(exact_decimal(text))


def _boolean(text: str, _: FieldType) -> bool:
    if text not in _BOOLEANS:
        raise MismatchError("text-not-exact", "")
    return _BOOLEANS[text]


def _json(text: str, _: FieldType) -> Raw:
    raw = text.encode(errors="surrogatepass")
    read_json(raw, MAX_DEPTH - 1)
    return Raw(raw)


def _moment(text: str, kind: FieldType) -> Any:
    return moment(kind, text)


_PARSERS: dict[FieldType, Callable[[str, FieldType], Any]] = {
    FieldType.INTEGER: _integer,
    FieldType.DECIMAL: _decimal,
    FieldType.FLOAT: _float,
    FieldType.BOOLEAN: _boolean,
    FieldType.JSON: _json,
}
