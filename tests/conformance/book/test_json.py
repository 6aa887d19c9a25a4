"""JSON trees and paths: nothing changes but what is meant to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector_sdk.conformance.book import Number, changed, find, parse, put, written
from connector_sdk.conformance.book.json_tree import leaves
from connector_sdk.errors import RecordError

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
NUMBERS = st.from_regex(r"-?(0|[1-9][0-9]{0,40})(\.[0-9]{1,40})?([eE][+-]?[0-9]{1,4})?", fullmatch=True)
TREES = st.recursive(
    st.none() | st.booleans() | TEXTS | NUMBERS.map(Number),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=20,
)


@given(TREES)
def test_a_tree_is_written_and_read_as_it_is(tree: object) -> None:
    text = written(tree)
    again = parse(text)
    assert again == tree
    assert [type(leaf) for _, leaf in leaves(again)] == [type(leaf) for _, leaf in leaves(tree)]
    assert written(again) == text


@pytest.mark.parametrize(
    "number", ["1.10", "1e400", "-0", "-0.0", "123456789012345678901234567890", "1E+2", "0.00000001"]
)
def test_numbers_are_kept_as_they_are_spelled(number: str) -> None:
    text = f'{{"value":{number}}}'.encode()
    assert written(parse(text)) == text


@pytest.mark.parametrize("text", [b'{"a":1,"a":2}', b"[NaN]", b'"\\ud800"', b"", b"\xff", b"01"])
def test_what_is_no_json_is_refused(text: bytes) -> None:
    with pytest.raises(RecordError):
        parse(text)


def test_only_numbers_that_are_spelled_can_be_written() -> None:
    with pytest.raises(TypeError):
        written({"value": 1.5})


TREE = parse(b'{"a": [{"b": 1, "c.d": 2}, {"b": null}], "": {"x": "y"}, "e": {"k": [1, 2], "l": [3]}}')


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("$", [TREE]),
        ("$.a[*].b", ["1", None]),
        ("$.a[1]", [{"b": None}]),
        ("$['a'][0]['c.d']", ["2"]),
        ("a[0].b", ["1"]),
        ("[*]", list(TREE.values())),
        ("$['']['x']", ["y"]),
        ("$.e[*][*]", ["1", "2", "3"]),
        ("$.a[2]", []),
        ("$.a.b", []),
        ("$.e[0]", []),
        ("$.a[*].b.c", []),
    ],
)
def test_a_path_leads_to_what_stands_there(path: str, found: list[object]) -> None:
    assert find(TREE, path) == found


@pytest.mark.parametrize("path", ["$..a", "$.a[", "$.a[-1]", "$.a[?(@.b)]", "$.*", "", "$a"])
def test_what_is_no_path_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match=r"\$\.data"):
        find(TREE, path)


@given(TREES, st.sampled_from(["$", "$[*]", "$.a", "$[0]", "$.a[*].b", "$[*][*]", "$[*].a[0]"]))
def test_what_is_changed_is_what_is_found_and_nothing_else(tree: object, path: str) -> None:
    met: list[object] = []
    same = changed(tree, path, lambda value: (met.append(value), value)[1])
    assert same == tree
    assert met == find(tree, path)
    other = changed(tree, path, lambda _: "other")
    assert find(other, path) == ["other"] * len(met)


def test_a_member_that_is_missing_can_be_put_there() -> None:
    assert put({"a": {}}, "$.a.b", "x") == {"a": {"b": "x"}}
    assert put({"a": {"b": "y"}}, "$.a.b", "x") == {"a": {"b": "x"}}
    assert put({"a": {}}, "$.b.c", "x") == {"a": {}}
    assert put([{}, {"c": "y"}], "$[*].c", "x") == [{"c": "x"}, {"c": "x"}]
    assert put(["a", "b"], "$[1]", "x") == ["a", "x"]
    assert put("a", "$", "x") == "x"
