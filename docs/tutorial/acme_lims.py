"""Acme LIMS: reads samples, writes results."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated

from connector_sdk import (
    BodyCursor,
    Config,
    Connector,
    Cursor,
    EffectivelyOnce,
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


class AcmeConfig(Config):
    base_url: HttpUrl
    client_id: str
    client_secret: Secret


class Sample(Record):
    id: Annotated[str, Key]
    updated_at: Annotated[datetime, Cursor]
    initials: Annotated[str | None, Personal]


class Result(Record):
    sample: Annotated[str, Key]
    value: Decimal


class Acme(Connector[AcmeConfig]):
    name, vendor, api_versions = "acme", "Acme LIMS", ("2026-01",)
    capabilities = frozenset({"auth"})
    rate_limit = RateLimit(100, per=60)
    errors = VendorErrors(code="errors.0.code", classes={"LIMIT_EXCEEDED": ThrottledError})
    samples = RestStream(Sample, "/samples", paging=BodyCursor("next"), since="updated_since", total="total")
    results = RestSink(Result, "/results", delivery=EffectivelyOnce(header="Idempotency-Key"))

    def auth(self) -> OAuth2ClientCredentials:
        return OAuth2ClientCredentials("/oauth/token", self.config.client_id, self.config.client_secret)


@hookimpl
def connector_register(register: Register) -> None:
    register(Acme)
