"""Governed connectors for life-sciences systems: integrations that cannot fail quietly.

This is all that the author of a connector or of hooks imports; each name is loaded when it is first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from connector_sdk.compliance import (
        Outgoing,
        Rule,
    )
    from connector_sdk.config import (
        Config,
        HttpUrl,
        LocalPath,
    )
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
        Disposition,
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
        ComplianceError,
        ConfigurationError,
        ConflictError,
        ContractError,
        FencedError,
        IncompleteResponseError,
        InvalidInputError,
        NotFoundError,
        OutcomeUnknownError,
        RecordError,
        RejectedError,
        RetryableError,
        ThrottledError,
        UnavailableError,
        UnreachableError,
    )
    from connector_sdk.events import Event
    from connector_sdk.hookspecs import (
        Register,
        hookimpl,
    )
    from connector_sdk.http.auth import (
        ApiKey,
        Auth,
        BasicAuth,
        BearerToken,
        NoAuth,
    )
    from connector_sdk.http.exchange import Quota
    from connector_sdk.http.layer import (
        ExtraLayer,
        Send,
    )
    from connector_sdk.http.oauth import OAuth2ClientCredentials
    from connector_sdk.http.pace import RateLimit
    from connector_sdk.http.vendor_errors import (
        ErrorWhen,
        VendorError,
        VendorErrors,
    )
    from connector_sdk.manifest import Manifest
    from connector_sdk.schema import (
        UNSET,
        Cursor,
        Key,
        Maybe,
        Personal,
        Record,
        Schema,
    )
    from connector_sdk.secrets import Secret

__version__ = "0.1.0"

_HOME = {
    "connector_sdk.compliance": (
        "Outgoing",
        "Rule",
    ),
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
        "Disposition",
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
        "ComplianceError",
        "ConfigurationError",
        "ConflictError",
        "ContractError",
        "FencedError",
        "IncompleteResponseError",
        "InvalidInputError",
        "NotFoundError",
        "OutcomeUnknownError",
        "RecordError",
        "RejectedError",
        "RetryableError",
        "ThrottledError",
        "UnavailableError",
        "UnreachableError",
    ),
    "connector_sdk.events": ("Event",),
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
    "connector_sdk.http.exchange": ("Quota",),
    "connector_sdk.http.layer": (
        "ExtraLayer",
        "Send",
    ),
    "connector_sdk.http.oauth": ("OAuth2ClientCredentials",),
    "connector_sdk.http.pace": ("RateLimit",),
    "connector_sdk.http.vendor_errors": (
        "ErrorWhen",
        "VendorError",
        "VendorErrors",
    ),
    "connector_sdk.manifest": ("Manifest",),
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
    "ComplianceError",
    "Config",
    "ConfigurationError",
    "ConflictError",
    "Connector",
    "ContractError",
    "Cursor",
    "Deleted",
    "Deletes",
    "Delivery",
    "Disposition",
    "EffectivelyOnce",
    "ErrorWhen",
    "Event",
    "ExtraLayer",
    "FencedError",
    "HttpUrl",
    "IncompleteResponseError",
    "InvalidInputError",
    "Key",
    "LocalPath",
    "Manifest",
    "Maybe",
    "Mode",
    "NoAuth",
    "NoPaging",
    "NotFoundError",
    "OAuth2ClientCredentials",
    "Offer",
    "Outcome",
    "OutcomeUnknownError",
    "Outgoing",
    "Page",
    "PageNumber",
    "Personal",
    "Quota",
    "RateLimit",
    "Record",
    "RecordError",
    "Register",
    "RejectedError",
    "RestSink",
    "RestStream",
    "RetryableError",
    "Rule",
    "Schema",
    "Secret",
    "Send",
    "Sink",
    "Stream",
    "ThrottledError",
    "UnavailableError",
    "UnreachableError",
    "Unreadable",
    "VendorError",
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
