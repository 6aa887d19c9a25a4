"""The operations that rules may name: one module each, all of them in one table."""

from connector_sdk.mapping.operations.codelist import CODELIST
from connector_sdk.mapping.operations.copy import COPY
from connector_sdk.mapping.operations.operation import Convert, Operation, Produced, Use

OPERATIONS: dict[str, Operation] = {"copy": COPY, "codelist": CODELIST}

__all__ = ["OPERATIONS", "Convert", "Operation", "Produced", "Use"]
