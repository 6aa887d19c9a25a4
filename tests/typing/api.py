"""What type checkers make of the public names, as an author meets them; mypy and pyright both read this."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, assert_type

from connector_sdk import (
    APPLIED,
    UNSET,
    ApiKey,
    Auth,
    BasicAuth,
    Batch,
    BearerToken,
    BodyCursor,
    Call,
    Completeness,
    Config,
    Connector,
    Cursor,
    Delivery,
    EffectivelyOnce,
    ErrorWhen,
    HttpUrl,
    Key,
    Maybe,
    NoPaging,
    Outcome,
    PageNumber,
    RateLimit,
    Record,
    Register,
    RestSink,
    RestStream,
    Secret,
    Sink,
    Stream,
    ThrottledError,
    VendorErrors,
    hookimpl,
    rejected,
)


class LimsConfig(Config):
    base_url: HttpUrl
    token: Secret
    study: str = "ACME-01"


class Visit(Record):
    id: Annotated[str, Key]
    updated_at: Annotated[datetime, Cursor]
    note: Maybe[str] = UNSET


class Lims(Connector[LimsConfig]):
    name, vendor = "lims", "A laboratory"
    rate_limit = RateLimit(10, per=1)
    errors = VendorErrors(
        code="error.code",
        classes={"SLOW_DOWN": ThrottledError},
        when=ErrorWhen("status", "FAILURE", "error.code"),
    )
    visits = RestStream(
        Visit,
        "/studies/{study}/visits",
        paging=PageNumber("page", size_param="size", size=200),
        total="count",
    )
    changes = RestStream(Visit, "/changes", paging=BodyCursor("next"), since="after", lookback=300)
    sites = RestStream(Visit, "/sites", records="", paging=NoPaging(), params={"active": "true"})
    visit = RestSink(Visit, "/visits/{id}", method="PUT", delivery=EffectivelyOnce())

    def auth(self) -> Auth:
        assert_type(self.config, LimsConfig)
        assert_type(self.config.base_url, str)
        return BearerToken(self.config.token)


@hookimpl
def connector_register(register: Register) -> None:
    register(Lims)


def use(lims: Lims, call: Call, batch: Batch) -> None:
    """Show what the parts are."""
    assert_type(lims.visits, RestStream)
    assert_type(lims.visits.completeness, Completeness)
    assert_type(lims.visit.delivery, Delivery)
    assert_type(lims.stream("visits"), Stream)
    assert_type(lims.sink("visit"), Sink)
    assert_type(lims.visit.write(call, batch), list[Outcome])
    assert_type(lims.streams(), Mapping[str, Stream])
    assert_type(Visit(id="007", updated_at=datetime.now(UTC)).note, Maybe[str])
    assert_type([APPLIED, rejected("lims:full", "no room")], list[Outcome])
    credentials: list[Auth] = [BasicAuth("maria", lims.config.token), ApiKey("X-Key", lims.config.token)]
    record: dict[str, Any] = {"id": credentials}
    del record
