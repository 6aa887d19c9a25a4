"""What does not fit is refused where it stands, and nothing is passed over in silence."""

from collections.abc import Callable
from typing import Any

import pytest

from connector_sdk.documents import DocumentError
from connector_sdk.errors import ConfigurationError

Described = Callable[..., Any]
START = "  - name: items\n    path: /items\n"

REFUSED = {
    "an unknown key": ("    recrods: data\n", "unknown-key", "5:5", "did you mean 'records'?"),
    "an unknown key of paging": (
        "    paging: {type: cursor, next: n, parm: c}\n", "unknown-key", "5:37", "did you mean 'param'?",
    ),
    "a way of paging that comes later": (
        "    paging: {type: link_header}\n", "invalid-value", "5:13", "link_header is not supported",
    ),
    "one that never comes": ("    paging: {type: magic}\n", "unknown-choice", "5:20", "cannot be 'magic'"),
    "half a size": (
        "    paging: {type: page_number, param: p, size: 3}\n", "invalid-value", "5:13", "belong together",
    ),
    "a key that is no field": (
        "    primary_key: [di]\n    schema: {type: object, properties: {id: {type: string}}}\n",
        "invalid-value", "5:18", "'di' is none of the schema's `properties`",
    ),
    "a key that may be null": (
        '    primary_key: [id]\n    schema: {type: object, properties: {id: {type: [string, "null"]}}}\n',
        "invalid-value", "5:18", "'id' is no key",
    ),
    "a cursor without an order": (
        "    cursor: {field: ok, param: p}\n    schema: {type: object, properties: {ok: {type: boolean}}}\n",
        "invalid-value", "5:13", "'ok' is boolean",
    ),
    "looking back from a number": (
        ("    schema: {type: object, properties: {n: {type: integer}}}\n"
         "    cursor: {field: n, param: p, lookback: 3}\n"),
        "invalid-value", "6:13", "only from a time",
    ),
    "a word of JSON Schema that would be passed over": (
        "    schema: {type: object, properties: {id: {type: string, maxLength: 3}}}\n",
        "unknown-key", "5:60", "unknown key 'maxLength'",
    ),
    "closed objects": (
        "    schema: {type: object, additionalProperties: false, properties: {id: {type: string}}}\n",
        "invalid-value", "5:50", "on_new_field",
    ),
    "two types": (
        "    schema: {type: object, properties: {id: {type: [string, integer]}}}\n",
        "invalid-value", "5:45", "a field has one type",
    ),
    "a format of a number": (
        "    schema: {type: object, properties: {id: {type: integer, format: date}}}\n",
        "invalid-value", "5:45", "belongs to a string",
    ),
    "a required field that is none": (
        "    schema: {type: object, properties: {id: {type: string}}, required: [di]}\n",
        "invalid-value", "5:72", "'di' is none of the `properties`",
    ),
    "the same stream twice": ("  - {name: items, path: /b}\n", "invalid-value", "2:1", "the same name"),
    "a path that is an address": (
        "  - {name: b, path: \"http://b/\"}\n", "invalid-value", "5:21", "below `base_url`",
    ),
    "no field": ("    schema: {type: object, properties: {}}\n", "invalid-value", "5:40", "one field"),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_it_is_told_where(described: Described, what: str) -> None:
    more, code, place, told = REFUSED[what]
    with pytest.raises(DocumentError) as caught:
        described(more, stream=START)
    shown = str(caught.value)
    assert (code, told) == (code if code in shown else shown, told if told in shown else shown)
    assert f"config.yaml:{place}" in shown


@pytest.mark.parametrize(
    ("top", "told"),
    [
        ("auth: {type: digest, username: maria}\n", "cannot be 'digest'"),
        ("auth: {type: basic, username: maria}\n", "missing key 'password'"),
        ("auth: {type: api_key, in: cookie, name: k, value: v}\n", "cannot be 'cookie'"),
        (
            "auth: {type: oauth2_client_credentials, token_url: token, client_id: a, client_secret: b}\n",
            "'auth.token_url' is not",
        ),
    ],
)
def test_credentials_are_described_completely(described: Described, top: str, told: str) -> None:
    with pytest.raises(DocumentError) as caught:
        described(top=top, stream=START)
    assert told in str(caught.value)


def test_a_stream_must_be_named_where_there_are_several(described: Described) -> None:
    with pytest.raises(ConfigurationError) as caught:
        described(stream=f"{START}  - {{name: others, path: /others}}\n")
    assert caught.value.code == "stream-not-named"
