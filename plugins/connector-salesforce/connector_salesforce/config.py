"""Which org, as whom, and how much of it."""

import re
from typing import Annotated, ClassVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from connector_sdk.config import Config, Secret

API_VERSION = "67.0"
"""The version of the REST API that this connector is written against (Summer '26)."""

_VERSION = re.compile(r"[1-9][0-9]\.0|[1-9][0-9]{2}\.0")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,79}")


def api_name(value: str) -> str:
    """Return the name of an object or field; raises ValueError for what cannot be one."""
    if not _NAME.fullmatch(value):
        raise ValueError("an API name has letters, digits and '_', and begins with a letter")
    return value


def _address(value: str) -> str:
    parts = urlsplit(value)
    try:
        named = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        named = False
    if not named:
        raise ValueError("write the org's own address, such as https://acme.my.salesforce.com")
    if parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc:
        raise ValueError("write nothing but scheme and host, such as https://acme.my.salesforce.com")
    return f"{parts.scheme}://{parts.netloc}"


def _version(value: str) -> str:
    if not _VERSION.fullmatch(value):
        raise ValueError(f'write it as Salesforce does, such as "{API_VERSION}"')
    return value


class SalesforceConfig(Config):
    """Settings of the connector `salesforce`."""

    governed: ClassVar[frozenset[str]] = frozenset({"fields", "lookback"})
    """What decides which records arrive: the pipeline's alone, whatever the environment."""

    base_url: Annotated[str, AfterValidator(_address)]
    """The org's My Domain address, such as `https://acme.my.salesforce.com`."""
    client_id: str
    """The consumer key of the connected app (client credentials flow)."""
    client_secret: Secret
    """Its consumer secret."""
    api_version: Annotated[str, AfterValidator(_version)] = API_VERSION
    """The version of the REST API, kept until it is changed here."""
    fields: tuple[Annotated[str, AfterValidator(api_name)], ...] = ()
    """The fields to read besides `Id` and `SystemModstamp`; all where absent."""
    lookback: Annotated[int, Field(ge=0, le=7 * 86400)] = 300
    """Seconds that a row may appear later than its `SystemModstamp`."""
    rows_per_call: Annotated[int, Field(ge=200, le=2000)] = 2000
    """How many rows an answer should hold; the system may send fewer."""
