"""The settings of the connector: the design's own keys, refused where they do not fit each other."""

from typing import Annotated, Any, ClassVar

from pydantic import Field, ValidationInfo, field_validator

from connector_rest.auth import AnyAuth, Nobody
from connector_rest.json_schema import ObjectSchema
from connector_rest.paging import AnyPaging, OnePage
from connector_sdk.config import Config, HttpUrl
from connector_sdk.connector.rest.order import ORDERED, TIMED
from connector_sdk.schema import FieldType

Name = Annotated[str, Field(min_length=1)]


class CursorConfig(Config):
    """What a later run asks from."""

    field: Name
    param: Name
    lookback: int = Field(default=0, ge=0)


class ErrorWhenConfig(Config):
    """A successful status whose body says otherwise."""

    path: Name
    equals: str | int | bool | None
    code: str = ""


class StreamConfig(Config):
    """One collection."""

    name: Name
    path: Name
    params: dict[str, str | int | bool] = Field(default_factory=dict)
    records: str = ""
    total: str = ""
    schema_: ObjectSchema | None = Field(default=None, alias="schema")
    primary_key: tuple[Name, ...] = ()
    personal: tuple[Name, ...] = ()
    cursor: CursorConfig | None = None
    paging: AnyPaging = OnePage(type="none")
    error_when: ErrorWhenConfig | None = None

    @property
    def parameters(self) -> dict[str, str]:
        """`params` as a query spells them."""
        return {
            name: str(value).lower() if isinstance(value, bool) else str(value)
            for name, value in self.params.items()
        }

    @property
    def cursor_field(self) -> str | None:
        """The field by which the stream is read incrementally."""
        return self.cursor.field if self.cursor else None

    @field_validator("path")
    @classmethod
    def _below(cls, value: str) -> str:
        if "://" in value or "{" in value or "?" in value:
            raise ValueError("write a path below `base_url`; what follows a '?' goes into `params`")
        return value

    @field_validator("primary_key", "personal")
    @classmethod
    def _fields(cls, value: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        for name in value:
            _require_field(name, info)
        if len(set(value)) != len(value):
            raise ValueError("a field is named twice")
        return value

    @field_validator("primary_key")
    @classmethod
    def _keyable(cls, value: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        declared: Any = info.data.get("schema_")
        for name in value if declared is not None else ():
            prop = declared.properties[name]
            if "null" in prop.kinds or prop.field(name, required=True).type is FieldType.JSON:
                raise ValueError(f"{name!r} is no key: it may be null, or has no one spelling")
        return value

    @field_validator("cursor")
    @classmethod
    def _orderable(cls, value: CursorConfig | None, info: ValidationInfo) -> CursorConfig | None:
        declared: Any = info.data.get("schema_")
        if value is None or declared is None:
            return value
        _require_field(value.field, info)
        kind = declared.properties[value.field].field(value.field, required=True).type
        if kind not in ORDERED:
            raise ValueError(f"{value.field!r} is {kind}, which has no order that a system could be asked by")
        if value.lookback and kind not in TIMED:
            raise ValueError(f"{value.field!r} is {kind}: only from a time can be looked back")
        return value


class RestConfig(Config):
    """Settings of the connector `rest`."""

    governed: ClassVar[frozenset[str]] = frozenset({"streams"})

    base_url: HttpUrl
    """Where paths start; `http://` is for this machine only."""
    auth: AnyAuth = Nobody(type="none")
    """Who requests come from: none, basic, bearer, api_key or oauth2_client_credentials."""
    error_code: str = ""
    """The dotted path at which the body of a failed request holds the system's own code."""
    streams: tuple[StreamConfig, ...]
    """The collections that can be read."""

    @field_validator("streams")
    @classmethod
    def _apart(cls, value: tuple[StreamConfig, ...]) -> tuple[StreamConfig, ...]:
        if not value:
            raise ValueError("describe at least one stream")
        names = [stream.name for stream in value]
        if len(set(names)) != len(names):
            raise ValueError("two streams have the same name")
        return value


def _require_field(name: str, info: ValidationInfo) -> None:
    declared: Any = info.data.get("schema_")
    if declared is not None and name not in declared.properties:
        raise ValueError(f"{name!r} is none of the schema's `properties`")
