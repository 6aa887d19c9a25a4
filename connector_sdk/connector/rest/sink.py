"""A collection of a JSON API that takes records one by one, declared in a connector's class."""

import copy
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final, Literal, Self

import msgspec

from connector_sdk.connector.call import Call
from connector_sdk.connector.rest.delivery import EffectivelyOnce
from connector_sdk.connector.rest.fit import differences
from connector_sdk.connector.rest.template import names_in, settled
from connector_sdk.connector.sink import (
    APPLIED,
    Batch,
    Delivery,
    Mode,
    Outcome,
    Sink,
    WritePolicy,
    rejected,
)
from connector_sdk.errors import (
    ConfigurationError,
    ConflictError,
    ContractError,
    InvalidInputError,
    NotFoundError,
)
from connector_sdk.http.answers import refuse_markup
from connector_sdk.schema import FieldType, Record, Schema, schema_of

if TYPE_CHECKING:
    from connector_sdk.connector.base import Connector
    from connector_sdk.http.client import Http

Method = Literal["POST", "PUT", "PATCH"]

_MODES: Final[Mapping[Method, tuple[Mode, ...]]] = {
    "POST": (Mode.INSERT, Mode.APPEND),
    "PUT": (Mode.UPSERT,),
    "PATCH": (Mode.UPDATE,),
}
_IN_PATHS: Final = frozenset({FieldType.STRING, FieldType.INTEGER, FieldType.DATE})
_MEMBERS: Final = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


class RestSink(Sink):
    """Writes each record with a request of its own, its JSON text being the body.

    `{names}` in the path are fields of the record, else filled from `values` or the connector's settings.
    POST inserts and appends, PUT upserts, PATCH updates, unless `modes` says what the system makes of it. A
    record that the system refuses becomes a dead letter; whatever else fails ends the run, and the next one
    repeats the batch with the same keys.

    Raises TypeError where these do not fit the record, or where nothing makes repeating safe.
    """

    delivery = Delivery.EFFECTIVELY_ONCE

    def __init__(
        self,
        record: type[Record],
        path: str,
        *,
        delivery: EffectivelyOnce,
        method: Method = "POST",
        modes: Iterable[Mode] = (),
        values: Mapping[str, str] | None = None,
    ) -> None:
        self.record = record
        self.modes = tuple(modes) or _MODES[method]
        self._schema = schema_of(record)
        self._path = path
        self._method = method
        self._header = delivery.header
        self.values: Mapping[str, str] = values or {}
        self._fields = tuple(name for name in names_in(path) if name in self._schema)
        for name in self._fields:
            field = self._schema[name]
            if field.type not in _IN_PATHS or self._schema.nullable(field) or self._schema.optional(field):
                raise TypeError(
                    f"{record.__name__}.{name}: a path takes a text, integer or date that is always there"
                )
        addressed = bool(self._schema.key) and set(self._schema.key) <= set(self._fields)
        if not self._header and not (method == "PUT" and addressed):
            raise TypeError(f"{record.__name__}: delivery needs a header, or PUT with the key in the path")
        self.keyed = addressed and Mode.UPSERT in self.modes
        self.sends_keys = bool(self._header)
        self.connector: Connector[Any] | None = None
        self._omit = False

    def bound(self, connector: "Connector[Any]") -> Self:
        """Return a copy that writes through the connector's stack."""
        made = copy.copy(self)
        others = [name for name in names_in(self._path) if name not in self._fields]
        made.values = settled(others, self.values, connector)
        made.connector = connector
        return made

    def check(self, call: Call, schema: Schema, write: WritePolicy) -> None:
        """Compare the records with the ones declared; the system is not asked.

        Raises ConfigurationError (rest-write-mode) and ContractError (rest-sink-fields).
        """
        if write.mode not in self.modes:
            raise ConfigurationError(
                f"this sink cannot {write.mode}: {self._method} {self._path} does something else",
                code="rest-write-mode",
                hint=f"write in the pipeline `write: {{mode: {self.modes[0]}}}`",
            )
        found = differences(schema, self._schema)
        if found:
            raise ContractError(
                f"{self._method} {self._path} does not take such records: {'; '.join(found)}",
                code="rest-sink-fields",
                hint="map the records to the fields it takes, or pin a contract that says what they are",
            )

    def prepare(self, call: Call, schema: Schema, write: WritePolicy) -> None:
        """Check again, and keep in mind what becomes of nulls."""
        self.check(call, schema, write)
        self._omit = write.omit_nulls

    def write(self, call: Call, batch: Batch) -> list[Outcome]:
        """Send the records one after the other.

        Raises what the HTTP stack raises, but for records that the system refuses, and
        IncompleteResponseError (not-json) where a page for people is all that answers.
        """
        if self.connector is None:
            raise TypeError("this sink is only declared; `connector.sink(name)` returns one to write to")
        http = self.connector.http
        places = [(name, batch.schema.names.index(name)) for name in self._fields]
        return [self._send(http, batch, index, places) for index in range(len(batch))]

    def _send(self, http: "Http", batch: Batch, index: int, places: list[tuple[str, int]]) -> Outcome:
        fields = msgspec.structs.astuple(batch.records[index]) if places else ()
        named = {name: str(fields[at]) for name, at in places}
        if "" in named.values():
            return rejected("path-value-empty", "a field that the path needs is empty")
        headers = {"Content-Type": "application/json"}
        if self._header:
            headers[self._header] = batch.idempotency_keys[index]
        try:
            answer = http.request(
                self._method,
                self._path,
                values={**self.values, **named},
                headers=headers,
                content=self._body(batch.payloads[index]),
                repeatable=True,
            )
        except (InvalidInputError, ConflictError) as error:
            return rejected(error.code, str(error))
        except NotFoundError as error:
            if not self._fields:
                raise  # the path itself is wrong, whatever the record
            return rejected(error.code, str(error))
        refuse_markup(answer)
        return APPLIED

    def _body(self, payload: bytes) -> bytes:
        if not self._omit:
            return payload
        members = _MEMBERS(payload).items()
        return msgspec.json.encode({name: value for name, value in members if bytes(value) != b"null"})
