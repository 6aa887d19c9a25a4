"""A laboratory system: samples read by cursor, results written under idempotency keys.

Credentials by OAuth 2.0; an error may come with status 200. All of it declared, nothing of its own.
"""

from datetime import datetime
from decimal import Decimal
from typing import Annotated

from connector_sdk import (
    Auth,
    BodyCursor,
    Config,
    Connector,
    Cursor,
    EffectivelyOnce,
    ErrorWhen,
    HttpUrl,
    Key,
    OAuth2ClientCredentials,
    Personal,
    RateLimit,
    Record,
    Register,
    RestSink,
    RestStream,
    Secret,
    ThrottledError,
    VendorErrors,
    hookimpl,
)


class LimsConfig(Config):
    """Where the system is, and who asks."""

    base_url: HttpUrl
    client_id: str
    client_secret: Secret


class Sample(Record):
    """A sample, as the laboratory knows it."""

    id: Annotated[str, Key]
    updated_at: Annotated[datetime, Cursor]
    initials: Annotated[str | None, Personal]
    site: str
    volume_ml: Decimal


class Result(Record):
    """What was measured in a sample."""

    sample: Annotated[str, Key]
    value: Decimal


class Lims(Connector[LimsConfig]):
    """Samples and results of a laboratory."""

    name, vendor, api_versions = "lims", "Lims", ("2026-01",)
    capabilities = frozenset({"auth"})
    rate_limit = RateLimit(100, per=60)
    errors = VendorErrors(
        code="errors.0.code",
        classes={"LIMIT_EXCEEDED": ThrottledError},
        when=ErrorWhen("status", "FAILURE"),
    )
    samples = RestStream(Sample, "/samples", paging=BodyCursor("next"), since="updated_since", total="total")
    results = RestSink(Result, "/results", delivery=EffectivelyOnce(header="Idempotency-Key"))

    def auth(self) -> Auth:
        """Return the credentials, exchanged for tokens."""
        return OAuth2ClientCredentials("/oauth/token", self.config.client_id, self.config.client_secret)


@hookimpl
def connector_register(register: Register) -> None:
    """Offer the connector."""
    register(Lims)
