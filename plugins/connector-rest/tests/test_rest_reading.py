"""Every way of paging with every kind of credentials, and what an answer may be instead of data."""

from collections.abc import Callable
from typing import Any

import pytest

from connector_sdk.connector import Completeness
from connector_sdk.errors import (
    AuthenticationError,
    ComplianceError,
    ConfigurationError,
    ConnectorError,
    IncompleteResponseError,
    InvalidInputError,
)
from connector_sdk.schema import FieldType
from connector_sdk.testing import Response
from tests.rest_items import TOKEN, Items, item

Described = Callable[..., Any]

SCHEMA = """\
    schema:
      type: object
      required: [id, updated_at]
      properties:
        id: {type: string}
        updated_at: {type: string, format: date-time}
        value: {type: [number, "null"]}
"""
TOTAL = "    total: meta.total\n"
CURSOR = "    cursor: {field: updated_at, param: updated_since}\n"
PAGING = {
    "cursor": "    paging: {type: cursor, next: meta.next, param: cursor}\n",
    "page_number": "    paging: {type: page_number, param: page, start: 1, size_param: size, size: 4}\n",
}
AUTH = {
    "none": "",
    "basic": "auth: {type: basic, username: maria, password: s3cret}\n",
    "bearer": f"auth: {{type: bearer, token: {TOKEN}}}\n",
    "api_key": f"auth: {{type: api_key, in: header, name: X-Key, value: {TOKEN}}}\n",
    "api_key in query": f"auth: {{type: api_key, in: query, name: key, value: {TOKEN}}}\n",
    "oauth2_client_credentials": "auth: {type: oauth2_client_credentials, token_url: /oauth/token, "
    "client_id: lab, client_secret: s3cret, scope: read}\n",
}


@pytest.mark.parametrize("auth", AUTH)
@pytest.mark.parametrize("paging", PAGING)
@pytest.mark.parametrize("total", ["", TOTAL], ids=["no total", "total"])
def test_every_paging_with_every_kind_of_credentials(
    api: Items, described: Described, paging: str, auth: str, total: str
) -> None:
    api.auth = auth.removesuffix(" in query")
    api.items = [item(number) for number in range(10)]
    found = described(PAGING[paging] + total, top=AUTH[auth])
    assert found.records() == api.items
    assert api.asked[0]["limit"] == "1000"
    assert api.asked[0]["active"] == "true"
    expected = {"cursor": Completeness.TERMINATED, "page_number": Completeness.UNPROVEN}[paging]
    assert found.stream.completeness is (Completeness.PROVEN if total else expected)


@pytest.mark.parametrize("auth", [name for name in AUTH if name != "none"])
def test_wrong_credentials_are_told_and_never_shown(api: Items, described: Described, auth: str) -> None:
    api.auth = auth.removesuffix(" in query")
    top = AUTH[auth].replace("s3cret", "hunter2").replace(TOKEN, "hunter2")
    with pytest.raises(AuthenticationError) as caught:
        described(top=top).records()
    assert "hunter2" not in f"{caught.value}{caught.value.hint}{caught.value.location}"


def test_the_token_endpoint_may_be_elsewhere(api: Items, described: Described) -> None:
    api.auth = "oauth2_client_credentials"
    api.items = [item(1)]
    host = api.url.removeprefix("http://127.0.0.1")
    top = AUTH[api.auth].replace("/oauth/token", f'"http://localhost{host}/oauth/token"')
    found = described(top=top)
    assert found.connector.hosts() == (f"127.0.0.1{host}", f"localhost{host}")
    assert found.records() == [item(1)]


def test_the_second_run_reads_what_is_new(api: Items, described: Described) -> None:
    api.items = [item(number, f"2026-01-0{1 + number}T00:00:00Z") for number in range(5)]
    for more in (SCHEMA, ""):
        found = described(PAGING["cursor"] + TOTAL + CURSOR + more)
        position = found.pages()[-1].cursor
        assert found.records(position) == []
        api.items.append(item(9, "2026-01-05T00:00:00Z"))
        assert found.records(position) == [api.items.pop()]


def test_looking_back_needs_no_schema(api: Items, described: Described) -> None:
    api.items = [item(1, "2026-01-01T10:00:00.500Z")]
    found = described("    cursor: {field: updated_at, param: updated_since, lookback: 300}\n")
    found.records(found.pages()[-1].cursor)
    assert api.asked[-1]["updated_since"] == "2026-01-01T09:55:00.500Z"


