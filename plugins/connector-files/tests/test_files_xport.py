"""SAS XPORT version 5 as a source: layout, padding, cuts, members."""

import pytest
from connector_files import Files, FilesConfig
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connector_sdk.connector import Call, Unreadable
from connector_sdk.errors import ConfigurationError, ContractError, IncompleteResponseError
from connector_sdk.schema import Field, FieldType

ONE = b"\x41\x10" + bytes(6)
HALF = b"\x40\x80" + bytes(6)
VARIABLES = [("ID", False, 5, ""), ("AGE", True, 8, ""), ("BORN", True, 4, "DATE")]
PEOPLE = b"A1   " + ONE + ONE[:4] + b"A2   " + b"." + bytes(7) + b"." + bytes(3)


def write(tmp_path, content: bytes):
    path = tmp_path / "a.xpt"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("width", [140, 136])
def test_observations_and_schema(tmp_path, xport, records, width):
    path = write(tmp_path, xport(("DM", VARIABLES, PEOPLE), width=width))
    first, second = records(path)
    assert (first["ID"], first["AGE"], first["BORN"].isoformat()) == ("A1", 1.0, "1960-01-02")
    assert second == {"ID": "A2", "AGE": None, "BORN": None}
    schema = Files(FilesConfig(path=path, primary_key=("ID",))).stream("x").schema(Call())
    assert schema.key == ("ID",)
    assert schema.fields == (
        Field(name="ID", type=FieldType.STRING),
        Field(name="AGE", type=FieldType.FLOAT, nullable=True),
        Field(name="BORN", type=FieldType.DATE, nullable=True),
    )


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(
    length=st.integers(1, 200),
    texts=st.lists(st.text(alphabet="ab c", max_size=8), max_size=12),
    numeric=st.booleans(),
    page_size=st.integers(1, 4),
)
def test_pyreadstat_reads_the_same(tmp_path, xport, pages, length, texts, numeric, page_size):
    pyreadstat = pytest.importorskip("pyreadstat")
    variables = [("T", False, length, ""), *([("N", True, 8, "")] if numeric else [])]
    texts = [f"x{text}"[:length] for text in texts]
    path = write(
        tmp_path, xport(("D", variables, b"".join(t.encode().ljust(length) + HALF * numeric for t in texts)))
    )
    read = pages(path, page_size=page_size)
    found = [record for page in read for record in page.records]
    table, _ = pyreadstat.read_xport(path, output_format="dict")
    assert [record["T"] for record in found] == [text.rstrip() for text in texts] == list(table["T"])
    assert all(record.get("N", 0.5) == 0.5 for record in found)
    for number, page in enumerate(read, 1):
        rest = pages(path, page.cursor, page_size=page_size)
        assert [record for each in rest for record in each.records] == found[number * page_size :]


def test_padding_is_no_record_and_a_blank_record_before_it_is(tmp_path, xport, records):
    variables = [("A", False, 10, "")]
    assert records(write(tmp_path, xport(("D", variables, b"")))) == []
    assert records(write(tmp_path, xport(("D", variables, b"x".ljust(10) * 3)))) == [{"A": "x"}] * 3
    kept = b"x".ljust(10) + b" " * 10 + b"y".ljust(10)
    assert [each["A"] for each in records(write(tmp_path, xport(("D", variables, kept))))] == ["x", "", "y"]
    full = b"x".ljust(10) * 7 + b" " * 10 + b" " * 10
    assert [each["A"] for each in records(write(tmp_path, xport(("D", variables, full))))] == ["x"] * 7 + [
        "",
        "",
    ]


def test_blank_observation_of_a_card_or_more_is_a_record(tmp_path, xport, records):
    path = write(tmp_path, xport(("D", [("A", False, 100, "")], b"x".ljust(100) + b" " * 100)))
    assert [each["A"] for each in records(path)] == ["x", ""]


@pytest.mark.req("G1")
@pytest.mark.parametrize("lost", [1, 79, 80, 160, 320, 400, 480, 560, 640, 720, 800, 900])
def test_cut_file_is_an_error_and_never_data(tmp_path, xport, records, lost):
    whole = xport(("D", [("A", False, 100, ""), ("N", True, 8, "")], (b"x" * 100 + ONE) * 2))
    with pytest.raises(IncompleteResponseError) as caught:
        records(write(tmp_path, whole[:-lost]))
    assert caught.value.code == "files-cut"


