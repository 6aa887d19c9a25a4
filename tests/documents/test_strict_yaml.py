"""The dialect: what words mean, what is refused, and that nothing is read otherwise than other readers do."""

import datetime as dt
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from connector_sdk.documents import DocumentError, load, load_leniently
from connector_sdk.documents.nodes import MAX_PROBLEMS
from connector_sdk.documents.strict_yaml import MAX_DEPTH, MAX_VALUES, read_yaml

pytestmark = pytest.mark.slow


def value_of(text: str) -> Any:
    root, problems, _ = read_yaml(text)
    assert root is not None
    assert problems == []
    return root.plain()


def codes_of(text: str) -> list[str]:
    return [problem.code for problem in read_yaml(text)[1]]


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("true", True),
        ("false", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("0", 0),
        ("-7", -7),
        ("12345678901234567890123456789", 12345678901234567890123456789),
        ("1.10", Decimal("1.10")),
        ("-0.50", Decimal("-0.50")),
        ("123456789012345678901234567890.1200", Decimal("123456789012345678901234567890.1200")),
        ("2026-01-01", "2026-01-01"),
        ("2026-01-01T09:30:00Z", "2026-01-01T09:30:00Z"),
        ("Y", "Y"),
        ("n", "n"),
        ("'012'", "012"),
        ('"NO"', "NO"),
        ("1.2.3", "1.2.3"),
        ("10.0.0.1:8080", "10.0.0.1:8080"),
        ("5%", "5%"),
        ('"\\ud83d\\ude00"', "😀"),
    ],
)
def test_words_mean_what_they_look_like(word: str, value: Any) -> None:
    found = value_of(f"a: {word}\n")["a"]
    assert found == value
    assert type(found) is type(value)
    assert str(found) == str(value), "a decimal keeps its digits"


AMBIGUOUS = (
    *(
        "012",
        "-012",
        "08",
        "00",
        "0_1",
        "1_000",
        "+1",
        "-0",
        "0x1F",
        "0X1f",
        "0o17",
        "0b11",
        "00.5",
        ".5",
        "1.",
    ),
    *("1e3", "1E3", "1.5e3", "1.5E-3", "1:30", "12:30:45", "01:30", ".inf", "-.Inf", ".NaN", "="),
    *("yes", "Yes", "YES", "no", "NO", "on", "On", "OFF", "off", "True", "TRUE", "False", "Null", "NULL"),
)


@pytest.mark.parametrize("word", AMBIGUOUS)
def test_words_that_readers_disagree_about_are_refused(word: str) -> None:
    assert codes_of(f"a: {word}\n") == ["yaml-ambiguous-scalar"]
    assert codes_of(f"{word}: a\n") == ["yaml-ambiguous-scalar"]
    assert codes_of(f"a: '{word}'\n") == []


def test_numbers_too_long_for_an_integer_are_refused() -> None:
    assert codes_of("a: " + "1" * 5000) == ["yaml-ambiguous-scalar"]


@settings(deadline=None)
@given(st.text(alphabet="0123456789+-_.:eExXobnNyYaAfFtTrRuUlLsSiI~=", min_size=1, max_size=8))
def test_what_is_accepted_is_read_alike_by_everybody(word: str) -> None:
    root, problems, _ = read_yaml(f"a: {word}\n")
    if root is None or problems or word in set("yYnN"):
        return
    ours = root.plain()
    try:
        theirs = yaml.safe_load(f"a: {word}\n")
    except (ValueError, OverflowError):
        return
    if not isinstance(ours, dict) or ours.keys() != {"a"} or not isinstance(theirs, dict):
        assert ours == theirs
    elif isinstance(theirs["a"], float):
        assert float(ours["a"]) == theirs["a"]
        assert isinstance(ours["a"], Decimal)
    elif not isinstance(theirs["a"], dt.date):
        assert ours == theirs


TEXT = st.text(st.characters(exclude_categories=["Cs"]))
KEYS = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
"""YAML allows a key 1024 characters on its line, escapes counted."""

PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.decimals(allow_nan=False, allow_infinity=False).map(lambda number: f"{number:f}")
    | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=20,
)


class Quoting(yaml.SafeDumper):
    """Writes all text in quotes."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


Quoting.add_representer(
    str, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"')
)


@settings(deadline=None)
@given(st.dictionaries(KEYS, PLAIN, min_size=1, max_size=4))
def test_quoted_data_comes_back(data: dict[str, Any]) -> None:
    block = yaml.dump(data, Dumper=Quoting, allow_unicode=False, default_flow_style=False, width=2**20)
    flow = yaml.dump(data, Dumper=Quoting, allow_unicode=False, default_flow_style=True, width=60)
    assert value_of(block) == data
    assert value_of(flow) == data


@settings(deadline=None)
@given(st.dictionaries(KEYS, PLAIN, min_size=1, max_size=4))
def test_json_is_read_as_json(data: dict[str, Any]) -> None:
    # DEL is the one control character that JSON need not escape.
    assert value_of(json.dumps(data).replace("\x7f", "\\u007f")) == data


@settings(deadline=None)
@given(text=st.text(alphabet=st.sampled_from("ab:-?[]{},&*!|>'\"%@`#\n \t\\x0\r\u2028<~.1")))
def test_any_text_is_read_or_refused(text: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.getbasetemp() / "any.yaml"
    path.write_bytes(text.encode())
    try:
        load(path)
    except DocumentError as error:
        lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        for found in error.diagnostics:
            assert 1 <= found.line <= len(lines)
            assert 1 <= found.column <= len(lines[found.line - 1]) + 1


def test_nesting_is_bounded() -> None:
    assert codes_of("a: " + "[" * MAX_DEPTH + "]" * MAX_DEPTH) == []
    assert codes_of("a: " + "[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1)) == ["yaml-too-deep"]
    assert codes_of("a: " + "[" * 100_000) == ["yaml-too-deep"]


def test_the_number_of_values_is_bounded() -> None:
    assert codes_of("a: [" + "1," * (MAX_VALUES + 1) + "]") == ["document-too-large"]


def test_the_number_of_problems_is_bounded() -> None:
    assert codes_of("a:\n" + " - 012\n" * (MAX_PROBLEMS + 50)) == ["yaml-ambiguous-scalar"] * MAX_PROBLEMS
    assert codes_of("\x07\n" * (MAX_PROBLEMS + 50)) == ["yaml-character"] * MAX_PROBLEMS


def test_what_was_found_before_bad_syntax_is_told_too() -> None:
    expected = ["yaml-ambiguous-scalar", "yaml-ambiguous-scalar", "yaml-duplicate-key", "yaml-syntax"]
    assert codes_of("a: 012\na: NO\nb: [\n") == expected


def test_a_lenient_reader_still_sees_the_structure(tmp_path: Path) -> None:
    path = tmp_path / "p.yaml"
    path.write_text("a: 012\nb: {c: 1, c: 2}\n")
    assert load_leniently(path).value == {"a": "012", "b": {"c": 1}}
    with pytest.raises(DocumentError, match=r"p\.yaml:1:4: yaml-ambiguous-scalar: .*\(and 1 more\)$"):
        load(path)
