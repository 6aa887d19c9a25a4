"""A contract's YAML file: written alike each time, read strictly, proven by its digest."""

from pathlib import Path
from typing import Literal

from connector_sdk.config import Config
from connector_sdk.contracts.contract import Contract, OnNewField
from connector_sdk.documents import load
from connector_sdk.documents.writing import write_document
from connector_sdk.errors import ConfigurationError, ContractError
from connector_sdk.schema import Field, FieldType, Schema
from connector_sdk.schema.fields import require_sound


class _FieldDocument(Config):
    type: FieldType
    nullable: bool = False
    optional: bool = False
    personal: bool = False


class _ContractDocument(Config):
    format: Literal[1]
    stream: str
    key: tuple[str, ...] = ()
    cursor: str | None = None
    subject: str | None = None
    on_new_field: OnNewField = "report"
    fields: dict[str, _FieldDocument]
    digest: str = ""


def write_contract(contract: Contract, path: Path) -> None:
    """Write the contract with its digest; whoever reads sees the old file or the new one, nothing between.

    Raises ConfigurationError (contract-unwritable).
    """
    try:
        write_document({**contract.document, "digest": contract.digest}, path)
    except OSError as error:
        raise ConfigurationError(
            f"the contract cannot be written: {error.strerror}",
            code="contract-unwritable",
            hint="make the folder writable, or free space on its disk",
            location=str(path),
        ) from None


def read_contract(path: Path, *, edited: bool = False) -> Contract:
    """Read a contract; with `edited` also one whose digest is no longer that of its content, to pin it anew.

    Raises DocumentError for a file that is not a contract, ContractError (contract-digest) for one that was
    changed after it was pinned, ConfigurationError (schema-unsound) for a schema that cannot be.
    """
    found = load(path).validate(_ContractDocument)
    fields = tuple(Field(name=name, **dict(field)) for name, field in found.fields.items())
    schema = Schema(fields=fields, key=found.key, cursor=found.cursor, subject=found.subject)
    contract = Contract(stream=found.stream, schema=schema, on_new_field=found.on_new_field)
    if contract.digest != found.digest and not edited:
        raise ContractError(
            "the contract was changed after it was pinned: its digest is that of another content",
            code="contract-digest",
            hint="if the change is meant, run `connector-sdk contract pin`; else restore the file",
            location=str(path),
        )
    require_sound(schema)
    return contract