@pytest.mark.req("G1")
def test_cut_within_blanks_is_found(tmp_path, xport, records):
    whole = xport(("D", [("A", False, 160, ""), ("B", False, 40, "")], b"x" * 200 + b" " * 160 + b"y" * 40))
    with pytest.raises(IncompleteResponseError) as caught:
        records(write(tmp_path, whole[:-80]))
    assert caught.value.code == "files-cut"


def test_empty_file_is_cut(tmp_path, records):
    with pytest.raises(IncompleteResponseError):
        records(write(tmp_path, b""))


def test_members_are_chosen_by_the_stream(tmp_path, xport, records):
    variables = [("A", False, 100, "")]
    path = write(tmp_path, xport(("DM", variables, b"d" * 100), ("AE", variables, b"a" * 200)))
    assert records(path, name="ae") == [{"A": "a" * 100}] * 2
    assert records(path, name="DM") == [{"A": "d" * 100}]
    with pytest.raises(ConfigurationError) as caught:
        records(path, name="EX")
    assert caught.value.code == "xport-member"
    assert "DM, AE" in caught.value.hint


def test_member_header_within_a_value_is_no_member(tmp_path, xport, records):
    value = b"12345" + b"HEADER RECORD*******MEMBER  HEADER RECORD!!!!!!!"
    path = write(tmp_path, xport(("DM", [("A", False, 100, "")], value.ljust(100))))
    assert records(path) == [{"A": value.decode()}]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"HEADER RECORD*******LIBV8   HEADER RECORD!!!!!!!".ljust(800), "xport-version"),
        (b"**COMPRESSED** **COMPRESSED**".ljust(800), "xport-foreign"),
        (b'{"id": 1}\n', "xport-foreign"),
    ],
)
def test_other_formats_are_refused(tmp_path, records, content, code):
    with pytest.raises(ConfigurationError) as caught:
        records(write(tmp_path, content))
    assert caught.value.code == code


@pytest.mark.parametrize(
    "variables",
    [
        [("A", True, 9, "")],
        [("A", True, 1, "")],
        [("A", False, 0, "")],
        [("", False, 4, "")],
        [("A", False, 4, ""), ("A", False, 4, "")],
        [("é", False, 4, "")],
        [],
    ],
)
def test_senseless_header_is_refused(tmp_path, xport, records, variables):
    with pytest.raises(ContractError) as caught:
        records(write(tmp_path, xport(("D", variables, b"x" * 160))))
    assert caught.value.code == "xport-header"


def test_damaged_header_is_refused(tmp_path, xport, records):
    whole = xport(("D", VARIABLES, PEOPLE))
    for mark in (b"NAMESTR HEADER", b"OBS     HEADER"):
        with pytest.raises(ContractError):
            records(write(tmp_path, whole.replace(mark, b"?" * len(mark))))


def test_value_that_cannot_be_held_sets_its_record_aside(tmp_path, xport, records):
    variables = [("ID", False, 5, ""), ("N", True, 8, ""), ("D", True, 8, "DATE")]
    rows = [
        b"A1   " + ONE + ONE,
        b"A2   " + b"B" + bytes(7) + ONE,
        b"A3   " + b"\x41\x80\0\0\0\0\0\x01" + ONE,
        b"A4   " + ONE + HALF,
        b"\xe9    " + ONE + ONE,
    ]
    path = write(tmp_path, xport(("D", variables, b"".join(rows))))
    good, *bad = records(path)
    assert good["ID"] == "A1"
    assert [(each.raw, each.code) for each in bad if isinstance(each, Unreadable)] == [
        (rows[1], "xport-special-missing"),
        (rows[2], "xport-number-inexact"),
        (rows[3], "xport-temporal"),
        (rows[4], "files-encoding"),
    ]
    assert bad[0].message.startswith("record 2, field N: ")
    assert records(path, special_missing="null")[1]["N"] is None
    assert records(path, encoding="cp1252")[4]["ID"] == "é"


@pytest.mark.parametrize("encoding", ["utf-16", "no-such", "cp500"])
def test_encoding_without_ascii_is_refused(tmp_path, encoding):
    with pytest.raises(ConfigurationError) as caught:
        Files(FilesConfig(path=tmp_path / "a.xpt", encoding=encoding)).stream("a")
    assert caught.value.code == "files-setting"
