"""Hold an object against what is to be written into it, before anything is."""

from collections.abc import Iterator
from typing import Final

from connector_salesforce.describe import KEY, ObjectField, SObject
from connector_salesforce.values import holds
from connector_sdk.connector import Mode, WritePolicy
from connector_sdk.errors import ConfigurationError, ContractError
from connector_sdk.schema import Field, Schema

MOST_NAMED: Final = 20


def require_upsert(write: WritePolicy) -> None:
    """Refuse what the upsert by external id cannot do; raises ConfigurationError."""
    if write.mode is not Mode.UPSERT:
        raise ConfigurationError(
            f"objects are not written with mode {write.mode}",
            code="salesforce-write-mode",
            hint="use `mode: upsert`: it is the only way to write that may be repeated after a failure",
        )


def external_id(described: SObject, schema: Schema) -> ObjectField:
    """Return the field by which records are found; raises ContractError where the key is no external id."""
    field = described.fields.get(schema.key[0]) if len(schema.key) == 1 else None
    if field is None or field.name == KEY or not field.external_id:
        key = ", ".join(schema.key) or "no field"
        raise ContractError(
            f"records are found in {described.name} by one external id; their key is {key}",
            code="salesforce-external-id",
            hint="let the key be a field that is marked External ID in Salesforce; its own ids will not do",
        )
    return field


def require_fit(described: SObject, schema: Schema) -> None:
    """Prove that each field is there, may be written and takes its type; raises ContractError naming all."""
    wrong = [f"{field.name} {reason}" for field in schema.fields for reason in _reasons(described, field)]
    if wrong:
        shown = "; ".join(wrong[:MOST_NAMED]) + ("; …" if len(wrong) > MOST_NAMED else "")
        raise ContractError(
            f"object {described.name} cannot take these records: {shown}",
            code="salesforce-fields-unfit",
            hint="map the records to fields that this user may write, or have the user permitted to",
        )


def _reasons(described: SObject, field: Field) -> Iterator[str]:
    found = described.fields.get(field.name)
    if found is None:
        yield "does not exist for this user"
    elif not found.writable:
        yield "is a formula" if found.calculated else "may not be written"
    elif not holds(found, field.type):
        yield f"is {found.kind} there and {field.type} here"
