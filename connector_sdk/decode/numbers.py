"""Numbers that keep every digit, or are refused."""

from decimal import Decimal, InvalidOperation

from connector_sdk.decode.problems import MismatchError

MAX_DIGITS = 4300
"""The longest integer, in digits: longer ones cost quadratic time to read."""

_INT64 = range(-(2**63), 2**63)


def exact_float(number: Decimal | int) -> float:
    """Return the float that the number is the shortest spelling of; raises MismatchError (number-inexact)."""
    try:
        value = float(number)
    except OverflowError:
        raise _inexact() from None
    spelled = repr(value)
    if spelled != str(number) and Decimal(spelled) != number:
        raise _inexact()
    return value


def shortest_float(spelled: str) -> float | Decimal:
    """Read a JSON number as a float where that is exact, else as a Decimal."""
    value = float(spelled)
    if repr(value) == spelled:
        return value
    number = Decimal(spelled)
    return value if Decimal(repr(value)) == number else number


def int64(spelled: str) -> int:
    """Read an integer of 64 bits; raises MismatchError (field-type, number-out-of-range)."""
    if not spelled.lstrip("-").isdecimal():
        raise MismatchError("field-type", "expected an integer, found a number with a fraction or exponent")
    if len(spelled) > MAX_DIGITS or int(spelled) not in _INT64:
        raise MismatchError("number-out-of-range", "an integer has at most 64 bits")
    return int(spelled)


def exact_decimal(spelled: str) -> Decimal | int:
    """Read a JSON number with all its digits; raises MismatchError (number-out-of-range)."""
    digits = spelled.lstrip("-")
    if digits.isdecimal() and spelled != "-0":
        if len(digits) > MAX_DIGITS:
            raise MismatchError("number-out-of-range", f"a whole number has at most {MAX_DIGITS} digits")
        return int(spelled)
    try:
        value = Decimal(spelled)
    except InvalidOperation:
        raise MismatchError("number-out-of-range", "its exponent is too large") from None
    if not value.is_finite():
        raise MismatchError("number-out-of-range", "its exponent is too large")
    return value


def _inexact() -> MismatchError:
    return MismatchError("number-inexact", "a binary float cannot hold all its digits")
