"""Read a mapping's document: its models, the arguments of its operations, its digest."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from connector_sdk.config import Config
from connector_sdk.digest import digest, without_decimals
from connector_sdk.documents import Document, DocumentError, load_leniently
from connector_sdk.mapping.definition import MappingDefinition, Rule
from connector_sdk.mapping.findings import Findings
from connector_sdk.mapping.operations import OPERATIONS


class ContractPaths(NamedTuple):
    """The contract files that a mapping names."""

    source: Path | None
    destination: Path | None


@dataclass(frozen=True)
class MappingDocument:
    """A mapping as its document defines it; `args` are those of the rules, in their order."""

    document: Document
    definition: MappingDefinition
    args: tuple[Config, ...]

    @cached_property
    def digest(self) -> str:
        """The digest of what the document says: comments and layout do not count, the order of rules does.

        What the contracts say that it names is no part of it.
        """
        return digest(without_decimals(self.document.value))

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules, in order."""
        return self.definition.rules

    def rules_using(self, field: str) -> tuple[str, ...]:
        """Return the names of the rules that read a source field, e.g. `Email -> email (copy)`."""
        return tuple(rule.name for rule in self.rules if rule.source == field)


def read_mapping(path: Path) -> MappingDocument:
    """Read a mapping's document; whether it fits a source is `compile_mapping`'s to say.

    Raises DocumentError with every problem, those in the arguments of operations included.
    """
    document = load_leniently(path)
    findings = Findings(document)
    definition: MappingDefinition | None = None
    try:
        definition = document.validate(MappingDefinition)
    except DocumentError as error:
        findings.include(error)
    args = _arguments(document, findings)
    findings.raise_any()
    if definition is None:  # cannot be: what it lacked was found and raised
        raise AssertionError(path)
    return MappingDocument(document, definition, args)


def contract_paths(document: MappingDocument) -> ContractPaths:
    """Return the paths of the contracts that the mapping names, from its folder; None where it names none."""
    return ContractPaths(document.definition.source.contract, document.definition.destination.contract)


def _arguments(document: Document, findings: Findings) -> tuple[Config, ...]:
    """Validate the arguments of each rule whose operation is known, whatever else is wrong."""
    found: list[Config] = []
    for index, rule in enumerate(_rules(document.value)):
        operation = OPERATIONS.get(_operation(rule))
        if operation is None:
            continue
        try:
            found.append(document.validate(operation.args, at=("rules", index, "args")))
        except DocumentError as error:
            findings.include(error)
    return tuple(found)


def _rules(value: Any) -> list[Any]:
    rules = value.get("rules") if isinstance(value, dict) else None
    return rules if isinstance(rules, list) else []


def _operation(rule: Any) -> str:
    """Return the operation of a rule with arguments that a model can look at; "" where there is none."""
    if not isinstance(rule, dict) or not isinstance(rule.get("args", {}), dict):
        return ""
    name = rule.get("op", "copy")
    return name if isinstance(name, str) else ""
