"""What pydantic's error types mean in the words of somebody who writes a document.

The types: https://docs.pydantic.dev/latest/errors/validation_errors/
"""

import re
from typing import Any

from pydantic_core import ErrorDetails

_KINDS = {
    "a whole number": ("int_type", "int_from_float", "int_parsing"),
    "a number": ("float_type", "decimal_type"),
    "text": ("string_type", "uuid_type", "url_type", "bytes_type"),
    "true or false": ("bool_type",),
    "a list": ("list_type", "tuple_type", "set_type", "frozen_set_type"),
    "keys with values": ("dict_type", "mapping_type", "model_type", "model_attributes_type"),
    "a date": ("date_type",),
    "a time": ("time_type",),
    "a moment": ("datetime_type",),
    "a duration": ("time_delta_type",),
    "nothing": ("none_required",),
}
_KIND_OF = {kind: words for words, kinds in _KINDS.items() for kind in kinds}
_CLASSES = {"Decimal": "a number"}

_REQUIREMENTS = {
    "greater_than": "must be greater than {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than": "must be less than {lt}",
    "less_than_equal": "must be at most {le}",
    "multiple_of": "must be a multiple of {multiple_of}",
    "finite_number": "is too large for a number of this kind",
    "string_too_short": "is too short: at least {min_length}",
    "string_too_long": "is too long: at most {max_length}",
    "too_short": "has too few entries: at least {min_length}",
    "too_long": "has too many entries: at most {max_length}",
    "string_pattern_mismatch": "must match {pattern}",
    "decimal_max_digits": "has too many digits: at most {max_digits}",
    "decimal_max_places": "has too many decimal places: at most {decimal_places}",
    "decimal_whole_digits": "has too many digits before the point: at most {whole_digits}",
    "date_parsing": "must be a date, such as 2026-01-31",
    "date_from_datetime_parsing": "must be a date, such as 2026-01-31",
    "date_from_datetime_inexact": "must be a date without a time, such as 2026-01-31",
    "time_parsing": "must be a time, such as 09:30:00",
    "datetime_parsing": "must be a moment, such as 2026-01-31T09:30:00Z",
    "datetime_from_date_parsing": "must be a moment, such as 2026-01-31T09:30:00Z",
    "time_delta_parsing": "must be a duration, such as PT15M",
    "timezone_aware": "must name its zone, such as 2026-01-31T09:30:00Z",
    "uuid_parsing": "must be a UUID",
    "url_parsing": "must be a URL",
    "url_scheme": "must be a URL that begins with {expected_schemes}",
}


def expected_kind(details: ErrorDetails) -> str | None:
    """Return what kind of value was expected; "" where it is not known, None where the kind was right."""
    if details["type"] == "is_instance_of":
        return _CLASSES.get(details["ctx"]["class"], "")
    return _KIND_OF.get(details["type"])


_HOW = {
    "a whole number": "numbers are written without quotes, such as 1000",
    "a number": "numbers are written without quotes, such as 0.5",
    "text": "text that could be taken for something else is put in quotes",
    "true or false": "switches are written true or false, without quotes",
    "a list": "lists are written [a, b], or one entry a line, each after a dash",
    "keys with values": "write them indented on the lines below, each as key: value, or all as {key: value}",
    "a date": "dates are written 2026-01-31",
    "a time": "times are written 09:30:00",
    "a moment": "moments are written 2026-01-31T09:30:00Z",
    "a duration": "durations are written PT15M or P1DT12H",
    "nothing": "nothing is written null",
}


def how_to_write(kinds: list[str]) -> str:
    """Return how a document writes what is expected."""
    return "; ".join(_HOW[kind] for kind in kinds if kind in _HOW)


def choices(details: ErrorDetails) -> list[str]:
    """Return the values that are allowed where only some are."""
    context = details.get("ctx", {})
    expected = context.get("expected_tags") or context.get("expected") or ""
    return re.findall(r"'([^']*)'", expected) or [str(expected)]


def requirement(details: ErrorDetails, *, confidential: bool) -> str:
    """Return what is demanded of a value; only in our own words where the value is confidential."""
    if template := _REQUIREMENTS.get(details["type"]):
        return template.format(**details.get("ctx", {}))
    if confidential:
        return "is not accepted"
    error: Any = details.get("ctx", {}).get("error")
    if details["type"] in {"value_error", "assertion_error"} and str(error):
        return f"is not accepted: {error}"
    return f"is not accepted: {details['msg'][:1].lower()}{details['msg'][1:]}"
