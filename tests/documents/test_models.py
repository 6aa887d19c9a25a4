"""What models accept from documents, and that wrong keys and kinds are found wherever they are."""

import datetime as dt
import ipaddress
import uuid
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal

import pytest
from pydantic import BaseModel, HttpUrl, ValidationError

from connector_sdk.config import Config, LocalPath, Secret
from connector_sdk.documents import Diagnostic, DocumentError, load
from connector_sdk.errors import ConfigurationError


class Color(StrEnum):
    RED = "red"
    BLUE = "blue"


class Inner(Config):
    numbers: tuple[int, ...] = ()
    below: "Inner | None" = None


class Everything(Config):
    """Field names include words that core schemas use themselves."""

    text: str = ""
    whole: int = 0
    exact: Decimal = Decimal(0)
    binary: float = 0.0
    switch: bool = False
    anything: Any = None
    either: int | Decimal | str | bool | None = None
    color: Color = Color.RED
    colors: list[Color] = []  # noqa: RUF012  # pydantic copies it
    type: Literal["a", "b"] = "a"
    fields: tuple[str, ...] = ()
    choices: frozenset[str] = frozenset()
    config: Inner = Inner()
    default: tuple[int, int] = (0, 0)
    inner: dict[str, Inner] = {}  # noqa: RUF012  # pydantic copies it
    path: LocalPath = Path()
    bare_path: Path = Path()
    day: dt.date | None = None
    moment: dt.datetime | None = None
    hour: dt.time | None = None
    span: dt.timedelta | None = None
    url: HttpUrl | None = None
    id: uuid.UUID | None = None
    address: ipaddress.IPv4Address | None = None
    secret: Secret | None = None


def read(folder: Path, text: str) -> Everything:
    path = folder / "d.yaml"
    path.write_text(text, encoding="utf-8")
    return load(path).validate(Everything)


def findings(folder: Path, text: str) -> list[tuple[str, str]]:
    return [(found.code, found.message) for found in diagnostics(folder, text)]


def diagnostics(folder: Path, text: str) -> tuple[Diagnostic, ...]:
    with pytest.raises(DocumentError) as caught:
        read(folder, text)
    return caught.value.diagnostics


@pytest.mark.parametrize(
    ("key", "written", "expected"),
    [
        ("exact", "1.10", Decimal("1.10")),
        ("exact", "123456789012345678901234567890.1200", Decimal("123456789012345678901234567890.1200")),
        ("exact", "5", Decimal(5)),
        ("binary", "1.5", 1.5),
        ("binary", "2", 2.0),
        ("anything", "1.10", Decimal("1.10")),
        ("anything", "{a: [1.10, 012x]}", {"a": [Decimal("1.10"), "012x"]}),
        ("either", "1.10", Decimal("1.10")),
        ("either", '"1.10"', "1.10"),
        ("either", "7", 7),
        ("either", "true", True),
        ("whole", "12345678901234567890123", 12345678901234567890123),
        ("color", "blue", Color.BLUE),
        ("colors", "[blue, red]", [Color.BLUE, Color.RED]),
        ("type", "b", "b"),
        ("fields", "[a, b]", ("a", "b")),
        ("choices", "[a, b]", frozenset({"a", "b"})),
        ("default", "[1, 2]", (1, 2)),
        ("config", "{numbers: [1], below: {numbers: [2]}}", Inner(numbers=(1,), below=Inner(numbers=(2,)))),
        ("inner", "{x: {numbers: [3]}}", {"x": Inner(numbers=(3,))}),
        ("bare_path", "a/b", Path("a/b")),
        ("day", "2026-01-31", dt.date(2026, 1, 31)),
        ("moment", "2026-01-31T09:30:00Z", dt.datetime(2026, 1, 31, 9, 30, tzinfo=dt.UTC)),
        ("hour", '"09:30:00"', dt.time(9, 30)),
        ("span", "PT15M", dt.timedelta(minutes=15)),
        ("url", "https://example.org/a", HttpUrl("https://example.org/a")),
        ("id", "6990fa5f-944f-4320-b90b-09cb5eaad211", uuid.UUID("6990fa5f-944f-4320-b90b-09cb5eaad211")),
        ("address", "127.0.0.1", ipaddress.IPv4Address("127.0.0.1")),
    ],
)
def test_documents_fill_every_kind_of_field_exactly(
    tmp_path: Path, key: str, written: str, expected: object
) -> None:
    found = getattr(read(tmp_path, f"{key}: {written}\n"), key)
    assert found == expected
    assert type(found) is type(expected)
    assert str(found) == str(expected)


def test_paths_start_from_the_documents_folder(tmp_path: Path) -> None:
    assert read(tmp_path, "path: data/a.csv\n").path == tmp_path / "data" / "a.csv"
    assert read(tmp_path, "path: /data/a.csv\n").path == Path("/data/a.csv")
    assert Everything(path=Path("a")).path == Path("a")


