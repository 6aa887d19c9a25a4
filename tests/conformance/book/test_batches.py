"""Books of systems that take several records at once, envelope their failures, and ask by POST."""

from pathlib import Path

import pytest

from connector_sdk.conformance.book import Book, read_book, seeded, written
from connector_sdk.documents import DocumentError

BOOK = """
book: 1
connector: depot
provenance: {kind: sandbox, recorded: "2026-10-01"}
config: {base_url: "${SERVER}/api", api_key: "${SECRET:key}"}
exchanges:
  search:
    request: {POST: /api/search, headers: {X-Api-Key: "${SECRET:key}"}, json: {after: null}}
    response:
      json:
        status: SUCCESS
        hits:
          - {meta: {type: Item}, id: 003X000001, weight: 1.10, owner: {name: Ada, born: "1970-02-03"}}
          - {meta: {type: Item}, id: 003X000002, weight: 20, owner: null}
  store:
    request:
      PATCH: /api/items
      headers: {X-Api-Key: "${SECRET:key}"}
      json:
        records:
          - {meta: {type: Item}, id: 003X000001, weight: 1.10}
          - {meta: {type: Item}, id: 003X000002, weight: 2.20}
    response: {json: [{id: 003X000001, success: true}, {id: 003X000002, success: true}]}
  store.bad:
    kind: simulator
    request:
      PATCH: /api/items
      headers: {X-Api-Key: "${SECRET:key}"}
      json: {records: [{meta: {type: Item}, id: 003X000001, weight: -1}]}
    response: {json: [{id: 003X000001, success: false}]}
scenarios:
  read.Item.full: [search]
  write.Item: [store]
  write.Item.rejected: [store.bad]
roles:
  records: "$.hits[*]"
  phi: ["$.hits[*].owner"]
  ignore: [meta]
  failure_envelope: {path: $.status, value: FAILURE}
  input: "$.records[*]"
  key: [id]
  results: "$[*]"
  rejected: {path: success, value: false}
  id: "$.hits[*].id"
"""


def _read(folder: Path, *edits: tuple[str, str]) -> Book:
    text = BOOK
    for old, new in edits:
        assert old in text
        text = text.replace(old, new)
    (folder / "book.yaml").write_text(text, encoding="utf-8")
    return read_book(folder)


def test_records_of_a_batch_are_its_inputs_without_what_is_ignored(tmp_path: Path) -> None:
    book = _read(tmp_path)
    assert [written(each) for each in book.inputs("Item")] == [
        b'{"id":"003X000001","weight":1.10}',
        b'{"id":"003X000002","weight":2.20}',
    ]
    assert [written(each) for each in book.inputs("Item", "rejected")] == [b'{"id":"003X000001","weight":-1}']
    assert [each["weight"] for each in book.golden("Item")] == ["1.10", "20"]


def test_what_is_seeded_is_the_same_in_what_is_read_and_written(tmp_path: Path) -> None:
    book = seeded(_read(tmp_path), 11)
    ids = [each["id"] for each in book.golden("Item")]
    assert ids != ["003X000001", "003X000002"]
    assert [each["id"] for each in book.inputs("Item")] == ids
    assert [each["id"] for each in book.exchanges["store"].response] == ids
    owner = book.golden("Item")[0]["owner"]
    assert set(owner.values()) <= set(book.personal)
    assert book.golden("Item")[1]["owner"] is None
    assert book.config["api_key"] == book.exchanges["search"].headers["X-Api-Key"] == book.secrets[0]


def test_kinds_are_those_of_the_exchanges(tmp_path: Path) -> None:
    assert _read(tmp_path).facts.kinds == ("sandbox", "simulator")
    assert not any(each.issues_token for each in _read(tmp_path).exchanges.values())
    assert [each.is_write for each in _read(tmp_path).exchanges.values()] == [True, True, True]


@pytest.mark.parametrize(
    ("edits", "code"),
    [
        ([("success: false}]}", "success: true}]}")], "book-not-rejected"),
        ([('  results: "$[*]"\n', "")], "book-not-rejected"),
        ([('  input: "$.records[*]"\n', '  input: "$.rows[*]"\n')], "book-role"),
        ([("path: success,", "path: ok,")], "book-role"),
        ([("kind: simulator", "kind: documentation")], "book-provenance"),
        ([("ignore: [meta]", "ignore: [metadata]")], "book-role"),
    ],
)
def test_mistakes_in_them_are_told(edits: list[tuple[str, str]], code: str, tmp_path: Path) -> None:
    with pytest.raises(DocumentError) as caught:
        _read(tmp_path, *edits)
    assert code in [each.code for each in caught.value.diagnostics], caught.value.diagnostics


def test_a_refusal_may_be_told_by_the_envelope(tmp_path: Path) -> None:
    answer = "response: {json: [{id: 003X000001, success: false}]}"
    failure = ("response: {json: {status: FAILURE}}",)
    book = _read(tmp_path, (answer, *failure))
    assert book.scenario("write.Item.rejected")[0].succeeds
