"""CSV as a source: headers, ragged rows, cuts, positions in bytes."""

import pytest
from connector_files import Files, FilesConfig
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connector_sdk.connector import Call, Unreadable
from connector_sdk.errors import ConfigurationError, ContractError, IncompleteResponseError
from connector_sdk.schema import Field, FieldType

CELL = st.none() | st.text(alphabet='ab",\n\ré', max_size=5)


def quoted(value):
    return "" if value is None else '"' + value.replace('"', '""') + '"'


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(
    table=st.lists(st.tuples(CELL, CELL), max_size=8),
    page_size=st.integers(1, 3),
    end=st.sampled_from(["\n", "\r\n"]),
    mark=st.booleans(),
    last_break=st.booleans(),
)
def test_reading_can_go_on_after_every_page(tmp_path, pages, table, page_size, end, mark, last_break):
    table = [row for row in table if row != (None, None)]
    text = "".join(",".join(map(quoted, row)) + end for row in [("id", "name"), *table])
    path = tmp_path / "a.csv"
    path.write_bytes(
        (b"\xef\xbb\xbf" if mark else b"") + (text if last_break else text.removesuffix(end)).encode()
    )
    read = pages(path, page_size=page_size)
    expected = [{"id": first, "name": second} for first, second in table]
    assert [record for page in read for record in page.records] == expected
    for number, page in enumerate(read, 1):
        rest = pages(path, page.cursor, page_size=page_size)
        assert [record for each in rest for record in each.records] == expected[number * page_size :]
        assert not any(each.restarted for each in rest)
        assert [each.first for each in rest] == [each.first for each in read[number:]]


@pytest.mark.req("G1")
def test_ragged_row_is_set_aside_and_the_others_are_read(tmp_path, records):
    path = tmp_path / "a.csv"
    path.write_bytes(b"id,name\n1,a\n2,b,c\n3\n4,d\n")
    first, long, short, last = records(path)
    assert (first, last) == ({"id": "1", "name": "a"}, {"id": "4", "name": "d"})
    assert long == Unreadable(b"2,b,c", "csv-ragged-row", "record 2 has 3 fields where the header has 2")
    assert short == Unreadable(b"3", "csv-ragged-row", "record 3 has 1 fields where the header has 2")


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (b'1,a"b', "csv-quote"),
        (b"1,\xff", "files-encoding"),
        (b"1,\0", "files-nul"),
        (b"1,a\rb", "csv-bare-cr"),
    ],
)
def test_faulty_record_is_set_aside_with_its_bytes(tmp_path, records, row, code):
    path = tmp_path / "a.csv"
    path.write_bytes(b"id,name\n" + row + b"\r\n2,b\n")
    bad, good = records(path)
    assert (bad.raw, bad.code) == (row, code)
    assert bad.message.startswith("record 1: ")
    assert good == {"id": "2", "name": "b"}


def test_blank_lines_are_rows_within_the_file_and_nothing_at_its_end(tmp_path, records):
    path = tmp_path / "a.csv"
    path.write_bytes(b"id,name\n1,a\n\n2,b\n\n\r\n\n" + b"\n" * 70_000)
    first, blank, last = records(path)
    assert (first["id"], blank.code, last["id"]) == ("1", "csv-ragged-row", "2")


def test_blank_line_of_a_single_column_is_null(tmp_path, records):
    path = tmp_path / "a.csv"
    path.write_bytes(b'id\n1\n\n""\n\n')
    assert records(path) == [{"id": "1"}, {"id": None}, {"id": ""}, {"id": None}]


@pytest.mark.req("G1")
@pytest.mark.parametrize("tail", [b'2,"b\n3,c\n', b"2", b'2,"b"\n3', b'"2\n\n\n'])
def test_cut_file_is_an_error_and_never_data(tmp_path, records, tail):
    path = tmp_path / "a.csv"
    path.write_bytes(b"id,name\n1,a\n" + tail)
    with pytest.raises(IncompleteResponseError) as caught:
        records(path)
    assert caught.value.code == "files-cut"


