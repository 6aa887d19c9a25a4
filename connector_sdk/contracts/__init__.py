"""Contracts: a stream's or sink's schema, pinned by digest, and what to do when the other side changes."""

from connector_sdk.contracts.compare import Difference, compare, merge, require_same
from connector_sdk.contracts.contract import Contract
from connector_sdk.contracts.file import read_contract, write_contract

__all__ = [
    "Contract",
    "Difference",
    "compare",
    "merge",
    "read_contract",
    "require_same",
    "write_contract",
]
