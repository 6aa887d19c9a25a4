"""What an operation is: arguments of its own, a check of types, and a function from value to value."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from connector_sdk.config import Config
from connector_sdk.documents import Loc
from connector_sdk.mapping.findings import Findings
from connector_sdk.schema import Field, FieldType

Convert = Callable[[Any], Any]
"""From a value that is there, neither null nor absent, to another; raises RecordError."""


@dataclass(frozen=True, slots=True)
class Use:
    """One use of an operation: where its rule stands, the field it reads, the target field it fills.

    `wanted` is the target field's type where a contract of the destination demands one.
    """

    at: Loc
    source: Field
    to: str
    wanted: FieldType | None
    findings: Findings


@dataclass(frozen=True, slots=True)
class Produced:
    """What a rule gives: values of a type, made by `convert`; None where they pass as they are."""

    type: FieldType
    convert: Convert | None = None


@dataclass(frozen=True, slots=True)
class Operation:
    """`args`: the model of its arguments. `compile` checks one use of it, tells `findings` what is wrong and
    returns what the use gives.
    """

    args: type[Config]
    compile: Callable[[Use, Any], Produced]
