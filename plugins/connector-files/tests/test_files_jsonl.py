"""JSON Lines as a source: bytes untouched, cuts found, memory bounded."""

import json

import pytest
from connector_files import Files, FilesConfig
from connector_files import source as source_module
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connector_sdk.connector import Call
from connector_sdk.errors import ConfigurationError, IncompleteResponseError
from connector_sdk.schema import FieldType

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(
    objects=st.lists(st.dictionaries(st.text(), JSON, max_size=4), max_size=12),
    breaks=st.lists(st.sampled_from(["\n", "\r\n", "\n\n", "\n \t\r\n"]), min_size=12, max_size=12),
    page_size=st.integers(1, 5),
    ascii_only=st.booleans(),
)
def test_lines_are_passed_on_byte_for_byte(tmp_path, pages, objects, breaks, page_size, ascii_only):
    texts = [json.dumps(each, ensure_ascii=ascii_only).encode(errors="surrogatepass") for each in objects]
    path = tmp_path / "any.jsonl"
    path.write_bytes(b"".join(text + end.encode() for text, end in zip(texts, breaks, strict=False)))
    read = pages(path, page_size=page_size)
    assert [record for page in read for record in page.records] == texts
    assert [page.first for page in read] == list(range(1, len(texts) + 1, page_size))
    assert all(len(page.records) <= page_size for page in read)


def test_numbers_and_texts_keep_their_spelling(tmp_path, records):
    line = b'{"n": 1.10, "big": 123456789012345678901234567890, "t": "\\u00e9", "z" : "007" }'
    path = tmp_path / "a.ndjson"
    path.write_bytes(line + b"\r\n")
    assert records(path) == [line]


def test_last_line_without_line_break_is_read_when_whole(tmp_path, records):
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"id": 1}\n{"id": {"x": 2}}')
    assert records(path) == [b'{"id": 1}', b'{"id": {"x": 2}}']


@pytest.mark.req("G1")
@pytest.mark.parametrize("tail", [b'{"id": {"x": 2}', b'{"id": "2', b"2", b'{"id": "\xc3', b"[" * 100_000])
def test_cut_last_line_is_an_error_and_never_data(tmp_path, records, tail):
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"id": 1}\n' + tail)
    with pytest.raises(IncompleteResponseError) as caught:
        records(path)
    assert caught.value.code == "files-cut"
    assert '"id"' not in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"\n", b" \n\r\n"])
def test_file_without_records_gives_no_page(tmp_path, pages, content):
    path = tmp_path / "a.jsonl"
    path.write_bytes(content)
    assert pages(path) == []


@pytest.mark.parametrize("mark", [b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff"])
def test_byte_order_mark_is_refused(tmp_path, records, mark):
    path = tmp_path / "a.jsonl"
    path.write_bytes(mark + b'{"id": 1}\n')
    with pytest.raises(IncompleteResponseError) as caught:
        records(path)
    assert caught.value.code == "files-byte-order-mark"


def test_endless_record_is_refused_before_it_fills_memory(tmp_path, records, monkeypatch):
    monkeypatch.setattr("connector_files.lines.RECORD_BYTES", 64)
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"id": 1}\n{"id": "' + b"x" * 1000)
    with pytest.raises(IncompleteResponseError) as caught:
        records(path)
    assert caught.value.code == "files-record-too-long"
    assert "record 2" in str(caught.value)


def test_long_records_make_short_pages(tmp_path, pages, monkeypatch):
    monkeypatch.setattr("connector_files.jsonl.RECORD_BYTES", 64)
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"id": "%s"}\n' % (b"x" * 40) * 10)
    assert [len(page.records) for page in pages(path)] == [2] * 5
    assert source_module.RECORD_BYTES == 16 << 20


def test_schema_comes_from_all_records_and_a_glance_from_the_first(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"id": 1}\n' * 1500 + b'{"id": 2, "late": 1.10}\n')
    stream = Files(FilesConfig(path=path, primary_key=("id",))).stream("a")
    schema, glance = stream.schema(Call()), stream.glance(Call(page_size=300))
    assert (schema.key, schema.names, schema["late"].type) == (("id",), ("id", "late"), FieldType.DECIMAL)
    assert schema["late"].optional
    assert glance.names == ("id",)


def test_glance_is_spared_the_end_of_the_file(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"id": 1}\n' * 1000 + b'{"late": 1}\n{"cut')
    stream = Files(FilesConfig(path=path)).stream("a")
    assert stream.glance(Call(page_size=700)).names == ("id",)
    with pytest.raises(IncompleteResponseError):
        stream.schema(Call())


def test_key_must_be_a_field(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"ident": 1}\n')
    with pytest.raises(ConfigurationError) as caught:
        Files(FilesConfig(path=path, primary_key=("id",))).stream("a").schema(Call())
    assert caught.value.code == "files-key-missing"


def test_schema_is_not_made_of_nothing(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"")
    stream = Files(FilesConfig(path=path, primary_key=("id",))).stream("a")
    assert stream.glance(Call()).fields == ()
    with pytest.raises(ConfigurationError) as caught:
        stream.schema(Call())
    assert caught.value.code == "files-no-records"
