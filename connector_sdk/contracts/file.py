"""A contract's YAML file: written alike each time, read strictly, proven by its digest."""

import os
import re
import tempfile
from pathlib import Path
from typing import Any, Literal

import yaml

from connector_sdk.config import Config
from connector_sdk.contracts.contract import Contract, OnNewField
from connector_sdk.documents import load
from connector_sdk.errors import ConfigurationError, ContractError
from connector_sdk.schema import Field, FieldType, Schema
from connector_sdk.schema.fields import require_sound

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_WORDS = {"yes", "no", "on", "off", "true", "false", "null", "y", "n"}


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
    text = yaml.dump(
        {**contract.document, "digest": contract.digest},
        Dumper=_Dumper,
        sort_keys=False,
        allow_unicode=True,
        width=2**31,
    )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace(path, text.encode())
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


def _replace(path: Path, content: bytes) -> None:
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


class _Dumper(yaml.SafeDumper):
    """Quotes every text that some reader of YAML could take for something else."""

    def ignore_aliases(self, _: Any) -> bool:
        return True


def _text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    plain = _PLAIN.fullmatch(text) and text.lower() not in _WORDS
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=None if plain else '"')


def _list(dumper: _Dumper, values: list[Any]) -> yaml.SequenceNode:
    return dumper.represent_sequence("tag:yaml.org,2002:seq", values, flow_style=True)


def _mapping(dumper: _Dumper, values: dict[str, Any]) -> yaml.MappingNode:
    """Write a field on one line, what holds fields over many."""
    flow = not any(isinstance(value, dict) for value in values.values()) and "fields" not in values
    return dumper.represent_mapping("tag:yaml.org,2002:map", values.items(), flow_style=flow)


_Dumper.add_representer(str, _text)
_Dumper.add_representer(list, _list)
_Dumper.add_representer(dict, _mapping)
