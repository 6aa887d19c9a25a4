"""The fast way and the slow way agree, whatever the text: a record never depends on how it was read."""

import json
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from connector_sdk.decode import Decoder, encode_record
from connector_sdk.decode.one import read_record
from connector_sdk.errors import RecordError
from connector_sdk.schema import Field, FieldType, Schema
from tests.decode.samples import one, rows, schemas, values_of

pytestmark = pytest.mark.slow

NAMES = st.sampled_from(["a", "b", "c", "é", 'q"'])
PIECES = st.sampled_from(
    [
        *(b'"a":', b'"a" :', b'"\\u0061":', b'"b":', b'"zz":', b"null", b"true", b"0", b"-0", b"-0 ", b"1.0"),
        *(b"1e400", b"1E99999999999999999999", b"0.1", b"0.10000000000000001", b"9223372036854775808"),
        *(b'"x"', b'"\\""', b'"\\\\"', b'"\\":"', b'":"', b'"\\ud800"', b'"\\ud83d\\ude00"', b'"\xff"'),
        *(b'"\xed\xa0\x80"', b"NaN", b"-Infinity", b'"2026-01-01"', b'"2026-01-01T00:00:00Z"'),
        *(b'"2026-01-01T00:00:00.1234567Z"', b'"2026-01-01T00:00:00"', b'"12:00:00.1234560"'),
        *(b'"2026-01-01T00:00:00\\u002e1234567Z"', b'"2026-01-01T00:00:00.123456\\u0037Z"'),
        *(b"{", b"}", b"[", b"]", b",", b" ", b"\n", b"\xef\xbb\xbf"),
        *(b'{"k":1,"k":2}', b'{"k":1,"l":2}', b"[[1],[2]]"),
    ]
)


THREE = Schema(
    fields=(
        Field(name="n", type=FieldType.INTEGER),
        Field(name="a", type=FieldType.STRING),
        Field(name="b", type=FieldType.STRING),
    )
)


def _outcome(schema: Schema, result: Any) -> Any:
    return (result.code, str(result)) if isinstance(result, RecordError) else values_of(schema, result)


def _slow(schema: Schema, text: bytes, *, report: bool) -> Any:
    try:
        return _outcome(schema, read_record(text, schema, set() if report else None))
    except RecordError as error:
        return _outcome(schema, error)


@st.composite
def damaged(draw: st.DrawFn) -> tuple[Schema, list[bytes]]:
    """Draw a schema and texts: some good, some with pieces put in, cut out or doubled."""
    schema = draw(schemas(NAMES))
    texts = []
    for _ in range(draw(st.integers(1, 4))):
        text = encode_record(draw(rows(schema)), schema)
        for _ in range(draw(st.integers(0, 3))):
            at = draw(st.integers(0, len(text)))
            end = draw(st.sampled_from([at, at, min(len(text), at + draw(st.integers(0, 8)))]))
            text = text[:at] + draw(PIECES) + text[end:]
        texts.append(text)
    return schema, texts


@st.composite
def assembled(draw: st.DrawFn) -> tuple[Schema, list[bytes]]:
    """Draw a schema and texts put together of members that may or may not fit it."""
    schema = draw(schemas(NAMES))
    keys = st.sampled_from([b'"a"', b'"b"', b'"c"', b'"\\u0061"', b'"q\\""', b'"z"', '"é"'.encode()])
    spaces = st.sampled_from([b"", b"", b" ", b"\n", b"\t "])
    members = st.lists(st.tuples(keys, spaces, st.just(b":"), spaces, PIECES, spaces), max_size=6)
    count = draw(st.integers(1, 4))
    return schema, [b"{" + b",".join(map(b"".join, draw(members))) + b"}" for _ in range(count)]


@pytest.mark.req("G1", "A11-5")
@pytest.mark.parametrize("policy", ["report", "refuse"])
@settings(max_examples=200)
@given(sample=st.one_of(damaged(), assembled()))
@example(sample=(one("a", FieldType.STRING), [b'{"a":"1","a" :"2"}', b'{"a":"\\":"}']))
@example(sample=(THREE, [b'{"n":1,"n":2,"a":"\\\\","b":"\\\\"}']))
@example(sample=(one("a", FieldType.TIME), [b'{"a":"12:00:00\\u002e1234567"}']))
def test_fast_and_slow_agree(policy: Any, sample: tuple[Schema, list[bytes]]) -> None:
    schema, texts = sample
    decoder = Decoder(schema, new_fields=policy)
    expected = [_slow(schema, text, report=policy == "report") for text in texts]
    for _ in range(2):  # the second time, new fields are known
        assert [_outcome(schema, result) for result in decoder.decode_page(texts)] == expected


@given(assembled())
def test_what_is_accepted_is_what_json_says(sample: tuple[Schema, list[bytes]]) -> None:
    schema, texts = sample
    for text, result in zip(texts, Decoder(schema).decode_page(texts), strict=True):
        if not isinstance(result, RecordError):
            pairs = json.loads(text, object_pairs_hook=list)
            assert sorted(name for name, _ in pairs) == sorted(values_of(schema, result))


@pytest.mark.req("P11-30", "G1")
@pytest.mark.parametrize("kind", FieldType)
@pytest.mark.parametrize("value", [b'"CANARY"', b'["CANARY"]', b'{"CANARY":1}', b"CANARY", b"424242.42"])
def test_no_error_holds_a_value(kind: FieldType, value: bytes) -> None:
    schema = Schema(fields=(Field(name="a", type=kind), Field(name="b", type=FieldType.BOOLEAN)))
    text = b'{"a":' + value + b',"b":"CANARY"}'
    (result,) = Decoder(schema).decode_page([text])
    assert isinstance(result, RecordError)
    shown = f"{result} {result.hint} {result.location}"
    assert "CANARY" not in shown
    assert "424242" not in shown
