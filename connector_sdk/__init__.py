"""Governed connectors for life-sciences systems: integrations that cannot fail quietly.

This is all that the author of a connector imports; each name is loaded when it is first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from connector_sdk.config import Config, HttpUrl, LocalPath
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
    from connector_sdk.connector.rest import (
        BodyCursor,
        EffectivelyOnce,
        NoPaging,
        PageNumber,
        RestSink,
        RestStream,
    )
    from connector_sdk.errors import (
        AccessDeniedError,
        AuthenticationError,
        ConfigurationError,
        ConflictError,
        ContractError,
        IncompleteResponseError,
        InvalidInputError,
        NotFoundError,
        OutcomeUnknownError,
        RecordError,
        ThrottledError,
        UnavailableError,
        UnreachableError,
    )
    from connector_sdk.hookspecs import Register, hookimpl
    from connector_sdk.http.auth import ApiKey, Auth, BasicAuth, BearerToken, NoAuth
    from connector_sdk.http.oauth import OAuth2ClientCredentials
    from connector_sdk.http.pace import RateLimit
    from connector_sdk.http.vendor_errors import ErrorWhen, VendorErrors
    from connector_sdk.schema import UNSET, Cursor, Key, Maybe, Personal, Record, Schema
    from connector_sdk.secrets import Secret

__version__ = "0.1.0"

_HOME = {
    "connector_sdk.config": (
        "Config",
        "HttpUrl",
        "LocalPath",
    ),
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
    "connector_sdk.connector.rest": (
        "BodyCursor",
        "EffectivelyOnce",
        "NoPaging",
        "PageNumber",
        "RestSink",
        "RestStream",
    ),
    "connector_sdk.errors": (
        "AccessDeniedError",
        "AuthenticationError",
        "ConfigurationError",
        "ConflictError",
        "ContractError",
        "IncompleteResponseError",
        "InvalidInputError",
        "NotFoundError",
        "OutcomeUnknownError",
        "RecordError",
        "ThrottledError",
        "UnavailableError",
        "UnreachableError",
    ),
    "connector_sdk.hookspecs": (
        "Register",
        "hookimpl",
    ),
    "connector_sdk.http.auth": (
        "ApiKey",
        "Auth",
        "BasicAuth",
        "BearerToken",
        "NoAuth",
    ),
    "connector_sdk.http.oauth": ("OAuth2ClientCredentials",),
    "connector_sdk.http.pace": ("RateLimit",),
    "connector_sdk.http.vendor_errors": (
        "ErrorWhen",
        "VendorErrors",
    ),
    "connector_sdk.schema": (
        "UNSET",
        "Cursor",
        "Key",
        "Maybe",
        "Personal",
        "Record",
        "Schema",
    ),
    "connector_sdk.secrets": ("Secret",),
}
_MODULE = {name: module for module, names in _HOME.items() for name in names}

__all__ = [
    "APPLIED",
    "SUPERSEDED",
    "UNSET",
    "AccessDeniedError",
    "ApiKey",
    "Auth",
    "AuthenticationError",
    "BasicAuth",
    "Batch",
    "BearerToken",
    "BodyCursor",
    "Call",
    "Completeness",
    "Config",
    "ConfigurationError",
    "ConflictError",
    "Connector",
    "ContractError",
    "Cursor",
    "Deleted",
    "Deletes",
    "Delivery",
    "EffectivelyOnce",
    "ErrorWhen",
    "HttpUrl",
    "IncompleteResponseError",
    "InvalidInputError",
    "Key",
    "LocalPath",
    "Maybe",
    "Mode",
    "NoAuth",
    "NoPaging",
    "NotFoundError",
    "OAuth2ClientCredentials",
    "Offer",
    "Outcome",
    "OutcomeUnknownError",
    "Page",
    "PageNumber",
    "Personal",
    "RateLimit",
    "Record",
    "RecordError",
    "Register",
    "RestSink",
    "RestStream",
    "Schema",
    "Secret",
    "Sink",
    "Stream",
    "ThrottledError",
    "UnavailableError",
    "UnreachableError",
    "Unreadable",
    "VendorErrors",
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
