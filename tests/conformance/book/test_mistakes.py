"""Every mistake in a book is told with its place, and with what to do."""

from pathlib import Path

import pytest

from connector_sdk.conformance.book import read_book
from connector_sdk.documents import DocumentError
from tests.conformance.book.library import ACME, copy_of

P1 = "    request: {GET: /samples}\n"
FULL = "read.samples.full: [token, samples.p1, samples.p2, samples.p3]"
MISTAKES = {
    "no method": (P1, "    request: {query: {a: b}}\n", "book-request", "request:", "no method and path"),
    "two methods": (P1, "    request: {GET: /a, PUT: /b}\n", "book-request", "request:", "2 methods"),
    "no slash": (P1, "    request: {GET: samples}\n", "book-request", "request:", "does not begin with /"),
    "query": (P1, '    request: {GET: "/a?b=c"}\n', "book-request", "request:", "holds a query"),
    "two bodies": (
        "response: {json: samples-2.json}",
        "response: {json: samples-2.json, body: text}",
        "book-request",
        "response:",
        "more than one body",
    ),
    "no file": ("json: samples-2.json", "json: sample-2.json", "book-file", "sample-2.json", "no such file"),
    "outside": ("json: samples-2.json", "json: ../samples-2.json", "book-file", "../s", "outside"),
    "absolute": ("json: samples-2.json", "json: /samples-2.json", "book-file", "/samples-2", "outside"),
    "part": (FULL, FULL.replace("full", "ful"), "book-scenario", "read.samples.ful", "no name of a scenario"),
    "verb": (FULL, FULL.replace("read", "raed"), "book-scenario", "raed.samples", "no name of a scenario"),
    "nothing listed": (FULL, "read.samples.full: []", "book-scenario", "read.samples.full", "lists nothing"),
    "no full": (
        f"  {FULL}\n  read.samples.delta: [token, samples.delta]",
        "  read.samples.delta: [token, samples.p1, samples.p2, samples.p3, samples.delta]",
        "book-scenario-missing",
        "read.samples.delta",
        "'read.samples.full'",
    ),
    "rejected alone": (
        "write.results: [token, results.1, results.2, results.3]",
        "write.values: [token, results.1, results.2, results.3]",
        "book-scenario-missing",
        "write.results.rejected",
        "'write.results'",
    ),
    "exchange unknown": (
        "samples.p1, samples.p2",
        "samples.p1, sample.p2",
        "book-exchange-unknown",
        "sample.p2",
        "no exchange 'sample.p2'",
    ),
    "exchange unused": (
        "write.results.rejected: [token, results.1, results.unknown_sample, results.3]",
        "write.results.rejected: [token, results.1, results.3]",
        "book-exchange-unused",
        "results.unknown_sample",
        "no scenario lists",
    ),
    "collection": (
        "  results: {id",
        "  result: {id",
        "book-collection",
        "result:",
        "reads or writes 'result'",
    ),
    "ambiguous": (
        "{GET: /samples, query: {cursor: p3}}",
        "{GET: /samples, query: {cursor: p2}}",
        "book-ambiguous",
        "samples.p3]",
        "'samples.p3' asks what 'samples.p2' asks",
    ),
    "ambiguous pattern": (
        "{GET: /samples, query: {cursor: p3}}",
        '{GET: /samples, query: {cursor: "${any}"}}',
        "book-ambiguous",
        "samples.p3]",
        "'samples.p3' asks what 'samples.p2' asks",
    ),
    "ambiguous body": (
        "json: {sample: S-0002, value: 0.0070}",
        "json: {value: 1.1, sample: S-0001}",
        "book-ambiguous",
        "results.2",
        "'results.2' asks what 'results.1' asks",
    ),
    "role": ("next: $.next", "next: $.nxt", "book-role", "$.nxt", "'$.nxt' leads to nothing"),
    "phi": ('"$.data[*].initials"', '"$.data[*].initial"', "book-role", '"$.data', "leads to nothing"),
    "ignored": (
        "  next: $.next",
        "  next: $.next\n  ignore: [links]",
        "book-role",
        "links]",
        "'links' leads",
    ),
    "no records": ('  records: "$.data[*]"\n', "", "book-role", "read.samples.full", "no role says"),
    "records": ('"$.data[*]"', '"$.date[*]"', "book-role", "read.samples.full", "no records at '$.date[*]'"),
    "input": ("key: [sample]", 'input: "$.a"', "book-role", "write.results:", "has records at '$.a'"),
    "key": ("key: [sample]", "key: [smple]", "book-role", "write.results:", "the key field 'smple'"),
    "rejected": (
        "key: [sample]",
        "key: [sample], rejected: {path: ok, value: false}",
        "book-role",
        "write.results:",
        "the role rejected",
    ),
    "not rejected": (
        "status: 422",
        "status: 200",
        "book-not-rejected",
        "write.results.rej",
        "nothing is ref",
    ),
    "placeholder": (
        'access_token: "${TOKEN}"',
        'access_token: "${TOKN}"',
        "book-placeholder",
        '"${TOKN',
        "no",
    ),
    "unclosed": (
        'access_token: "${TOKEN}"',
        'access_token: "${TOKEN"',
        "book-placeholder",
        '"${TO',
        "closed",
    ),
    "misplaced": ("{cursor: p3}", '{cursor: "${TOKEN}"}', "book-placeholder", '"${TOKEN}"}}', "in a request"),
    "no server": ('"${SERVER}"', '"https://a.example"', "book-placeholder", "config:", "no setting holds"),
    "no page": (
        '  source: "https://developer.lims.acme.example/api/2026-01"\n',
        "",
        "book-provenance",
        "documentation",
        "which page",
    ),
    "no address": (
        '"https://developer.lims.acme.example/api/2026-01"\n',
        "the vendor's pages\n",
        "book-provenance",
        "the vendor",
        "no address",
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_told_with_its_place(name: str, tmp_path: Path) -> None:
    old, new, code, marked, said = MISTAKES[name]
    folder = copy_of(tmp_path, (old, new))
    with pytest.raises(DocumentError) as caught:
        read_book(folder)
    found = next((each for each in caught.value.diagnostics if each.code == code), None)
    assert found, caught.value.diagnostics
    assert said in found.text
    assert found.hint
    lines = (folder / "book.yaml").read_text(encoding="utf-8").splitlines()
    assert found.path == str(folder / "book.yaml")
    assert lines[found.line - 1][found.column - 1 :].startswith(marked), (found, lines[found.line - 1])


@pytest.mark.parametrize(
    ("content", "said", "place"),
    [
        (b'{"data": [\n  {"id" 1}\n]}', "this is not JSON", (2, 9)),
        (b'{"data": [], "data": []}', "there twice", (0, 0)),
        (b'{"data": NaN}', "is not JSON", (0, 0)),
        (b'{"data": "\xff"}', "is not UTF-8", (0, 0)),
        (b"[" * 100_000, "nest", (0, 0)),
    ],
)
def test_a_file_that_is_no_json_is_told_with_its_place(
    content: bytes, said: str, place: tuple[int, int], tmp_path: Path
) -> None:
    folder = copy_of(tmp_path)
    (folder / "samples-2.json").write_bytes(content)
    with pytest.raises(DocumentError) as caught:
        read_book(folder)
    found = caught.value.diagnostics[0]
    assert (found.code, found.path) == ("book-json", str(folder / "samples-2.json"))
    assert said in found.text
    assert (found.line, found.column) == place


def test_a_total_that_the_records_contradict(tmp_path: Path) -> None:
    folder = copy_of(tmp_path, ('"total": 8', '"total": 9'), file="samples-2.json")
    with pytest.raises(DocumentError) as caught:
        read_book(folder)
    assert caught.value.code == "book-total"
    assert "8 records" in str(caught.value)


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    folder = copy_of(tmp_path, ("json: samples-2.json", "json: nowhere.json"), (FULL, f"raed.{FULL}"))
    with pytest.raises(DocumentError) as caught:
        read_book(folder)
    assert [each.code for each in caught.value.diagnostics] == ["book-file", "book-scenario"]


def test_a_misspelt_exchange_is_one_mistake_not_two(tmp_path: Path) -> None:
    with pytest.raises(DocumentError) as caught:
        read_book(copy_of(tmp_path, ("samples.p1, samples.p2", "samples.p1, sample.p2")))
    assert [each.code for each in caught.value.diagnostics] == ["book-exchange-unknown"]


def test_answers_that_are_meant_to_follow_each_other(tmp_path: Path) -> None:
    edits = ("  samples.p3:\n", "  samples.p3:\n    in_turn: true\n"), ("{cursor: p3}", "{cursor: p2}")
    assert read_book(copy_of(tmp_path, *edits)).exchanges["samples.p3"].in_turn


def test_a_book_without_its_document(tmp_path: Path) -> None:
    with pytest.raises(DocumentError) as caught:
        read_book(tmp_path)
    assert caught.value.code == "document-missing"


def test_an_unknown_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DocumentError) as caught:
        read_book(copy_of(tmp_path, ("clock:", "clok:")))
    assert caught.value.code == "unknown-key"


def test_no_path_of_json(tmp_path: Path) -> None:
    with pytest.raises(DocumentError) as caught:
        read_book(copy_of(tmp_path, ("next: $.next", "next: $..next")))
    assert caught.value.code == "invalid-value"
    assert "$.data[*].id" in str(caught.value)


def test_the_example_has_no_mistake() -> None:
    assert read_book(ACME).files == (
        "book.yaml",
        *(f"samples-{part}.json" for part in ("1", "2", "3", "delta")),
    )
