"""SAS values: exact or refused."""

import datetime as dt
import math
from fractions import Fraction

import pytest
from connector_files.xport_header import Variable
from connector_files.xport_values import (
    InexactValueError,
    converter,
    date,
    local_datetime,
    number,
    text,
    time_of_day,
)
from hypothesis import example, given
from hypothesis import strategies as st

EPOCH = dt.datetime.fromisoformat("1960-01-01T00:00:00")
MISSING_LETTERS = b"_ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def meaning(raw: bytes) -> Fraction:
    """What TS-140 says eight bytes mean: sign, power of 16 (excess 64), fraction of 56 bits."""
    fraction = Fraction(int.from_bytes(raw[1:].ljust(7, b"\0"), "big"), 2**56)
    return (-1 if raw[0] & 0x80 else 1) * fraction * Fraction(16) ** ((raw[0] & 0x7F) - 64)


def ibm(value: float) -> bytes:
    """Write a binary64 as SAS does: the smallest power of 16 above it, and the fraction under it."""
    exact, power = abs(Fraction(value)), 0
    while exact >= 1:
        exact, power = exact / 16, power + 1
    while exact and exact < Fraction(1, 16):
        exact, power = exact * 16, power - 1
    first = ((power + 64) if exact else 0) | (0x80 if value < 0 else 0)
    return bytes([first]) + int(exact * 2**56).to_bytes(7, "big")


@given(st.binary(min_size=2, max_size=8))
@example(b"\x42\x64\0\0\0\0\0\0")
@example(b"\xc1\x10")
@example(b"\x7f" + b"\xff" * 7)
@example(b"\x41\x80\0\0\0\0\0\x01")
@example(b"\x00\x00\x00\x00\x00\x00\x00\x01")
def test_numbers_are_exact_or_refused(raw):
    if not any(raw[1:]) and (raw[0] == 0x2E or raw[0] in MISSING_LETTERS):
        return
    exact = meaning(raw)
    if Fraction(float(exact)) == exact:
        assert number(raw) == float(exact)
    else:
        with pytest.raises(InexactValueError) as caught:
            number(raw)
        assert caught.value.code == "xport-number-inexact"


@given(
    st.floats(min_value=-(2.0**250), max_value=2.0**250).filter(
        lambda value: value == 0 or abs(value) > 2.0**-250
    )
)
def test_every_number_sas_can_hold_comes_back(value):
    assert number(ibm(value)) == value


def test_missing_is_null_and_special_missing_is_asked_for():
    assert number(b".\0\0\0\0\0\0\0") is None
    assert number(b".\0") is None
    assert number(b"\0" * 8) == 0.0
    for letter in MISSING_LETTERS:
        raw = bytes([letter]) + bytes(7)
        assert number(raw, special_as_null=True) is None
        with pytest.raises(InexactValueError) as caught:
            number(raw)
        assert caught.value.code == "xport-special-missing"


def test_number_that_only_looks_missing_is_a_number():
    assert number(b"A\x10\0\0\0\0\0\0") == 1.0
    assert number(b".\x10\0\0\0\0\0\0") == 16.0**-19


@given(st.dates())
def test_dates_are_days_since_1960(day):
    assert date(float((day - dt.date(1960, 1, 1)).days)) == day


@given(st.datetimes(min_value=EPOCH.replace(year=1582)).map(lambda moment: moment.replace(microsecond=0)))
def test_moments_are_seconds_since_1960(moment):
    seconds = (moment - EPOCH) / dt.timedelta(seconds=1)
    assert local_datetime(seconds) == moment
    assert local_datetime(seconds + 0.5) == moment + dt.timedelta(microseconds=500_000)


def test_times_of_day():
    assert time_of_day(0.0) == dt.time()
    assert time_of_day(86399.25) == dt.time(23, 59, 59, 250_000)


@pytest.mark.parametrize(
    ("convert", "value"),
    [
        (date, 1.5),
        (date, 3e6),
        (date, -1e15),
        (date, 1e300),
        (local_datetime, 0.1),
        (local_datetime, 1e12),
        (local_datetime, 1e300),
        (time_of_day, -1.0),
        (time_of_day, 86400.0),
        (time_of_day, 1 / 3),
    ],
)
def test_what_is_no_whole_day_moment_or_time_is_refused(convert, value):
    with pytest.raises(InexactValueError) as caught:
        convert(value)
    assert caught.value.code == "xport-temporal"
    assert str(value) not in str(caught.value)


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        ("DATE", dt.date(1960, 1, 2)),
        ("YYMMDD", dt.date(1960, 1, 2)),
        ("MMDDYYS", dt.date(1960, 1, 2)),
        ("E8601DA", dt.date(1960, 1, 2)),
        ("DATETIME", EPOCH.replace(second=1)),
        ("E8601DT", EPOCH.replace(second=1)),
        ("TIME", dt.time(0, 0, 1)),
        ("E8601TM", dt.time(0, 0, 1)),
        ("BEST", 1.0),
        ("", 1.0),
        ("MYDATE", 1.0),
    ],
)
def test_format_says_what_a_number_means(shown, expected):
    convert = converter(Variable("X", True, 8, 0, shown), "utf-8", special_as_null=False)
    value = convert(ibm(1.0))
    assert value == expected
    assert type(value) is type(expected)
    assert convert(b"." + bytes(7)) is None


def test_texts_lose_their_padding_and_nothing_else():
    assert text(b"  a b  ", "utf-8") == "  a b"
    assert text(b"    ", "utf-8") == ""
    assert text("é ".encode("cp1252"), "cp1252") == "é"
    assert text(b"007", "utf-8") == "007"
    assert not math.isnan(number(b"\x7f" + b"\x80" + bytes(6)) or 0)


@pytest.mark.parametrize(("raw", "code"), [(b"\xe9 ", "files-encoding"), (b"a\0 ", "files-nul")])
def test_text_that_cannot_be_passed_on_is_refused(raw, code):
    with pytest.raises(InexactValueError) as caught:
        text(raw, "utf-8")
    assert caught.value.code == code
