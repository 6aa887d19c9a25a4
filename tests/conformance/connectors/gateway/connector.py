"""A gateway that takes submissions, and changes to them; nothing can be read from it."""

from datetime import datetime
from typing import Annotated

from connector_sdk import (
    UNSET,
    Auth,
    BearerToken,
    Config,
    Connector,
    EffectivelyOnce,
    HttpUrl,
    Key,
    Maybe,
    RateLimit,
    Record,
    Register,
    RestSink,
    Secret,
    VendorErrors,
    hookimpl,
)


class GatewayConfig(Config):
    """Where the gateway is, and who sends."""

    base_url: HttpUrl
    sender: str
    token: Secret


class Submission(Record):
    """What is handed in."""

    number: Annotated[str, Key]
    sent: datetime
    pages: int


class Amendment(Record):
    """A change to what was handed in."""

    number: Annotated[str, Key]
    pages: int
    reason: Maybe[str | None] = UNSET


class Gateway(Connector[GatewayConfig]):
    """Submissions, and amendments to them."""

    name, vendor, api_versions = "gateway", "Submission Gateway", ("1.4",)
    rate_limit = RateLimit(50, per=1)
    errors = VendorErrors(code="fault.code")
    submissions = RestSink(
        Submission, "/senders/{sender}/submissions", delivery=EffectivelyOnce(header="X-Submission-Key")
    )
    amendments = RestSink(
        Amendment, "/submissions/{number}", delivery=EffectivelyOnce(header="X-Amendment-Key"), method="PATCH"
    )

    def auth(self) -> Auth:
        """Return the token that the gateway's owner issued."""
        return BearerToken(self.config.token)


@hookimpl
def connector_register(register: Register) -> None:
    """Offer the connector."""
    register(Gateway)
