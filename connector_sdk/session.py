"""Assemble a connector for use: its plugin, its configuration out of a document, and what surrounds it."""

from dataclasses import dataclass, field
from typing import Any

from connector_sdk import plugins
from connector_sdk.clock import SYSTEM_CLOCK, Clock
from connector_sdk.connector import Connector
from connector_sdk.connector.connection import Connection
from connector_sdk.documents import Document
from connector_sdk.http.policy import HttpSettings
from connector_sdk.manifest import Manifest
from connector_sdk.plugins.hooks import NO_HOOKS, Hooks


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What surrounds a connection: its name, the environment it is used in, network, hooks and time."""

    connection: str = ""
    environment: str = "dev"
    gxp: bool = False
    settings: HttpSettings = field(default_factory=HttpSettings)
    hooks: Hooks = NO_HOOKS
    clock: Clock = SYSTEM_CLOCK


def connect(
    name: str, document: Document, at: tuple[str, ...], around: Surroundings = Surroundings()
) -> Connector[Any]:
    """Return the connector `name`, configured with the part of the document that stands at `at`.

    Where an environment is laid over the document, its settings count there.
    Raises ConfigurationError for an unknown or broken plugin, or broken hooks, and DocumentError where the
    configuration is not what the connector asks for.
    """
    connector = plugins.find(name).connector
    assert connector is not None  # noqa: S101 - `find` raises for a broken plugin
    _require_free(document, at, connector)
    config = document.with_references(at).validate(connector.config_type, at=at)
    made = connector(config)
    made.attach(_connection(made, around))
    return made


def _connection(connector: Connector[Any], around: Surroundings) -> Connection:
    """Ask the hooks what they have for this connection."""
    manifest = Manifest(
        connector=connector.name,
        vendor=connector.vendor,
        api_versions=connector.api_versions,
        connection=around.connection or connector.name,
        environment=around.environment,
        gxp=around.gxp,
        hosts=connector.hosts() if connector.base_url else (),
    )
    return Connection(
        rules=tuple(around.hooks.rules(manifest)),
        layers=tuple(around.hooks.layers(manifest)),
        auth=around.hooks.auth(manifest, connector.config),
        settings=around.settings,
        clock=around.clock,
    )


def _require_free(document: Document, at: tuple[str, ...], connector: type[Connector[Any]]) -> None:
    """Refuse an environment's setting that says what the records are, not where they are."""
    for key in document.keys_laid_over(at):
        if key in connector.config_type.governed:
            raise document.error(
                (*at, key),
                "overlay-forbidden",
                f"`{key}` of connector {connector.name!r} is the pipeline's; no environment may set it",
                "remove it here, and write it in the pipeline if it is meant",
                on_key=True,
            )
