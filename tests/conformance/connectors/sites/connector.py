"""A registry of trial sites: numbered pages, an API key, contacts written under the key in their path."""

from datetime import date
from typing import Annotated

from connector_sdk import (
    UNSET,
    ApiKey,
    Auth,
    Config,
    Connector,
    EffectivelyOnce,
    HttpUrl,
    Key,
    Maybe,
    PageNumber,
    Personal,
    Record,
    Register,
    RestSink,
    RestStream,
    Secret,
    VendorErrors,
    hookimpl,
)


class SitesConfig(Config):
    """Where the registry is, and for which trial it is asked."""

    base_url: HttpUrl
    trial: str
    api_key: Secret


class Site(Record):
    """A place where a trial is conducted."""

    number: Annotated[str, Key]
    country: str
    activated: date | None
    beds: int
    investigator: Annotated[Maybe[str], Personal] = UNSET


class Country(Record):
    """A country, by its code."""

    code: Annotated[str, Key]
    open: bool


class Contact(Record):
    """Who is to be asked at a site."""

    site: Annotated[str, Key]
    mail: Annotated[str, Personal]
    since: date


class Sites(Connector[SitesConfig]):
    """Sites, countries and contacts of one trial."""

    name, vendor, api_versions = "sites", "Site Registry", ("v3",)
    errors = VendorErrors(code="problem.type")
    sites = RestStream(
        Site,
        "/trials/{trial}/sites",
        records="page.items",
        paging=PageNumber("p", size_param="n", size=2),
        total="page.total",
    )
    countries = RestStream(Country, "/countries", records="")
    contacts = RestSink(Contact, "/trials/{trial}/contacts/{site}", delivery=EffectivelyOnce(), method="PUT")

    def auth(self) -> Auth:
        """Return the key, which the registry wants in a header."""
        return ApiKey("X-Registry-Key", self.config.api_key)


@hookimpl
def connector_register(register: Register) -> None:
    """Offer the connector."""
    register(Sites)
