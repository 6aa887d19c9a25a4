"""A pipeline's document: what it may say, and how it is read in an environment."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from connector_sdk.config import Config, LocalPath
from connector_sdk.connector import Deletes, Mode, WritePolicy
from connector_sdk.digest import digest, without_decimals
from connector_sdk.documents import Document, load_leniently
from connector_sdk.pipeline.environment import Environment, load_environment
from connector_sdk.pipeline.finding import only_document
from connector_sdk.pipeline.overlay import overlay
from connector_sdk.pipeline.values import DEV, Duration, LedgerFile, Name, command_line

DEFAULT_LEDGER = Path(".connector-sdk", "ledger.db")


class Source(Config):
    """Where records come from. `config` is the connector's own, validated by its model."""

    connector: str
    stream: str | None = None
    config: Annotated[dict[str, Any], Field(default_factory=dict)]
    connection: Name | None = None

    @property
    def connection_name(self) -> str:
        """The name by which environments know this connection."""
        return self.connection or self.connector


class Destination(Config):
    """Where records go. `config` is the connector's own, validated by its model."""

    connector: str
    sink: str | None = None
    config: Annotated[dict[str, Any], Field(default_factory=dict)]
    connection: Name | None = None

    @property
    def connection_name(self) -> str:
        """The name by which environments know this connection."""
        return self.connection or self.connector


class WriteDefinition(Config):
    """What writing means; a record that the source reports as deleted is refused unless said otherwise."""

    mode: Mode = Mode.UPSERT
    deletes: Deletes = Deletes.REFUSE
    nulls: Literal["set", "omit"] = "set"
    in_doubt: Literal["stop", "resend"] = "stop"

    @property
    def policy(self) -> WritePolicy:
        """What of it concerns a sink."""
        return WritePolicy(self.mode, self.nulls == "omit", self.deletes)


class DeadLetterPolicy(Config):
    """How many records may be set aside: as a share of those read, and in a row."""

    max_ratio: Annotated[Decimal, Field(ge=0, le=1)] = Decimal(0)
    max_consecutive: Annotated[int, Field(ge=1)] = 100


class Expectation(Config):
    """What its owner counts on: a success in each period, and records in it."""

    every: Duration | None = None
    min_records: Annotated[int, Field(ge=1)] | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.every is None and self.min_records is None:
            raise ValueError("must say `every`, `min_records` or both")
        return self


class PipelineDefinition(Config):
    """The document `pipeline.yaml`, format 1."""

    later: ClassVar[frozenset[str]] = frozenset({"flows", "reconcile"})

    format: Literal[1]
    pipeline: Name
    owner: str | None = None
    description: str | None = None
    labels: Annotated[dict[str, str], Field(default_factory=dict)]
    expect: Expectation | None = None
    source: Source
    mapping: LocalPath | None = None
    destination: Destination
    write: WriteDefinition = WriteDefinition()
    batch_size: Annotated[int, Field(ge=1, le=100_000)] = 1000
    dead_letters: DeadLetterPolicy = DeadLetterPolicy()
    ledger: LedgerFile | None = None


@dataclass(frozen=True)
class Pipeline:
    """A pipeline as its document defines it, in one environment.

    `document` is what people approve, the same everywhere; `settled` is it with the environment's connections
    laid over. References in either are not resolved.
    """

    document: Document
    definition: PipelineDefinition
    environment: Environment
    settled: Document

    @property
    def folder(self) -> Path:
        """The folder that paths in the document start from."""
        return self.document.path.parent

    @property
    def ledger(self) -> Path:
        """The ledger's file: the environment's; in dev also the pipeline's own, before the default."""
        own = self.definition.ledger if self.environment.name == DEV else None
        return self.environment.definition.ledger or own or self.folder / DEFAULT_LEDGER

    @property
    def command_line(self) -> str:
        """How commands name this pipeline in this environment."""
        return command_line(self.document.path, self.environment.name)

    @cached_property
    def digest(self) -> str:
        """The digest of what the document says: comments, order and layout do not count, nor does what
        references stand for.
        """
        return digest(self.part())

    def part(self, *keys: str, settled: bool = False) -> Any:
        """Return a part of the document as digests take it, decimals as text; None if it is absent.

        With `settled`, the environment's settings are laid over.
        """
        value = (self.settled if settled else self.document).value
        for key in keys:
            value = value.get(key) if isinstance(value, dict) else None
        return without_decimals(value)


def load_pipeline(path: Path, environment: str = DEV) -> Pipeline:
    """Read the pipeline at `path`: its document, or the folder that holds it and no other.

    Raises DocumentError with every problem in the document or in the environment's; ConfigurationError for
    an environment that is not there.
    """
    document = load_leniently(only_document(path))
    definition = document.with_references(("ledger",)).validate(PipelineDefinition)
    found = load_environment(document.path.parent, environment)
    connections = {
        "source": definition.source.connection_name,
        "destination": definition.destination.connection_name,
    }
    return Pipeline(document, definition, found, overlay(document, found, connections))
