"""An environment's document `environments/NAME.yaml`: what may differ between dev, uat and prod.

It settles where a pipeline's connections lead and what is demanded of them. What the pipeline means is the
pipeline's alone, so that what people approve is the same everywhere.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, ClassVar, Final, Literal

from pydantic import Field

from connector_sdk.config import Config, LocalPath, Secret
from connector_sdk.digest import digest, without_decimals
from connector_sdk.documents import Document, DocumentError, load_leniently
from connector_sdk.errors import ConfigurationError
from connector_sdk.http.policy import HttpSettings, Timeouts
from connector_sdk.pipeline.values import DEV, LedgerFile, Name

FOLDER: Final = "environments"

PIPELINES_OWN: Final = frozenset(
    {"pipeline", "owner", "description", "labels", "expect", "source", "destination", "mapping", "write"}
    | {"batch_size", "dead_letters", "reconcile", "flows"}
)
"""Keys that say what a pipeline means."""

_DEFAULT = Timeouts()
_Seconds = Annotated[float, Field(gt=0, le=3600)]


class TimeoutsDefinition(Config):
    """Seconds a system is waited for."""

    connect: _Seconds = _DEFAULT.connect
    read: _Seconds = _DEFAULT.read
    write: _Seconds = _DEFAULT.write
    pool: _Seconds = _DEFAULT.pool
    total: _Seconds = _DEFAULT.total


class HttpDefinition(Config):
    """The way through the network."""

    proxy: Secret | None = None
    ca_bundle: LocalPath | None = None
    client_cert: LocalPath | None = None
    timeouts: TimeoutsDefinition = TimeoutsDefinition()


class EnvironmentDefinition(Config):
    """The document `environments/NAME.yaml`, format 1."""

    later: ClassVar[frozenset[str]] = frozenset({"keys", "limits", "retention", "oidc", "plugins"})

    format: Literal[1] = 1
    gxp: bool = False
    ledger: LedgerFile | None = None
    connections: Annotated[dict[Name, dict[str, Any]], Field(default_factory=dict)]
    identity: Annotated[
        dict[Name, Annotated[dict[str, str], Field(min_length=1)]], Field(default_factory=dict)
    ]
    http: HttpDefinition = HttpDefinition()


_NOTHING_SAID = EnvironmentDefinition(connections={}, identity={})


@dataclass(frozen=True)
class Environment:
    """An environment by name; `document` is None for `dev` where nothing is written about it."""

    name: str = DEV
    definition: EnvironmentDefinition = _NOTHING_SAID
    document: Document | None = None

    @property
    def gxp(self) -> bool:
        """Whether it is a validated one."""
        return self.definition.gxp

    @property
    def identity(self) -> Mapping[str, Mapping[str, str]]:
        """What each connection's system must say of itself, by the connection's name."""
        return self.definition.identity

    @property
    def http(self) -> HttpSettings:
        """The way through the network, as the HTTP stack takes it."""
        found = self.definition.http
        timeouts = Timeouts(**found.timeouts.model_dump())
        return HttpSettings(found.proxy, found.ca_bundle, found.client_cert, timeouts)

    @cached_property
    def digest(self) -> str:
        """The digest of its name and of what its document says; what references stand for does not count."""
        value = None if self.document is None else self.document.value
        return digest({"environment": self.name, "document": without_decimals(value)})


def load_environment(folder: Path, name: str) -> Environment:
    """Read the environment `name` of the pipelines in a folder.

    Raises ConfigurationError (environment-unknown) where it has no document and is not `dev`, DocumentError
    with every problem of its document.
    """
    # By the listing: a file system that ignores case must not give one environment two names.
    documents = {path.stem: path for path in sorted((folder / FOLDER).glob("*.yaml"))}
    if name not in documents:
        if name == DEV:
            return Environment()
        known = ", ".join(dict.fromkeys([DEV, *documents]))
        raise ConfigurationError(
            f"there is no environment {name!r}",
            code="environment-unknown",
            hint=f"there are: {known}; {FOLDER}/NAME.yaml beside the pipeline makes another",
            location=str(folder / FOLDER),
        )
    document = load_leniently(documents[name])
    return Environment(name, _definition(document), document)


def _definition(document: Document) -> EnvironmentDefinition:
    own = (
        [
            document.error(
                (key,),
                "overlay-forbidden",
                f"`{key}` is the pipeline's; an environment cannot change what a pipeline means",
                "remove it here, and write it in the pipeline if it is meant",
                on_key=True,
            ).diagnostics[0]
            for key in document.value
            if key in PIPELINES_OWN
        ]
        if isinstance(document.value, dict)
        else []
    )
    told = {found.location for found in own}
    try:
        resolved = document.with_references(("ledger",)).with_references(("identity",))
        definition = resolved.with_references(("http",)).validate(EnvironmentDefinition)
    except DocumentError as error:
        raise DocumentError(
            [*own, *(found for found in error.diagnostics if found.location not in told)]
        ) from None
    if own:
        raise DocumentError(own)
    return definition
