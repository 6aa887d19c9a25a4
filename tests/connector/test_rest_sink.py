"""A declared sink sends each record once, as it is, and says what became of it."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Any

import pytest

from connector_sdk.config import Config, HttpUrl
from connector_sdk.connector import APPLIED, Batch, Call, Connector, Delivery, Disposition, Mode, WritePolicy
from connector_sdk.connector.connection import Connection
from connector_sdk.connector.rest import EffectivelyOnce, RestSink
from connector_sdk.decode import Decoder
from connector_sdk.errors import (
    AuthenticationError,
    ConfigurationError,
    ContractError,
    IncompleteResponseError,
    NotFoundError,
    UnavailableError,
)
from connector_sdk.schema import Field, FieldType, Key, Record, Schema, schema_of
from connector_sdk.testing import Response, as_json
from tests.clocks import FakeClock
from tests.rest_items import Items

WITH_KEYS = EffectivelyOnce(header="Idempotency-Key")


class Result(Record):
    id: Annotated[str, Key]
    value: Decimal | None


class ResultsConfig(Config):
    base_url: HttpUrl


class Lab(Connector[ResultsConfig]):
    name = "lab"
    posted = RestSink(Result, "/results", delivery=WITH_KEYS)
    put = RestSink(Result, "/results/{id}", method="PUT", delivery=EffectivelyOnce())
    nowhere = RestSink(Result, "/nowhere", delivery=WITH_KEYS)


SCHEMA = schema_of(Result)
TEXTS = (b'{"id": "007", "value": 1.10}', b'{"id":"a/b c","value":null}')


def batch(texts: Sequence[bytes] = TEXTS) -> Batch:
    return Batch(
        pipeline="p",
        partition="dev/p/main/all",
        epoch=1,
        seq=1,
        schema=SCHEMA,
        payloads=texts,
        records=Decoder(SCHEMA).decode_page(texts),
        versions=range(len(texts)),
        idempotency_keys=[f"key-{number}" for number in range(len(texts))],
    )


def write(api: Items, sink: str, texts: Sequence[bytes] = TEXTS, **policy: Any) -> Any:
    lab = Lab(ResultsConfig(base_url=api.url))
    lab.attach(Connection(clock=FakeClock()))
    bound = lab.sink(sink)
    mode = Mode.UPSERT if sink == "put" else Mode.APPEND
    try:
        bound.prepare(Call(), SCHEMA, WritePolicy(mode=mode, **policy))
        return bound.write(Call(), batch(texts))
    finally:
        lab.close()


@pytest.mark.req("G2")
def test_a_batch_written_again_has_the_same_keys_and_counts_once(api: Items) -> None:
    assert write(api, "posted") == write(api, "posted") == [APPLIED, APPLIED]
    assert api.order == ["key-0", "key-1"] * 2
    assert list(api.written.values()) == list(TEXTS)


def test_a_record_may_name_its_own_path(api: Items) -> None:
    assert write(api, "put") == [APPLIED, APPLIED]
    assert api.written == {"007": TEXTS[0], "a/b c": TEXTS[1]}
    assert api.exchanges[-1][1] == "/results/a%2Fb%20c"


def test_nulls_are_left_out_where_the_pipeline_says_so(api: Items) -> None:
    write(api, "posted", omit_nulls=True)
    assert api.written["key-0"] == b'{"id":"007","value":1.10}'
    assert api.written["key-1"] == b'{"id":"a/b c"}'


@pytest.mark.parametrize(("status", "code"), [(400, "http-400"), (409, "http-409"), (422, "http-422")])
def test_a_record_that_is_refused_is_set_aside_and_the_others_go_on(
    api: Items, status: int, code: str
) -> None:
    api.refused[TEXTS[0]] = as_json({"detail": "1.10 is out of range"}, status)
    refused, written = write(api, "posted")
    assert (refused.disposition, refused.code) == (Disposition.DEAD_LETTERED, code)
    assert "1.10" not in refused.message
    assert written == APPLIED


def test_a_record_that_is_not_there_is_set_aside_a_path_that_is_not_there_is_told(api: Items) -> None:
    api.refused[TEXTS[0]] = Response(404)
    assert write(api, "put")[0].code == "http-404"
    with pytest.raises(NotFoundError):
        write(api, "nowhere")


@pytest.mark.req("G1")
def test_a_page_for_people_is_no_receipt(api: Items) -> None:
    api.refused[TEXTS[0]] = Response(200, b"\n<!DOCTYPE html><p>Please log in</p>")
    with pytest.raises(IncompleteResponseError) as caught:
        write(api, "posted")
    assert caught.value.code == "not-json"
    assert "log in" not in str(caught.value)


def test_an_empty_name_leads_nowhere(api: Items) -> None:
    (outcome,) = write(api, "put", [b'{"id": "", "value": 1}'])
    assert outcome.code == "path-value-empty"
    assert api.written == {}


@pytest.mark.parametrize(("status", "error"), [(401, AuthenticationError), (503, UnavailableError)])
def test_what_is_no_fault_of_the_record_ends_the_run(api: Items, status: int, error: type[Exception]) -> None:
    api.fault({"path": "/results"}, times=None, status=status)
    with pytest.raises(error):
        write(api, "posted")


def test_an_unclear_answer_is_asked_again_with_the_same_key(api: Items) -> None:
    api.fault({"path": "/results"}, close="after")
    assert write(api, "posted") == [APPLIED, APPLIED]
    assert api.order == ["key-0", "key-0", "key-1"]


def test_a_mode_that_the_request_is_not_is_refused(api: Items) -> None:
    lab = Lab(ResultsConfig(base_url=api.url))
    for sink, mode in (("posted", Mode.UPSERT), ("put", Mode.APPEND)):
        with pytest.raises(ConfigurationError) as caught:
            lab.sink(sink).check(Call(), SCHEMA, WritePolicy(mode=mode))
        assert caught.value.code == "rest-write-mode"
    asked = RestSink(Result, "/results", delivery=WITH_KEYS, modes=[Mode.UPSERT])
    asked.check(Call(), SCHEMA, WritePolicy())


def field(name: str, kind: FieldType, **more: bool) -> Field:
    return Field(name=name, type=kind, **more)


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ((field("id", FieldType.STRING),), "field 'value' is missing"),
        ((*SCHEMA.fields, field("unit", FieldType.STRING)), "field 'unit' is none of its fields"),
        (
            (field("id", FieldType.STRING), field("value", FieldType.STRING)),
            "'value' is string",
        ),
        ((field("id", FieldType.STRING, nullable=True), SCHEMA.fields[1]), "field 'id' may be null"),
        ((field("id", FieldType.STRING, optional=True), SCHEMA.fields[1]), "field 'id' may be absent"),
    ],
)
def test_records_of_another_kind_are_refused_before_one_is_sent(fields: tuple[Field, ...], told: str) -> None:
    with pytest.raises(ContractError) as caught:
        Lab.posted.check(Call(), Schema(fields=fields), WritePolicy(mode=Mode.APPEND))
    assert caught.value.code == "rest-sink-fields"
    assert told in str(caught.value)


def test_a_whole_number_is_a_decimal_too() -> None:
    given = Schema(fields=(field("id", FieldType.STRING), field("value", FieldType.INTEGER)))
    Lab.posted.check(Call(), given, WritePolicy(mode=Mode.APPEND))


def test_a_sink_says_what_it_is() -> None:
    assert (Lab.posted.delivery, Lab.posted.keyed, Lab.posted.sends_keys) == (
        Delivery.EFFECTIVELY_ONCE,
        False,
        True,
    )
    assert (Lab.put.keyed, Lab.put.sends_keys) == (True, False)
    with pytest.raises(TypeError, match="only declared"):
        Lab.posted.write(Call(), batch())


def test_declarations_that_do_not_fit_are_refused_at_once() -> None:
    with pytest.raises(TypeError, match="delivery needs"):
        RestSink(Result, "/results", delivery=EffectivelyOnce())
    with pytest.raises(TypeError, match="delivery needs"):
        RestSink(Result, "/results/{id}", method="PATCH", delivery=EffectivelyOnce())
    with pytest.raises(TypeError, match=r"Result\.value"):
        RestSink(Result, "/results/{id}/{value}", method="PUT", delivery=EffectivelyOnce())
