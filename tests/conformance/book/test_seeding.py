"""One run's values: others than the book's, of the same shape, and the same wherever the old ones stood."""

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from random import Random
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from connector_sdk.conformance.book import Book, Roles, SeededBook, parse, read_book, seeded, written
from connector_sdk.conformance.book.alike import can_vary, others, shape_of
from connector_sdk.conformance.book.canaries import Canaries
from connector_sdk.decode.strict import Number
from tests.conformance.book.library import ACME

BOOK = read_book(ACME)
SEEDS = st.integers(0, 2**32)
IDS = st.from_regex(r"[A-Za-z0-9]{1,8}([-_./ ][A-Za-z0-9]{1,6}){0,3}", fullmatch=True) | st.uuids().map(str)


def _book(roles: Roles, answer: bytes, **changes: object) -> Book:
    """Return a book whose first page is this answer."""
    page = replace(BOOK.exchanges["samples.p1"], response=parse(answer), **changes)
    scenarios = {"read.samples.full": ("token", page.name)}
    exchanges = {"token": BOOK.exchanges["token"], page.name: page}
    return replace(BOOK, exchanges=exchanges, scenarios=scenarios, base_roles=roles, own_roles={})


def _page(book: SeededBook) -> bytes:
    return book.exchanges["samples.p1"].answer


@given(st.sets(IDS, max_size=30), SEEDS)
@example({f"S-{number:03}" for number in range(1_000)}, 1)
@example({f"{number:05}" for number in range(9_000, 11_000)}, 1)
def test_identifiers_get_others_of_their_shape_no_two_alike_in_their_order(ids: set[str], seed: int) -> None:
    made = others(ids, Random(seed))
    assert made.keys() == ids
    assert len(set(made.values())) == len(ids)
    shapes: dict[tuple[str, ...], list[str]] = {}
    for old, new in sorted(made.items()):
        assert shape_of(new) == shape_of(old)
        assert [_kind(char) for char in new] == [_kind(char) for char in old]
        shapes.setdefault(shape_of(old), []).append(new)
    assert all(new == sorted(new) for new in shapes.values())


def _kind(char: str) -> str:
    return "0" if char.isdecimal() else "a" if char.islower() else "A" if char.isupper() else char


def test_what_an_identifier_tells_stays() -> None:
    made = others(["S-0001", "0071234", "71234", "6f9619ff-8b86-4011-b42d-00c04fc964ff"], Random(1))
    assert made["S-0001"].startswith("S-")
    assert made["0071234"].startswith("0")
    assert made["71234"][0] != "0"
    again = UUID(made["6f9619ff-8b86-4011-b42d-00c04fc964ff"])
    assert (again.version, again.variant) == (4, UUID("6f9619ff-8b86-4011-b42d-00c04fc964ff").variant)


@pytest.mark.parametrize(
    ("text", "varies"),
    [
        ("S-0001", True),
        ("12345", True),
        ("00Q5g00000AbCdE", True),
        ("S-1", False),
        ("1234", False),
        ("pending", False),
        ("2026-01-01", False),
        ("2026-01-01T10:00:00Z", False),
        ("https://a.example/12345", False),
        ("${any}12345", False),
        ("", False),
    ],
)
def test_only_what_is_an_identifier_and_nothing_else_gets_another(text: str, varies: bool) -> None:
    assert can_vary(text) is varies


@given(SEEDS)
def test_the_whole_book_stays_consistent_and_as_it_was_otherwise(seed: int) -> None:
    book = seeded(BOOK, seed)
    before, after = BOOK.golden("samples"), book.golden("samples")
    ids = {old["id"]: new["id"] for old, new in zip(before, after, strict=True)}
    assert len(set(ids.values())) == len(ids)
    for old, new in zip(before, after, strict=True):
        assert list(old) == list(new)
        assert new["updated_at"] == old["updated_at"]
        assert (new["initials"] is None) is (old["initials"] is None)
        assert new["initials"] != old["initials"] or old["initials"] is None
    assert after[0]["initials"] == after[5]["initials"], "the same person, as before"
    assert book.golden("samples", "delta")[0] == after[-1], "the row of the boundary is met again"
    assert [each["sample"] for each in book.inputs("results")] == [
        ids[each["sample"]] for each in BOOK.inputs("results")
    ]
    assert [each["value"] for each in book.inputs("results")] == [
        "1.10",
        "0.0070",
        "123456789012345678901234.5",
    ]
    assert book.exchanges["token"] == BOOK.exchanges["token"]
    assert book.scenarios == BOOK.scenarios


