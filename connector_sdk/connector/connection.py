"""How a connector reaches its system in one environment: what the session gives to it."""

from dataclasses import dataclass, field

from connector_sdk.clock import SYSTEM_CLOCK, Clock
from connector_sdk.compliance import Rule
from connector_sdk.http.auth import Auth
from connector_sdk.http.layer import ExtraLayer
from connector_sdk.http.policy import HttpSettings


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
