"""RFC 4180 record by record, compared with Python's own reader and writer."""

import csv
import io

import pytest
from connector_files.csv_tokens import Row, match_row, plain_row, quoted_row, row_pattern
from hypothesis import example, given
from hypothesis import strategies as st

CELL = st.none() | st.text(alphabet='ab",;\n\r é|😀', max_size=6)


def rows(content: bytes, delimiter: str = ",") -> list[Row]:
    lines = iter(content.splitlines(keepends=True) if b"\r" not in content else split(content))
    return [
        quoted_row(line, delimiter, lambda: next(lines)) if b'"' in line else plain_row(line, delimiter)
        for line in lines
    ]


def split(content: bytes) -> list[bytes]:
    return [line + b"\n" for line in content.split(b"\n")[:-1]] + [
        tail for tail in [content.split(b"\n")[-1]] if tail
    ]


def written(table: list[list[str | None]], delimiter: str, end: str) -> bytes:
    """Write what a producer writes that knows null (nothing) from the empty text (two quotes)."""

    def cell(value: str | None) -> str:
        if value is None:
            return ""
        if not value or any(sign in value for sign in f'{delimiter}"\r\n'):
            return '"' + value.replace('"', '""') + '"'
        return value

    return "".join(delimiter.join(map(cell, row)) + end for row in table).encode()


@given(
    table=st.lists(st.lists(CELL, min_size=1, max_size=4), max_size=5),
    delimiter=st.sampled_from(",;|\t"),
    end=st.sampled_from(["\n", "\r\n"]),
)
def test_what_is_written_is_read(table, delimiter, end):
    read = rows(written(table, delimiter, end), delimiter)
    assert [list(row.fields) for row in read] == table
    assert b"".join(row.raw for row in read) == written(table, delimiter, end)


@given(st.lists(st.lists(st.text(alphabet='ab",\n é', max_size=6), min_size=2, max_size=4), max_size=5))
def test_what_the_csv_module_writes_is_read_as_it_reads_it(table):
    buffer = io.StringIO()
    csv.writer(buffer, quoting=csv.QUOTE_ALL).writerows(table)
    assert [list(row.fields) for row in rows(buffer.getvalue().encode())] == table


@given(st.text(alphabet='a,"\n', max_size=30))
@example('a"b\n"c\nd"\n')
@example('"a"b"\n",c\n')
def test_records_end_where_the_csv_module_ends_them_even_when_faulty(content):
    content += "\n"
    try:
        read = rows(content.encode())
    except (StopIteration, RuntimeError):
        return
    expected = [list(row) or [""] for row in csv.reader(io.StringIO(content))]
    assert len(read) == len(expected)
    for row, cells in zip(read, expected, strict=True):
        if not row.fault:
            assert [field or "" for field in row.fields] == cells


@pytest.mark.parametrize(
    ("line", "fields"),
    [
        (b"a,b\n", ["a", "b"]),
        (b'a,"",\n', ["a", "", None]),
        (b'"",""\r\n', ["", ""]),
        (b'"a""b",\'c\'\n', ['a"b', "'c'"]),
        (b' a , "\n', None),
        (b'""""\n', ['"']),
        (b"\n", [None]),
        (b",\n", [None, None]),
        (b'"x\r\n"\n', ["x\r\n"]),
        ("é,😀\n".encode(), ["é", "😀"]),
    ],
)
def test_null_is_not_the_empty_text(line, fields):
    (row,) = rows(line)
    assert (list(row.fields) if fields else row.fault[0]) == (fields or "csv-quote")


@pytest.mark.parametrize(
    ("line", "code", "place"),
    [
        (b'a,b"c\n', "csv-quote", "field 2"),
        (b'"a" ,b\n', "csv-quote", "field 1"),
        (b'x,"a"b"c",d\n', "csv-quote", "field 2"),
        (b"a\rb,c\n", "csv-bare-cr", "outside"),
        (b'"a",b\rc\n', "csv-bare-cr", "field 2"),
        (b"a,\xff\n", "files-encoding", "byte 2"),
        (b'"a",\xff\n', "files-encoding", "byte 4"),
        (b"a,\0\n", "files-nul", "NUL"),
        (b'"a\0",b\n', "files-nul", "NUL"),
    ],
)
def test_faults_are_named_without_a_value(line, code, place):
    (row,) = rows(line)
    assert row.fault is not None
    assert row.fault[0] == code
    assert place in row.fault[1]
    assert row.raw == line
    assert not row.fields


@given(
    line=st.text(alphabet='a,;"\n\r\0é', max_size=20),
    delimiter=st.sampled_from(",;|\t"),
    width=st.integers(1, 4),
    end=st.sampled_from(["", "\n", "\r\n"]),
)
@example(line='"a""",', delimiter=",", width=2, end="\r\n")
@example(line='""', delimiter=",", width=1, end="\n")
def test_the_short_cut_sees_what_the_long_way_sees(line, delimiter, width, end):
    raw = (line.replace("\n", "") + end).encode() or b"\n"
    if row := match_row(row_pattern(delimiter, width), raw):
        assert row == rows(raw, delimiter)[0]
        assert len(row.fields) == width


@given(st.lists(st.none() | st.text(alphabet='ab",;é', max_size=6), min_size=1, max_size=4))
def test_the_short_cut_takes_every_faultless_line(fields):
    row = match_row(row_pattern(",", len(fields)), written([fields], ",", "\r\n"))
    assert row is not None
    assert list(row.fields) == fields
