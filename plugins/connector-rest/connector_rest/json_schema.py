"""A stream's `schema`: the part of JSON Schema that says what a field is; anything else is refused.

https://json-schema.org/draft/2020-12/json-schema-validation
"""

from collections.abc import Iterable, Mapping
from typing import Literal, Self

from msgspec.structs import replace
from pydantic import Field, ValidationInfo, field_validator, model_validator

from connector_sdk.config import Config
from connector_sdk.schema import Field as RecordField
from connector_sdk.schema import FieldType, Schema

Kind = Literal["string", "integer", "number", "boolean", "object", "array", "null"]

_TYPES: Mapping[str, FieldType] = {
    "string": FieldType.STRING,
    "integer": FieldType.INTEGER,
    "number": FieldType.DECIMAL,
    "boolean": FieldType.BOOLEAN,
    "object": FieldType.JSON,
    "array": FieldType.JSON,
}
_FORMATS: Mapping[str, FieldType] = {
    "date": FieldType.DATE,
    "time": FieldType.TIME,
    "date-time": FieldType.DATETIME,
}


class Property(Config):
    """One field: `{type, format, x-personal}`; `title` and `description` are for people."""

    type: Kind | tuple[Kind | None, ...]
    format: Literal["date", "time", "date-time"] | None = None
    personal: bool = Field(default=False, alias="x-personal")
    title: str = ""
    description: str = ""

    @property
    def kinds(self) -> frozenset[Kind]:
        """The types it may have, null among them."""
        several = self.type if isinstance(self.type, tuple) else (self.type,)
        return frozenset(kind or "null" for kind in several)

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        kinds = self.kinds - {"null"}
        if len(kinds) != 1:
            raise ValueError('a field has one type, and "null" beside it where it may be null')
        if self.format is not None and kinds != {"string"}:
            raise ValueError("`format` belongs to a string")
        return self

    def field(self, name: str, *, required: bool) -> RecordField:
        """Return the field as the core knows it."""
        (kind,) = self.kinds - {"null"}
        return RecordField(
            name=name,
            type=_FORMATS[self.format] if self.format else _TYPES[kind],
            nullable="null" in self.kinds,
            optional=not required,
            personal=self.personal,
        )


class ObjectSchema(Config):
    """The records: `{type: object, properties, required}`."""

    type: Literal["object"]
    properties: dict[str, Property]
    required: tuple[str, ...] = ()
    additional: bool = Field(default=True, alias="additionalProperties")
    title: str = ""
    description: str = ""

    @field_validator("properties")
    @classmethod
    def _some(cls, value: dict[str, Property]) -> dict[str, Property]:
        if not value:
            raise ValueError("describe at least one field, or leave the schema out")
        return value

    @field_validator("required")
    @classmethod
    def _there(cls, value: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        for name in value:
            if name not in info.data.get("properties", value):
                raise ValueError(f"{name!r} is none of the `properties`")
        return value

    @field_validator("additional")
    @classmethod
    def _open(cls, value: bool) -> bool:
        if not value:
            raise ValueError("what further fields mean is said by `on_new_field` of the pinned contract")
        return value

    def schema_of(self, key: tuple[str, ...], cursor: str | None, personal: tuple[str, ...]) -> Schema:
        """Return the schema as the core knows it; `personal` are fields marked outside the properties."""
        fields = (
            prop.field(name, required=name in self.required or name in key)
            for name, prop in self.properties.items()
        )
        return Schema(fields=marked(fields, personal), key=key, cursor=cursor)


def marked(fields: Iterable[RecordField], personal: tuple[str, ...]) -> tuple[RecordField, ...]:
    """Return the fields, those named marked as personal."""
    return tuple(replace(each, personal=True) if each.name in personal else each for each in fields)
