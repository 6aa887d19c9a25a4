"""Where reading goes on: after growth, after replacement, after an edit, and while somebody writes."""

import os
import tracemalloc
from pathlib import Path

import pytest
from connector_files import Files, FilesConfig

from connector_sdk.connector import Call
from connector_sdk.errors import ConfigurationError, IncompleteResponseError

LINE = b'{"id": %d}\n'


def lines(first: int, last: int) -> bytes:
    return b"".join(LINE % number for number in range(first, last + 1))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "a.jsonl"
    path.write_bytes(lines(1, 3))
    return path


def test_unchanged_file_gives_no_page(path, pages):
    (page,) = pages(path)
    assert pages(path, page.cursor) == []


@pytest.mark.req("G1")
def test_growth_is_read_and_nothing_twice(path, pages):
    (page,) = pages(path)
    path.write_bytes(lines(1, 5))
    (more,) = pages(path, page.cursor)
    assert list(more.records) == lines(4, 5).splitlines()
    assert (more.first, more.restarted) == (4, False)
    assert more.cursor["records"] == 5
    assert more.cursor["offset"] == path.stat().st_size


@pytest.mark.req("G1")
@pytest.mark.parametrize(
    "content",
    [lines(1, 2), b'{"id": 9}\n' + lines(2, 4), lines(1, 3)[:-2] + b" }\n" + lines(4, 4), lines(4, 9)],
    ids=["shorter", "edited", "edited at the end", "replaced"],
)
def test_another_beginning_starts_anew_and_says_so(path, pages, content):
    (page,) = pages(path)
    path.write_bytes(content)
    read = pages(path, page.cursor, page_size=2)
    assert [record for each in read for record in each.records] == content.splitlines()
    assert [each.restarted for each in read] == [True] + [False] * (len(read) - 1)
    assert read[0].first == 1
    assert not any(each.restarted for each in pages(path, read[0].cursor, page_size=2))


@pytest.mark.parametrize(("name", "head"), [("a.jsonl", b""), ("a.csv", b"id,name\n")])
@pytest.mark.parametrize("line_break", [b"\n", b"\r\n"])
def test_line_break_written_later_belongs_to_the_last_record(tmp_path, pages, name, head, line_break):
    path = tmp_path / name
    one, two = (b"1,a", b"2,b") if head else (b'{"id": 1}', b'{"id": 2}')
    path.write_bytes(head + one)
    (page,) = pages(path)
    path.write_bytes(head + one + line_break)
    assert pages(path, page.cursor) == []
    path.write_bytes(head + one + line_break + two + line_break)
    (more,) = pages(path, page.cursor)
    assert not more.restarted
    assert len(more.records) == 1
    assert more.cursor["offset"] == path.stat().st_size


@pytest.mark.req("G1")
def test_last_line_that_went_on_is_read_again(tmp_path, pages):
    path = tmp_path / "a.csv"
    path.write_bytes(b"id,name\n1,ab")
    (page,) = pages(path)
    path.write_bytes(b"id,name\n1,abcd\n")
    (more,) = pages(path, page.cursor)
    assert more.restarted
    assert list(more.records) == [{"id": "1", "name": "abcd"}]


def emptied(kind: str, xport) -> tuple[bytes, bytes]:
    """A file of two records, and the same file without any."""
    if kind == "jsonl":
        return lines(1, 2), b""
    if kind == "blank.jsonl":
        return lines(1, 2), b"\n\n"
    if kind == "csv":
        return b"id\n1\n2\n", b"id\n"
    variables = [("ID", False, 80, "")]
    return xport(("A", variables, b"1".ljust(80) + b"2".ljust(80))), xport(("A", variables, b""))


@pytest.mark.req("G1")
@pytest.mark.parametrize("kind", ["jsonl", "blank.jsonl", "csv", "xpt"])
def test_a_file_that_lost_all_its_records_says_so(tmp_path, pages, xport, kind):
    path = tmp_path / f"a.{kind}"
    full, empty = emptied(kind, xport)
    path.write_bytes(full)
    (page,) = pages(path)
    path.write_bytes(empty)
    (gone,) = pages(path, page.cursor)
    assert (list(gone.records), gone.first, gone.restarted) == ([], 1, True)
    assert pages(path, gone.cursor) == []
    path.write_bytes(full)
    (back,) = pages(path, gone.cursor)
    assert (len(back.records), back.restarted) == (2, False)


def begun(path: Path, page_size: int = 1):
    reading = Files(FilesConfig(path=path)).stream("a").read(Call(page_size=page_size), None)
    next(reading)
    return reading


def touch(path: Path, content: bytes) -> None:
    """Write in place and make sure that the time moves on, however coarse the file system counts."""
    before = path.stat().st_mtime_ns
    with path.open("r+b") as file:
        file.write(content)
        file.truncate()
    os.utime(path, ns=(before + 1_000_000_000, before + 1_000_000_000))


@pytest.mark.req("G1")
@pytest.mark.parametrize("content", [lines(1, 1), b'{"id": 7}\n' + lines(2, 3), b'{"id": 7}\n' + lines(2, 9)])
def test_change_while_reading_is_an_error(tmp_path, content):
    path = tmp_path / "a.jsonl"
    path.write_bytes(lines(1, 3))
    reading = begun(path)
    touch(path, content)
    with pytest.raises(IncompleteResponseError) as caught:
        list(reading)
    assert caught.value.code in {"files-changed", "files-cut"}


def test_change_of_what_was_read_long_ago_is_an_error(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_bytes(lines(1, 50_000))
    reading = begun(path, 100)
    touch(path, b'{"id": 7}\n' + lines(2, 50_000))
    with pytest.raises(IncompleteResponseError) as caught:
        list(reading)
    assert caught.value.code == "files-changed"


def test_shrinking_while_reading_is_an_error_before_another_page(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_bytes(lines(1, 50_000))
    reading = begun(path, 100)
    os.truncate(path, len(lines(1, 40_000)))
    with pytest.raises(IncompleteResponseError) as caught:
        next(reading)
    assert caught.value.code == "files-changed"


def test_growth_while_reading_is_left_for_the_next_run(tmp_path, pages):
    path = tmp_path / "a.jsonl"
    path.write_bytes(lines(1, 3))
    reading = begun(path)
    touch(path, lines(1, 4))
    *_, last = reading
    assert last.cursor["records"] == 3
    assert list(pages(path, last.cursor)[0].records) == [b'{"id": 4}']


def test_touching_without_change_is_no_error(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_bytes(lines(1, 3))
    reading = begun(path)
    touch(path, lines(1, 3))
    assert len(list(reading)) == 2


@pytest.mark.parametrize("cursor", [7, {}, {"offset": -1, "records": 0, "sha256": ""}, {"offset": "1"}])
def test_foreign_cursor_is_refused(path, pages, cursor):
    with pytest.raises(ConfigurationError) as caught:
        pages(path, cursor)
    assert caught.value.code == "files-cursor"


def test_memory_stays_flat(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"id": "%s"}\n' % (b"x" * 200) * 100_000)
    tracemalloc.start()
    for page in Files(FilesConfig(path=path)).stream("a").read(Call(page_size=100), None):
        assert page.records
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4 << 20
