"""Build from a pipeline document what a run or a look at it needs."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from connector_sdk import __version__, plugins
from connector_sdk.connector import Call, Connector, Sink, Stream, WritePolicy
from connector_sdk.contracts import read_contract
from connector_sdk.digest import digest
from connector_sdk.ledger.partitions import PartitionKey
from connector_sdk.pipeline.contract_check import contract_path
from connector_sdk.pipeline.definition import Pipeline
from connector_sdk.pipeline.destination import digest_of, place_of
from connector_sdk.session import connect

ENVIRONMENT = "dev"
"""The environment of a pipeline that names no other."""


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
    place: str
    """Of everything that decides where records are written."""
    target: str
    """Digest of everything that decides where and how records are written."""

    def call(self, *, full_refresh: bool = False) -> Call:
        """Return a fresh conversation with a connector."""
        return Call(
            pipeline=self.key.pipeline,
            partition=str(self.key),
            page_size=self.pipeline.definition.batch_size,
            full_refresh=full_refresh,
        )

    def close(self) -> None:
        """Let go of what the connectors hold open."""
        self.sink.close()


def assemble(pipeline: Pipeline) -> Assembly:
    """Load both connectors of the pipeline and configure them.

    Raises ConfigurationError, or DocumentError with the place in the document.
    """
    definition = pipeline.definition
    source = connect(definition.source.connector, pipeline.document, ("source", "config"))
    destination = connect(definition.destination.connector, pipeline.document, ("destination", "config"))
    stream_name = definition.source.stream or source.only_stream()
    sink_name = definition.destination.sink or destination.only_sink()
    write = WritePolicy(definition.write.mode, definition.write.nulls == "omit")
    return Assembly(
        pipeline=pipeline,
        key=PartitionKey(ENVIRONMENT, definition.pipeline),
        source=source,
        destination=destination,
        stream_name=stream_name,
        stream=source.stream(stream_name),
        sink=destination.sink(sink_name),
        write=write,
        contract_path=contract_path(pipeline.folder, definition.source.connector, stream_name),
        place=digest_of(pipeline, sink_name),
        target=digest({**place_of(pipeline, sink_name), "write": pipeline.part("write")}),
    )


def bundle_digest(assembly: Assembly) -> str:
    """Return the digest of what decides a run's results: pipeline, pinned contract and code."""
    definition = assembly.pipeline.definition
    versions = {}
    for name in (definition.source.connector, definition.destination.connector):
        plugin = plugins.find(name)
        versions[plugin.distribution] = plugin.version
    path = assembly.contract_path
    contract = read_contract(path).digest if path.exists() else None
    return digest(
        {"pipeline": assembly.pipeline.digest, "contract": contract, "plugins": versions, "sdk": __version__}
    )