@pytest.mark.parametrize(
    ("path", "said"), [("~nobody-of-this-name/a.csv", "home folder"), ('"a\\0b"', "NUL")]
)
def test_paths_that_can_never_be_are_refused(tmp_path: Path, path: str, said: str) -> None:
    with pytest.raises(DocumentError, match=said) as caught:
        read(tmp_path, f"path: {path}\n")
    assert caught.value.code == "invalid-value"


def test_secrets_take_text(tmp_path: Path) -> None:
    secret = read(tmp_path, "secret: '012'\n").secret
    assert secret is not None
    assert secret.reveal() == "012"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        *(("text", value) for value in (1, True, Decimal("1.0"), None, [])),
        *(("whole", value) for value in ("1", True, Decimal("1.0"), 1.0)),
        *(("exact", value) for value in ("1.0", True, 1.0)),
        *(("binary", value) for value in ("1.0", True, Decimal("1e400"))),
        *(("switch", value) for value in (1, 0, "true", "on")),
        *(("color", value) for value in ("green", 1)),
        *(("fields", value) for value in ("ab", [1], {"a": 1})),
        *(("default", value) for value in ([1], [1, "2"])),
        *(("config", value) for value in ({"numbers": "12"}, [])),
        *(("path", value) for value in (5, ["a"])),
        *(("day", value) for value in (20260131, Decimal(5), "31.01.2026")),
        *(("moment", value) for value in (1769850000, "yesterday")),
        *(("span", value) for value in (5, Decimal("5.5"))),
        *(("secret", value) for value in (5, b"a")),
    ],
)
def test_nothing_is_coerced(key: str, value: object) -> None:
    with pytest.raises(ValidationError):
        Everything.model_validate({key: value})


@pytest.mark.parametrize("key", list(Everything.model_fields))
def test_every_misspelt_key_finds_the_right_one(tmp_path: Path, key: str) -> None:
    wrong = key + key[-1]
    (found,) = diagnostics(tmp_path, f"{wrong}: 1\n")
    assert found.code == "unknown-key"
    assert found.label == f"did you mean {key!r}?"
    assert (found.line, found.column, found.end_column) == (1, 1, len(wrong) + 1)


@pytest.mark.parametrize("key", [key for key in Everything.model_fields if key != "anything"])
def test_every_wrong_kind_is_named(tmp_path: Path, key: str) -> None:
    (found,) = diagnostics(tmp_path, f"text: a\n{key if key != 'text' else 'switch'}: {{wrong: [1]}}\n")
    assert found.code in {"wrong-type", "unknown-choice", "unknown-key"}
    assert found.line == 2


def test_places_inside_lists_and_unions_are_found(tmp_path: Path) -> None:
    text = "inner:\n  x:\n    below:\n      numbers: [1, 2, three]\n      numbrs: 1\n"
    found = diagnostics(tmp_path, text)
    assert [(each.code, each.line, each.column) for each in found] == [
        ("wrong-type", 4, 23),
        ("unknown-key", 5, 7),
    ]
    assert found[0].message == "'inner.x.below.numbers[2]' must be a whole number, not text"


def test_a_value_in_doubt_is_told_about_once(tmp_path: Path) -> None:
    assert findings(tmp_path, "switch: yes\n") == [
        ("yaml-ambiguous-scalar", "'yes' means different things to different readers of YAML")
    ]


def test_a_missing_key_that_is_misspelt_is_told_about_once(tmp_path: Path) -> None:
    class Needs(Config):
        stream: str
        sink: str

    path = tmp_path / "d.yaml"
    path.write_text("steam: a\n")
    with pytest.raises(DocumentError) as caught:
        load(path).validate(Needs)
    assert [found.message for found in caught.value.diagnostics] == [
        "unknown key 'steam'",
        "missing key 'sink'",
    ]


def test_a_part_that_is_absent_or_empty_counts_as_empty(tmp_path: Path) -> None:
    path = tmp_path / "d.yaml"
    path.write_text("a:\nb: {}\n")
    document = load(path)
    for at in [("a",), ("b",), ("c", "d")]:
        assert document.validate(Everything, at) == Everything()


def test_plain_models_of_pydantic_are_served_too(tmp_path: Path) -> None:
    class Plain(BaseModel):
        name: str

    path = tmp_path / "d.yaml"
    path.write_text("name: [a]\n")
    with pytest.raises(DocumentError, match="wrong-type"):
        load(path).validate(Plain)


def test_errors_of_the_sdk_in_a_model_pass_unchanged(tmp_path: Path) -> None:
    class Refusing(Config):
        def model_post_init(self, context: object) -> None:
            raise ConfigurationError("not like this", code="invalid-value", hint="otherwise")

    path = tmp_path / "d.yaml"
    path.write_text("{}\n")
    with pytest.raises(ConfigurationError, match="not like this"):
        load(path).validate(Refusing)
