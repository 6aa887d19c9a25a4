"""Governed connectors for life-sciences systems: integrations that cannot fail quietly.

This is all that the author of a connector imports; each name is loaded when it is first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from connector_sdk.config import Config, LocalPath
    from connector_sdk.connector import (
        APPLIED,
        SUPERSEDED,
        Batch,
        Call,
        Completeness,
        Connector,
        Deleted,
        Deletes,
        Delivery,
        Mode,
        Offer,
        Outcome,
        Page,
        Sink,
        Stream,
        Unreadable,
        WritePolicy,
        rejected,
    )
    from connector_sdk.hookspecs import hookimpl
    from connector_sdk.schema import UNSET, Cursor, Key, Maybe, Personal, Record, Schema
    from connector_sdk.secrets import Secret

__version__ = "0.1.0"

_HOME = {
    "connector_sdk.config": ("Config", "LocalPath"),
    "connector_sdk.connector": (
        "APPLIED",
        "SUPERSEDED",
        "Batch",
        "Call",
        "Completeness",
        "Connector",
        "Deleted",
        "Deletes",
        "Delivery",
        "Mode",
        "Offer",
        "Outcome",
        "Page",
        "Sink",
        "Stream",
        "Unreadable",
        "WritePolicy",
        "rejected",
    ),
    "connector_sdk.hookspecs": ("hookimpl",),
    "connector_sdk.schema": ("UNSET", "Cursor", "Key", "Maybe", "Personal", "Record", "Schema"),
    "connector_sdk.secrets": ("Secret",),
}
_MODULE = {name: module for module, names in _HOME.items() for name in names}

__all__ = [
    "APPLIED",
    "SUPERSEDED",
    "UNSET",
    "Batch",
    "Call",
    "Completeness",
    "Config",
    "Connector",
    "Cursor",
    "Deleted",
    "Deletes",
    "Delivery",
    "Key",
    "LocalPath",
    "Maybe",
    "Mode",
    "Offer",
    "Outcome",
    "Page",
    "Personal",
    "Record",
    "Schema",
    "Secret",
    "Sink",
    "Stream",
    "Unreadable",
    "WritePolicy",
    "__version__",
    "hookimpl",
    "rejected",
]


def __getattr__(name: str) -> Any:
    if name not in _MODULE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_MODULE[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
