"""How a connector reaches its system in one environment: what the session gives to it, and what opens it."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from connector_sdk.clock import SYSTEM_CLOCK, Clock
from connector_sdk.compliance import Rule
from connector_sdk.errors import ConfigurationError
from connector_sdk.http.auth import Auth
from connector_sdk.http.layer import ExtraLayer
from connector_sdk.http.observer import SILENT, Observer
from connector_sdk.http.origin import Origin, origin_of
from connector_sdk.http.pace import RateLimit
from connector_sdk.http.policy import HttpPolicy, HttpSettings

if TYPE_CHECKING:
    from connector_sdk.connector.base import Connector
    from connector_sdk.http.client import Http

UNDECLARED: Final = RateLimit(10, per=2)
"""What a system gets whose connector declares no limit: five requests a second, ten at once."""


@dataclass(frozen=True, slots=True)
class Connection:
    """What an environment and the installed hooks settle about one connection.

    `auth`, where a hook supplies it, takes the place of the connector's own; `rules` are asked before
    anything leaves, `layers` stand in the stack where each says.
    """

    rules: tuple[Rule, ...] = ()
    layers: tuple[ExtraLayer, ...] = ()
    auth: Auth | None = None
    settings: HttpSettings = field(default_factory=HttpSettings)
    clock: Clock = SYSTEM_CLOCK


def opened(connector: "Connector[Any]", given: Connection | None, observer: Observer | None) -> "Http":
    """Open the connector's connection with what it is given, with nothing where there is no session."""
    from connector_sdk.http.client import Http  # noqa: PLC0415 - verbs that send nothing do without httpx

    around = given or Connection()
    limit = connector.rate_limit
    if limit is None and not home_of(connector).loopback:
        limit = UNDECLARED
    policy = HttpPolicy(
        connector=connector.name,
        base_url=connector.base_url,
        hosts=connector.hosts(),
        auth=around.auth or connector.auth(),
        errors=connector.errors,
        rate_limit=limit,
        settings=around.settings,
        quota=connector.quota,
    )
    return Http(
        policy, clock=around.clock, observer=observer or SILENT, rules=around.rules, extra=around.layers
    )


def home_of(connector: "Connector[Any]") -> Origin:
    """Return where the connector's base URL leads; raises ConfigurationError where it is no address."""
    try:
        return origin_of(connector.base_url)
    except ValueError:
        raise ConfigurationError(
            "the connector's `base_url` is no address",
            code="base-url-unusable",
            hint="write https://host in the settings; a setting of the type HttpUrl would show the line",
        ) from None