@given(st.lists(st.sampled_from(["S-0001", "S-0002", "A-77-B", "93417"]), min_size=1, max_size=6), SEEDS)
def test_an_identifier_is_replaced_wherever_it_stands(ids: list[str], seed: int) -> None:
    records = ",".join(f'{{"id":"{each}"}}' for each in ids)
    text = " ".join(f"({each}) x{each} {each}x {each}-{each};" for each in ids)
    links = ",".join(f'"/samples/{each}?after={each}"' for each in ids)
    inner = ",".join(f'"{each}":{{"of":"{each}"}}' for each in dict.fromkeys(ids))
    answer = f'{{"data":[{records}],"text":"{text}","links":[{links}],"inner":{{{inner}}}}}'.encode()
    book = _book(
        Roles(records="$.data[*]", id="$.data[*].id"),
        answer,
        path=f"/samples/{ids[0]}",
        query={"after": ids[0]},
        response_headers={"Location": f"/samples/{ids[0]}"},
    )
    new = seeded(book, seed)
    made = dict(zip(ids, [each["id"] for each in new.golden("samples")], strict=False))
    page = new.exchanges["samples.p1"]
    assert page.path == f"/samples/{made[ids[0]]}" == page.response_headers["Location"]
    assert page.query == {"after": made[ids[0]]}
    expected = re.sub(
        r"(?<![A-Za-z0-9])(S-0001|S-0002|A-77-B|93417)(?![A-Za-z0-9])",
        lambda found: made[found[0]],
        answer.decode(),
    )
    assert _page(new).decode() == expected


def test_whole_numbers_that_identify_are_replaced_and_other_numbers_are_not() -> None:
    roles = Roles(records="$.data[*]", id="$.data[*].id", total="$.total")
    answer = b'{"data":[{"id":93417,"n":1.10},{"id":7,"n":93417.0}],"parent":93417,"total":2,"big":1e400}'
    page = _page(seeded(_book(roles, answer), 3))
    new = re.match(rb'{"data":\[{"id":([1-9][0-9]{4}),', page)
    assert new
    assert new[1] != b"93417"
    assert page == answer.replace(b'"id":93417', b'"id":' + new[1]).replace(
        b'"parent":93417', b'"parent":' + new[1]
    )


def test_what_is_a_cursor_or_a_total_too_stays() -> None:
    roles = Roles(records="$.data[*]", id="$.data[*].id", cursor="$.data[*].seq", total="$.total")
    answer = b'{"data":[{"id":"K-10001","seq":"K-10001"},{"id":50002,"seq":2}],"total":50002}'
    assert _page(seeded(_book(roles, answer), 3)) == answer


@given(
    st.from_regex(r"-?(0|[1-9][0-9]{0,35})(\.[0-9]{1,30})?([eE][+-]?[0-9]{1,3})?", fullmatch=True),
    SEEDS,
)
def test_personal_numbers_keep_their_length_and_magnitude(number: str, seed: int) -> None:
    canary = Canaries(Random(seed)).of(Number(number))
    assert type(canary) is Number
    assert re.sub(r"[0-9]", "9", canary) == re.sub(r"[0-9]", "9", number)
    assert re.search(r"[eE].*|$", canary)[0] == re.search(r"[eE].*|$", number)[0]  # type: ignore[index]
    assert (canary.lstrip("-")[0] == "0") is (number.lstrip("-")[0] == "0")
    old, new = Decimal(number), Decimal(canary)
    assert old.as_tuple().exponent == new.as_tuple().exponent
    if abs(old) >= 1 and "e" not in number.lower():
        assert old.adjusted() == new.adjusted()


@given(st.sets(st.text(min_size=1).filter(lambda text: not text.isdecimal() and "@" not in text)), SEEDS)
def test_personal_texts_become_canaries_no_two_alike(texts: set[str], seed: int) -> None:
    canaries = Canaries(Random(seed))
    made = {text: canaries.of(text) for text in sorted(texts)}
    assert len(set(made.values())) == len(texts)
    assert made == {text: canaries.of(text) for text in texts}
    assert set(made.values()) <= set(canaries.telling)


@given(st.dates(), SEEDS)
def test_a_personal_date_becomes_another_one_in_the_past(day: date, seed: int) -> None:
    canaries = Canaries(Random(seed))
    for text in (day.isoformat(), f"{day.isoformat()}T10:11:12.1+02:00"):
        made = canaries.of(text)
        assert made != text
        assert date.fromisoformat(made[:10]) < date(1970, 1, 1)
        assert made[10:] == text[10:]


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)), SEEDS)
def test_a_personal_date_without_dashes_becomes_another_one(day: date, seed: int) -> None:
    made = Canaries(Random(seed)).of(f"{day:%Y%m%d}")
    assert date(int(made[:4]), int(made[4:6]), int(made[6:])) < date(1970, 1, 1)


@given(st.from_regex(r"[0-9]{1,30}", fullmatch=True), SEEDS)
def test_personal_digits_stay_digits(text: str, seed: int) -> None:
    made = Canaries(Random(seed)).of(text)
    assert made != text
    assert len(made) == len(text)
    assert made.isdecimal()


