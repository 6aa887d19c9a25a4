"""Build from a pipeline document what a run or a look at it needs."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from connector_sdk.connector import Call, Connector, Sink, Stream, WritePolicy
from connector_sdk.digest import digest
from connector_sdk.ledger.partitions import PartitionKey
from connector_sdk.mapping import MappingDocument, read_mapping
from connector_sdk.pipeline.contract_check import contract_path
from connector_sdk.pipeline.definition import Destination, Pipeline, Source
from connector_sdk.pipeline.destination import digest_of, place_of, source_of
from connector_sdk.pipeline.identity import Sides
from connector_sdk.plugins.hooks import NO_HOOKS, Hooks, load_hooks
from connector_sdk.session import Surroundings, connect

Side = Literal["source", "destination"]


@dataclass(frozen=True, slots=True)
class Assembly:
    """A pipeline with its connectors ready."""

    pipeline: Pipeline
    key: PartitionKey
    source: Connector[Any]
    destination: Connector[Any]
    stream_name: str
    stream: Stream
    sink: Sink
    write: WritePolicy
    contract_path: Path
    read_from: str
    """Connector and stream, which the cursor is about."""
    place: str
    """Digest of everything that decides where records are written."""
    target: str
    """Digest of everything that decides what is read, and where and how it is written."""
    mapping: MappingDocument | None = None
    hooks: Hooks = NO_HOOKS

    def call(self, *, full_refresh: bool = False) -> Call:
        """Return a fresh conversation with a connector."""
        return Call(
            pipeline=self.key.pipeline,
            partition=str(self.key),
            page_size=self.pipeline.definition.batch_size,
            full_refresh=full_refresh,
        )

    @property
    def sides(self) -> Sides:
        """Both connectors, by the side they are on."""
        return {"source": self.source, "destination": self.destination}

    def close(self) -> None:
        """Let go of what the connectors hold open."""
        for each in (self.sink, self.destination, self.source):
            each.close()


def partition_of(pipeline: Pipeline) -> PartitionKey:
    """Return the name under which the ledger knows a pipeline's records in its environment."""
    return PartitionKey(pipeline.environment.name, pipeline.definition.pipeline)


def assemble(pipeline: Pipeline) -> Assembly:
    """Load both connectors of the pipeline and configure them.

    Raises ConfigurationError, or DocumentError with the place in the document.
    """
    definition = pipeline.definition
    hooks = load_hooks([definition.source.connector, definition.destination.connector])
    source, destination = (connected(pipeline, side, hooks) for side in ("source", "destination"))
    stream_name = definition.source.stream or source.only_stream()
    sink_name = definition.destination.sink or destination.only_sink()
    mapping = read_mapping(definition.mapping) if definition.mapping else None
    made = {} if mapping is None else {"mapping": mapping.digest}
    stream = source.stream(stream_name)
    read_from = source_of(pipeline, stream_name, stream)
    return Assembly(
        pipeline=pipeline,
        key=partition_of(pipeline),
        source=source,
        destination=destination,
        stream_name=stream_name,
        stream=stream,
        sink=destination.sink(sink_name),
        write=definition.write.policy,
        contract_path=contract_path(pipeline.folder, definition.source.connector, stream_name),
        read_from=read_from,
        place=digest_of(pipeline, sink_name),
        target=digest(
            {
                **place_of(pipeline, sink_name),
                "source": read_from,
                "write": pipeline.part("write"),
                **made,
            }
        ),
        mapping=mapping,
        hooks=hooks,
    )


def connected(pipeline: Pipeline, side: Side, hooks: Hooks) -> Connector[Any]:
    """Load and configure the connector of one side, as the pipeline's environment and the hooks have it.

    Raises ConfigurationError, or DocumentError with the place in the document.
    """
    part: Source | Destination = getattr(pipeline.definition, side)
    environment = pipeline.environment
    around = Surroundings(part.connection_name, environment.name, environment.gxp, environment.http, hooks)
    return connect(part.connector, pipeline.settled, (side, "config"), around)
