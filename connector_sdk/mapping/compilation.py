"""Compile a mapping for a source: everything is checked here, so that records only flow."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from connector_sdk.contracts import read_contract
from connector_sdk.mapping.coverage import check_coverage, check_targets
from connector_sdk.mapping.destination import check_destination
from connector_sdk.mapping.document import MappingDocument, contract_paths
from connector_sdk.mapping.findings import Findings
from connector_sdk.mapping.operations import OPERATIONS, Use
from connector_sdk.mapping.records import Apply, mover
from connector_sdk.mapping.target import Made, target_schema
from connector_sdk.schema import Field, Schema


@dataclass(frozen=True)
class Mapping:
    """A mapping made for one source schema; `schema` is that of the records it gives."""

    document: MappingDocument
    source: Schema
    schema: Schema
    _apply: Apply = field(repr=False)

    @property
    def digest(self) -> str:
        """The digest of what the document says."""
        return self.document.digest

    def apply(self, records: Sequence[Any]) -> list[Any]:
        """Return for each record, in order, its target record or the RecordError it earns.

        Records are of `record_type(source)`, target records of `record_type(schema)`. Nothing is kept from
        one record to the next.
        """
        return self._apply(records)

    def rules_using(self, field: str) -> tuple[str, ...]:
        """Return the names of the rules that read a source field, e.g. `Email -> email (copy)`."""
        return self.document.rules_using(field)


def compile_mapping(document: MappingDocument, source: Schema, *, contract: Path | None = None) -> Mapping:
    """Make the mapping for a source schema; `contract` is the file that schema stands in, if any.

    Raises DocumentError with everything that is wrong, and as `read_contract` does for a contract of the
    destination that cannot be read.
    """
    findings = Findings(document.document)
    agreed = _agreed(document)
    _check_contract(document, contract, findings)
    check_coverage(document, source, findings)
    check_targets(document, findings)
    made = _made(document, source, agreed, findings)
    schema = target_schema(made, source, document.definition.keys.business, findings)
    if agreed:
        check_destination(made, schema, agreed, findings)
    findings.raise_any()
    return Mapping(document, source, schema, mover(made, source, schema))


def _made(document: MappingDocument, source: Schema, agreed: Schema | None, findings: Findings) -> list[Made]:
    """Compile each rule whose source field is known."""
    made: list[Made] = []
    for index, (rule, args) in enumerate(zip(document.rules, document.args, strict=True)):
        if rule.source in source:
            at, wanted = ("rules", index), agreed[rule.to].type if agreed and rule.to in agreed else None
            read = _as_records_hold_it(source, rule.source)
            use = Use(at, read, rule.to, wanted, findings)
            made.append(Made(at, rule, read, OPERATIONS[rule.op].compile(use, args)))
    return made


def _as_records_hold_it(source: Schema, name: str) -> Field:
    """Return a field of the source; one of its key is never null or absent, whatever is declared of it."""
    found = source[name]
    return replace(found, nullable=source.nullable(found), optional=source.optional(found))


def _agreed(document: MappingDocument) -> Schema | None:
    path = contract_paths(document).destination
    return read_contract(path).schema if path else None


def _check_contract(document: MappingDocument, used: Path | None, findings: Findings) -> None:
    """Tell where the mapping names another contract than the one in use, or one that is not there."""
    named, at = contract_paths(document).source, ("source", "contract")
    if named is None:
        return
    if used is not None and named.resolve() != used.resolve():
        message = "the pipeline holds the stream to another contract than the one named here"
        findings.wrong(at, "mapping-contract-differs", message, f"in use is {used}")
    elif not named.exists():
        message = "the stream's contract named here does not exist"
        hint = "write it with `connector-sdk contract pin`"
        findings.wrong(at, "mapping-contract-differs", message, hint)
