"""Pages of JSON texts to typed records: fast, with proofs, and slowly where a proof fails."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, Literal

import msgspec
from msgspec.structs import astuple

from connector_sdk.decode.numbers import exact_float, shortest_float
from connector_sdk.decode.one import read_record
from connector_sdk.decode.problems import MismatchError
from connector_sdk.decode.proofs import Proofs
from connector_sdk.errors import RecordError
from connector_sdk.schema import Field, FieldType, Schema, record_type
from connector_sdk.schema.types import FloatNumber, nameable

_REFUSED = (msgspec.DecodeError, ValueError, ArithmeticError, RecursionError)
_NULL = msgspec.Raw(b"null")
_MOST_NAMES = 1000
_LONGEST_NAME = 200
_MOST_EXPECTED = 100


class Decoder:
    """Decodes pages of one schema; belongs to one thread.

    With `new_fields="report"` a field that the schema lacks is left out of the record and its name (cut at
    200 characters, the first 1000 names) stands in `new_fields`; with "refuse" its record is refused.
    """

    def __init__(self, schema: Schema, new_fields: Literal["report", "refuse"] = "refuse") -> None:
        self.new_fields: set[str] = set()
        self._schema = schema
        self._record = record_type(schema)
        self._attributes = self._record.__struct_fields__
        self._reports = new_fields == "report"
        self._expect(schema)

    def decode_page(self, texts: Sequence[bytes]) -> list[Any]:
        """Return for each text, in order, its record (see `record_type`) or the RecordError it earns.

        A text is exactly one JSON object. What a record comes to never depends on its neighbours.
        """
        records: list[Any] = []
        refused: list[int] = []
        read = self._read
        self._zero = False
        for text in texts:
            try:
                records.append(read(text))
            except _REFUSED:
                refused.append(len(records))
                records.append(None)
        for attribute in self._nullable_json:
            _settle_nulls(records, attribute)
        for index in self._doubtful(texts, records, refused):
            records[index] = None
        if self._widened:
            records = [None if record is None else self._narrowed(record) for record in records]
        known = len(self.new_fields)
        for index, record in enumerate(records):
            if record is None:
                records[index] = self._slowly(texts[index])
        if known < len(self.new_fields) <= _MOST_EXPECTED:
            self._expect_new_fields()
        return records

    def _doubtful(self, texts: Sequence[bytes], records: list[Any], refused: list[int]) -> list[int]:
        if not refused:
            return list(self._proofs.doubtful(texts, records, zero=self._zero))
        rest = [index for index, record in enumerate(records) if record is not None]
        found = self._proofs.doubtful(
            [texts[index] for index in rest], [records[index] for index in rest], zero=self._zero
        )
        return [rest[index] for index in found]

    def _slowly(self, text: bytes) -> Any:
        ignored: set[str] | None = set() if self._reports else None
        try:
            record = read_record(text, self._schema, ignored)
        except RecordError as error:
            return error
        for name in ignored or ():
            if len(self.new_fields) < _MOST_NAMES:
                self.new_fields.add(name[:_LONGEST_NAME])
        return record

    def _expect_new_fields(self) -> None:
        """Read fields known to be new with the others, so that they do not cost the slow way each time."""
        new = (
            Field(name=name, type=FieldType.JSON, nullable=True, optional=True)
            for name in sorted(self.new_fields)
        )
        self._expect(msgspec.structs.replace(self._schema, fields=(*self._schema.fields, *new)))

    def _expect(self, schema: Schema) -> None:
        self._widened = schema is not self._schema
        self._nullable_json = [
            f"f{index}"
            for index, field in enumerate(schema.fields)
            if field.type is FieldType.JSON and schema.nullable(field)
        ]
        self._proofs = Proofs(schema)
        self._read: Callable[[bytes], Any] = _refuse
        if nameable(schema):
            decimals = any(field.type is FieldType.DECIMAL for field in schema.fields)
            hook = Decimal if decimals else shortest_float
            self._read = msgspec.json.Decoder(
                record_type(schema), dec_hook=self._number, float_hook=hook
            ).decode

    def _narrowed(self, record: Any) -> Any:
        return self._record(**dict(zip(self._attributes, astuple(record), strict=False)))

    def _number(self, kind: type, value: Any) -> Any:
        if type(value) is float:
            return value
        if type(value) is int:
            if value == 0:
                self._zero = True
        elif type(value) is not Decimal:
            raise MismatchError("field-type", "not a number")
        return exact_float(value) if kind is FloatNumber else value


def _settle_nulls(records: list[Any], attribute: str) -> None:
    """Make None of the JSON text `null`, which msgspec passes on as it is."""
    for record in records:
        if record is not None and getattr(record, attribute, None) == _NULL:
            msgspec.structs.force_setattr(record, attribute, None)


def _refuse(_: bytes) -> Any:
    """Stand in for msgspec where it cannot hold the schema's names."""
    raise ValueError