def test_a_list_may_be_the_whole_answer(api: Items, described: Described) -> None:
    api.items = [item(1), item(2)]
    assert described(stream="  - {name: list, path: /list}\n").records() == api.items


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("<html>We are down for maintenance</html>", "not-json"),
        ('{"data": [{"id": "1"}]}', "total-unusable"),
        ('{"data": [{"id": "1"}], "meta": {"total": 2, "next": null}}', "total-not-met"),
        ('{"data": [{"id": "1"}], "meta": {"total": 2, "next": "7"}}', "page-loop"),
        ('{"result": []}', "records-missing"),
        ('{"data": "none"}', "records-no-list"),
    ],
)
def test_what_is_no_data_is_an_error(api: Items, described: Described, body: str, code: str) -> None:
    api.fixed = Response(200, body.encode())
    stream = "  - name: fixed\n    path: /fixed\n    records: data\n    primary_key: [id]\n"
    with pytest.raises(IncompleteResponseError) as caught:
        described(PAGING["cursor"] + TOTAL, stream=stream).records()
    assert caught.value.code == code


def test_a_success_may_be_an_error(api: Items, described: Described) -> None:
    body = b'{"status": "FAILURE", "errors": [{"type": "INVALID_SESSION"}], "data": []}'
    api.fixed = Response(200, body)
    stream = "  - name: fixed\n    path: /fixed\n    records: data\n"
    when = "    error_when: {path: status, equals: FAILURE, code: errors.0.type}\n"
    with pytest.raises(InvalidInputError) as caught:
        described(when, stream=stream).records()
    assert caught.value.code.endswith("INVALID_SESSION")
    assert described(stream=stream).records() == []


def test_a_failure_says_its_own_code(api: Items, described: Described) -> None:
    api.auth = "bearer"
    with pytest.raises(AuthenticationError) as caught:
        described(top="error_code: error.code\n").records()
    assert caught.value.code.endswith("WHO_ARE_YOU")


def test_throttling_and_a_short_outage_are_waited_out(api: Items, described: Described) -> None:
    api.items = [item(number) for number in range(5)]
    api.fault({"path": "/items"}, status=429, headers={"Retry-After": "2"})
    api.fault({"path": "/items"}, after=1, times=2, status=503)
    assert described(PAGING["cursor"]).records() == api.items


def test_plain_http_is_for_this_machine_only(described: Described) -> None:
    found = described()
    object.__setattr__(found.connector.config, "base_url", "http://lims.acme.example")
    with pytest.raises(ComplianceError) as caught:
        found.records()
    assert caught.value.code == "plaintext-http"


def test_a_declared_schema_asks_nobody(api: Items, described: Described) -> None:
    found = described(SCHEMA + CURSOR + "    personal: [id]\n")
    schema = found.stream.schema(found.call)
    assert schema == found.stream.glance(found.call)
    assert (schema.key, schema.cursor) == (("id",), "updated_at")
    assert [(each.name, each.type) for each in schema.fields] == [
        ("id", FieldType.STRING),
        ("updated_at", FieldType.DATETIME),
        ("value", FieldType.DECIMAL),
    ]
    assert schema["id"].personal
    assert schema["value"].nullable
    assert schema["value"].optional
    assert api.asked == []


def test_without_a_schema_the_first_records_are_looked_at(api: Items, described: Described) -> None:
    api.items = [item(number, value=str(number)) for number in range(1200)]
    api.items[1] = b'{"id": "001", "updated_at": null, "value": 1.10, "note": "x"}'
    api.page_size = 100
    found = described(PAGING["cursor"] + CURSOR + "    personal: [note]\n")
    schema = found.stream.schema(found.call)
    assert [(each.name, each.type) for each in schema.fields] == [
        ("id", FieldType.STRING),
        ("updated_at", FieldType.STRING),
        ("value", FieldType.DECIMAL),
        ("note", FieldType.STRING),
    ]
    assert schema["note"].personal
    assert len(api.asked) == 10
    assert found.stream.glance(found.call).names == schema.names


def test_what_is_configured_is_offered_without_asking(api: Items, described: Described) -> None:
    found = described(SCHEMA + "  - {name: others, path: /others}\n", named="items")
    offers = [(each.name, each.fields, each.writable) for each in found.connector.discover(found.call)]
    assert offers == [("items", 3, False), ("others", None, False)]
    assert api.exchanges == type(api.exchanges)()


def test_nothing_has_no_schema(api: Items, described: Described) -> None:
    found = described()
    assert found.stream.glance(found.call).fields == ()
    with pytest.raises(ConfigurationError) as caught:
        found.stream.schema(found.call)
    assert caught.value.code == "rest-no-records"


def test_a_field_that_is_not_there_is_named(api: Items, described: Described) -> None:
    api.items = [item(1)]
    found = described("    personal: [initials]\n")
    with pytest.raises(ConnectorError) as caught:
        found.stream.schema(found.call)
    assert caught.value.code == "rest-field-missing"
    assert "'initials'" in str(caught.value)