@pytest.mark.req("G1")
@pytest.mark.parametrize("last", [b"2,CANARY", b'2,"CANARY"', b"2,CANARY\r"])
def test_a_last_record_without_a_line_break_is_taken_with_a_warning(tmp_path, pages, caplog, last):
    path = tmp_path / "a.csv"
    path.write_bytes(b"id,name\n1,a\n" + last)
    read = pages(path)
    assert read[0].records[-1] == {"id": "2", "name": "CANARY"}
    (told,) = caplog.messages
    assert "last record (2) has no line break" in told
    assert "CANARY" not in told
    caplog.clear()
    path.write_bytes(b"id,name\n1,a\n" + last.removesuffix(b"\r") + b"\r\n\n")
    assert pages(path, read[0].cursor) == []
    pages(path)
    assert caplog.messages == []


@pytest.mark.parametrize(
    "head", [b"", b"\n", b"id,id\n", b"id,,x\n", b"a\rb\r", b"id,\xff\n", b'id,n"x\n', b"\xef\xbb\xbf"]
)
def test_header_without_distinct_names_is_refused(tmp_path, records, head):
    path = tmp_path / "a.csv"
    path.write_bytes(head)
    with pytest.raises(ContractError) as caught:
        records(path)
    assert caught.value.code == "csv-header"


def test_utf16_is_refused(tmp_path, records):
    path = tmp_path / "a.csv"
    path.write_bytes("id,name\n".encode("utf-16"))
    with pytest.raises(IncompleteResponseError) as caught:
        records(path)
    assert caught.value.code == "files-byte-order-mark"


def test_delimiter_is_configured(tmp_path, records):
    path = tmp_path / "a.csv"
    path.write_bytes(b'id;name\n1;"a;b"\n2;c,d\n')
    assert [each["name"] for each in records(path, delimiter=";")] == ["a;b", "c,d"]


@pytest.mark.parametrize("delimiter", ["", ";;", '"', "\n", "é"])
def test_impossible_delimiter_is_refused(tmp_path, delimiter):
    with pytest.raises(ConfigurationError) as caught:
        Files(FilesConfig(path=tmp_path / "a.csv", delimiter=delimiter)).stream("a")
    assert caught.value.code == "files-setting"


def test_schema_is_the_header_and_the_key_is_not_null(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b"id,name\n")
    stream = Files(FilesConfig(path=path, primary_key=("id",))).stream("a")
    schema = stream.schema(Call())
    assert schema.key == ("id",)
    assert schema.fields == (
        Field(name="id", type=FieldType.STRING),
        Field(name="name", type=FieldType.STRING, nullable=True),
    )
    assert stream.glance(Call()) == schema
    assert stream.textual


def test_key_must_be_a_column(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b"ident,name\n")
    with pytest.raises(ConfigurationError) as caught:
        Files(FilesConfig(path=path, primary_key=("Ident",))).stream("a").schema(Call())
    assert caught.value.code == "files-key-missing"
    assert caught.value.hint == "it has 2 fields; did you mean 'ident'?"


@pytest.mark.parametrize("row", [b"1,CANARY,2\n", b"CANARY,1,CANARY\n", b"CANARY,,1\n", b'CANARY,"1"x\n'])
def test_a_record_where_the_header_should_be_is_never_told(tmp_path, row):
    path = tmp_path / "a.csv"
    path.write_bytes(row)
    with pytest.raises((ConfigurationError, ContractError)) as caught:
        Files(FilesConfig(path=path, primary_key=("id",))).stream("a").schema(Call())
    assert caught.value.code in {"files-key-missing", "csv-header"}
    assert "CANARY" not in f"{caught.value} {caught.value.hint} {caught.value.location}"


def test_endless_quoted_field_is_refused_before_it_fills_memory(tmp_path, records, monkeypatch):
    monkeypatch.setattr("connector_files.csv_stream.RECORD_BYTES", 100)
    path = tmp_path / "a.csv"
    path.write_bytes(b'id,name\n1,a\n2,"' + b"x\n" * 1000)
    with pytest.raises(IncompleteResponseError) as caught:
        records(path)
    assert caught.value.code == "files-record-too-long"
