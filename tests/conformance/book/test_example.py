"""The example: a book for the tutorial's connector."""

from pathlib import Path

from connector_sdk.conformance.book import read_book, seeded, written
from tests.conformance.book.library import ACME, copy_of


def test_the_example_says_what_is_read_and_what_is_written() -> None:
    book = read_book(ACME)
    assert (book.connector, book.streams, book.sinks) == ("acme", ("samples",), ("results",))
    assert [written(each) for each in book.golden("samples")][1] == (
        b'{"id":"S-0002","updated_at":"2026-11-01T09:30:00.123456Z","initials":null}'
    )
    assert [each["id"] for each in book.golden("samples")] == [f"S-000{number}" for number in range(1, 9)]
    assert [each["id"] for each in book.golden("samples", "delta")] == ["S-0008", "S-0009"]
    assert [written(each) for each in book.inputs("results")] == [
        b'{"sample":"S-0001","value":1.10}',
        b'{"sample":"S-0002","value":0.0070}',
        b'{"sample":"S-0004","value":123456789012345678901234.5}',
    ]


def test_the_same_seed_gives_the_same_values_and_another_one_others() -> None:
    book = read_book(ACME)
    one, again, other = seeded(book, 7), seeded(book, 7), seeded(book, 8)
    assert one == again
    assert one.golden("samples") != other.golden("samples")
    assert set(one.secrets).isdisjoint(other.secrets)
    assert one.digest == other.digest == book.digest


def test_the_digest_is_about_every_file(tmp_path: Path) -> None:
    folder = copy_of(tmp_path, ('"GH"', '"GI"'), file="samples-3.json")
    assert read_book(folder).digest != read_book(ACME).digest


def test_an_exchange_may_have_a_source_of_its_own() -> None:
    book = read_book(ACME)
    page = "https://developer.lims.acme.example/api/2026-01"
    assert book.facts.sources == (page, f"{page}/results", f"{page}/samples")
    assert (book.facts.kinds, book.facts.recorded, book.facts.api_version) == (
        ("documentation",),
        "2026-11-22",
        "2026-01",
    )


def test_an_exchange_that_is_listed_twice_has_its_records_once(tmp_path: Path) -> None:
    again = copy_of(tmp_path, ("samples.p2, samples.p3]", "samples.p2, samples.p2, samples.p3]"))
    assert read_book(again).golden("samples") == read_book(ACME).golden("samples")
