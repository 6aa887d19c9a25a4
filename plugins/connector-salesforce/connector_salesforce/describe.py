"""What an object is, as `describe` says: its fields for this user, and the schema of its records.

https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_sobject_describe.htm
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from connector_sdk.errors import ConfigurationError, ContractError, IncompleteResponseError
from connector_sdk.schema import Field, FieldType, Schema

KEY: Final = "Id"
CURSOR: Final = "SystemModstamp"
DELETED: Final = "IsDeleted"

_TYPES: Final = {
    "boolean": FieldType.BOOLEAN,
    "int": FieldType.INTEGER,
    "long": FieldType.INTEGER,
    "double": FieldType.DECIMAL,
    "currency": FieldType.DECIMAL,
    "percent": FieldType.DECIMAL,
    "date": FieldType.DATE,
    "datetime": FieldType.DATETIME,
    "time": FieldType.TIME,
    "anyType": FieldType.JSON,
    **dict.fromkeys(
        (
            "id",
            "reference",
            "string",
            "textarea",
            "picklist",
            "multipicklist",
            "combobox",
            "email",
            "phone",
            "url",
            "encryptedstring",
            "datacategorygroupreference",
        ),
        FieldType.STRING,
    ),
}
"""Types whose values a query returns one by one. `address` and `location` only repeat their parts, `base64`
is content that is fetched by itself, and `complexvalue` cannot be queried with others."""


@dataclass(frozen=True, slots=True)
class ObjectField:
    """One field: `kind` is Salesforce's own type; `scale` counts the digits after the point."""

    name: str
    kind: str
    nullable: bool = True
    createable: bool = False
    updateable: bool = False
    calculated: bool = False
    external_id: bool = False
    case_sensitive: bool = False
    scale: int = 0

    @property
    def type(self) -> FieldType | None:
        """The logical type; None where the values are not read."""
        return _TYPES.get(self.kind)

    @property
    def writable(self) -> bool:
        """Whether this user may set it, on new records or on ones that are there."""
        return self.createable or self.updateable


@dataclass(frozen=True, slots=True)
class SObject:
    """An object as this user may see it."""

    name: str
    queryable: bool
    fields: Mapping[str, ObjectField]


def read_describe(document: Any) -> SObject:
    """Read the answer of `describe`; raises IncompleteResponseError where it is none."""
    try:
        fields = [_field(part) for part in document["fields"]]
        return SObject(document["name"], document["queryable"], {field.name: field for field in fields})
    except (KeyError, TypeError):
        raise unusable("describe") from None


def unusable(what: str) -> IncompleteResponseError:
    """Say that an answer lacks what it must have."""
    return IncompleteResponseError(
        f"the answer to {what} does not have the form that Salesforce documents",
        code="salesforce-answer",
        hint="check `base_url` and `api_version`: something else may have answered",
    )


def schema_of(described: SObject, only: Sequence[str] = (), *, lenient: bool = False) -> Schema:
    """Return the schema of the object's records: its readable fields, in its order; `only` some, where given.

    A field of `only` that the object lacks is left out where `lenient`, for a contract to miss it by name.
    Raises ConfigurationError for an object that cannot be read incrementally, ContractError for such a field.
    """
    if not described.queryable or any(
        described.fields.get(name, _NOTHING).type is None for name in (KEY, CURSOR)
    ):
        raise ConfigurationError(
            f"object {described.name!r} cannot be read incrementally: no query reads it, or no {CURSOR}",
            code="salesforce-object-unreadable",
            hint="`connector-sdk discover` lists the objects that can be read",
        )
    _require_readable(described, only, lenient=lenient)
    wanted = {KEY, CURSOR, *only} if only else described.fields.keys()
    fields = (
        Field(name=field.name, type=field.type, nullable=field.nullable)
        for field in described.fields.values()
        if field.type is not None and field.name in wanted
    )
    return Schema(fields=tuple(fields), key=(KEY,), cursor=CURSOR)


def _require_readable(described: SObject, only: Sequence[str], *, lenient: bool) -> None:
    excluded = [name for name in only if name in described.fields and described.fields[name].type is None]
    if excluded:
        raise ConfigurationError(
            f"`fields` names what is not read: {', '.join(excluded)}",
            code="salesforce-field-unreadable",
            hint="name the parts of a compound field (MailingCity, …) in its place; contents are not read",
        )
    missing = [name for name in only if name not in described.fields]
    if missing and not lenient:
        raise ContractError(
            f"object {described.name!r} has no field {', '.join(missing)} that this user may see",
            code="salesforce-field-missing",
            hint="compare `fields` with `connector-sdk discover`, and the user's field permissions",
        )


_NOTHING: Final = ObjectField("", "")


def _field(part: Mapping[str, Any]) -> ObjectField:
    return ObjectField(
        name=part["name"],
        kind=part["type"],
        nullable=part["nillable"],
        createable=part["createable"],
        updateable=part["updateable"],
        calculated=part.get("calculated", False),
        external_id=part.get("externalId", False) or part.get("idLookup", False),
        case_sensitive=part.get("caseSensitive", False),
        scale=part.get("scale", 0),
    )