@pytest.mark.parametrize("value", [None, True, False, ""])
def test_what_says_nothing_about_anybody_stays(value: object) -> None:
    assert Canaries(Random(1)).of(value) is value


def test_an_address_stays_an_address() -> None:
    assert re.fullmatch(r"phi-[0-9a-f]{12}@lab\.example", Canaries(Random(1)).of("anna@lab.example"))


def test_only_what_nobody_meets_by_chance_tells_a_leak() -> None:
    canaries = Canaries(Random(1))
    made = [canaries.of(text) for text in ("1970", "AB", "12345678", Number("123456789"), Number("7"))]
    assert canaries.telling == [made[1], made[2], made[3]]


def test_everything_below_a_personal_path_is_replaced_and_nothing_else() -> None:
    roles = Roles(records="$.data[*]", id="$.data[*].id", phi=("$.data[*].who", "$.data[*].id"))
    answer = (
        b'{"data":[{"id":"S-0001","who":{"name":"A","born":"1980-01-02","ids":["S-0001",null]},"what":"A"}]}'
    )
    book = seeded(_book(roles, answer), 5)
    [record] = book.golden("samples")
    assert record["what"] == "A"
    assert record["who"]["ids"] == [record["id"], None]
    assert re.fullmatch(r"S-\d{4}", record["id"])
    assert re.fullmatch(r"PHI-[0-9a-f]{12}", record["who"]["name"])
    assert date.fromisoformat(record["who"]["born"])
    assert {record["id"], record["who"]["name"], record["who"]["born"]} == set(book.personal)


@pytest.mark.parametrize("number", ["1.10", "1e400", "-0.0", "123456789012345678901234567890", "1E-7"])
def test_numbers_survive_byte_for_byte(number: str) -> None:
    answer = f'{{"data":[{{"id":"S-0001","value":{number}}}],"other":[{number}]}}'.encode()
    book = seeded(_book(Roles(records="$.data[*]"), answer), 1)
    assert _page(book) == answer
    assert written(book.golden("samples")[0]) == f'{{"id":"S-0001","value":{number}}}'.encode()


def test_secrets_are_filled_in_and_known_and_the_rest_is_left() -> None:
    page = replace(
        BOOK.exchanges["samples.p1"],
        headers={"X-Key": "key ${SECRET:static} ${any}"},
        query={"s": "${SECRET}"},
        response=parse(b'{"next": "${SERVER}/x", "data": []}'),
    )
    config = {**BOOK.config, "nested": [{"key": "${SECRET:static}"}]}
    book = seeded(replace(BOOK, config=config, exchanges={**BOOK.exchanges, page.name: page}), 9)
    plain, static = book.secrets
    assert plain != static
    assert book.config["client_secret"] == plain
    assert book.config["base_url"] == "${SERVER}"
    assert book.config["nested"] == [{"key": static}]
    new = book.exchanges["samples.p1"]
    assert new.headers == {"X-Key": f"key {static} ${{any}}"}
    assert new.query == {"s": plain}
    assert new.answer == b'{"next":"${SERVER}/x","data":[]}'
    assert all(len(secret) >= 32 for secret in book.secrets)


def test_a_body_that_is_no_json_is_seeded_as_text_and_bytes_stay() -> None:
    exchanges = dict(BOOK.exchanges)
    exchanges["samples.p2"] = replace(
        exchanges["samples.p2"], response=b"id;value\nS-0001;1.10\n", answers_json=False
    )
    exchanges["samples.p3"] = replace(exchanges["samples.p3"], response=b"S-0001 \xff", answers_json=False)
    book = seeded(replace(BOOK, exchanges=exchanges), 4)
    new = book.golden("samples")[0]["id"]
    assert book.exchanges["samples.p2"].answer == f"id;value\n{new};1.10\n".encode()
    assert book.exchanges["samples.p3"].answer == b"S-0001 \xff"


def test_what_is_ignored_is_in_no_record() -> None:
    roles = Roles(records="$.data[*]", ignore=("attributes",))
    answer = b'{"data":[{"attributes":{"type":"x"},"id":"S-0001"}]}'
    book = seeded(_book(roles, answer), 1)
    assert book.golden("samples") == [{"id": "S-0001"}]
    assert _page(book) == answer


def test_a_moment_stays_whatever_digits_it_has() -> None:
    answer = b'{"data":[{"id":"93417","at":"2026-01-01T10:00:00.93417+00:00"}]}'
    [record] = seeded(_book(Roles(records="$.data[*]", id="$.data[*].id"), answer), 2).golden("samples")
    assert record["id"] != "93417"
    assert record["at"] == "2026-01-01T10:00:00.93417+00:00"


def test_what_an_error_holds_is_no_record() -> None:
    roles = Roles(records="$.data[*]")
    assert seeded(_book(roles, b'{"data":[{"id":"S-0001"}]}', status=503), 1).golden("samples") == []
