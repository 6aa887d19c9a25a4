"""The example: a book for the tutorial's connector."""

from pathlib import Path

from connector_sdk.conformance.book import read_book, seeded, written

ACME = Path(__file__).parents[1] / "books" / "acme"


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
