"""Hold a pipeline against the source and the destination that its cursor belongs to."""

from pathlib import Path
from typing import Any

from connector_sdk.connector import Call, Stream
from connector_sdk.digest import digest
from connector_sdk.errors import ConfigurationError
from connector_sdk.pipeline.definition import Pipeline
from connector_sdk.pipeline.values import command_line


def place_of(pipeline: Pipeline, sink: str) -> dict[str, Any]:
    """Return what decides where records are written.

    A relative path means another place in another document, hence the settings that stand in the
    environment's are named.
    """
    at = ("destination", "config")
    elsewhere = sorted(pipeline.settled.keys_laid_over(at))
    return {
        "connector": pipeline.definition.destination.connector,
        "sink": sink,
        "config": pipeline.part(*at, settled=True),
        **({"environment": elsewhere} if elsewhere else {}),
    }


def sealed(source: str, destination: str, checkpoint: Any) -> dict[str, Any]:
    """Return what the ledger keeps with a batch: the sink's checkpoint, and both ends it is about."""
    return {"source": source, "destination": destination, "sink": checkpoint}


def take_up(call: Call, kept: dict[str, Any] | None, destination: str) -> None:
    """Give the sink the checkpoint that was committed last, if it is one of this very destination."""
    if kept is not None and kept["destination"] == destination:
        call.checkpoint = kept["sink"]


def require_same(kept: dict[str, Any] | None, destination: str, document: Path, environment: str) -> None:
    """Refuse to go on from a cursor whose records went elsewhere: the new place would lack them.

    `kept` is what the ledger holds (None before the first batch), `destination` the digest of the place that
    the pipeline names in its environment. Raises ConfigurationError.
    """
    if kept is None or kept["destination"] == destination:
        return
    named = command_line(document, environment)
    raise ConfigurationError(
        "what this pipeline has read so far went to another destination than it names now",
        code="destination-changed",
        hint=f"`connector-sdk run {named} --full-refresh` fills the new one from the beginning; or put the "
        "old one back, or give the pipeline a new name",
        location=str(document),
    )


def require_same_source(kept: dict[str, Any] | None, source: str, document: Path, environment: str) -> None:
    """Refuse to go on in one stream from where another one got to: what is older would never be read.

    `source` is what `source_of` gives; a ledger that does not say which one it was is believed. Raises
    ConfigurationError.
    """
    before = (kept or {}).get("source", source)
    if before == source:
        return
    raise ConfigurationError(
        f"this pipeline has read {before!r} so far, and now names {source!r}",
        code="source-changed",
        hint=f"give the pipeline a new name, or read everything with `connector-sdk run "
        f"{command_line(document, environment)} --full-refresh`, or put the old source back",
        location=str(document),
    )


def source_of(pipeline: Pipeline, name: str, stream: Stream) -> str:
    """Return what the cursor is about: connector and stream, whatever system of the kind they lead to.

    The name is left out where the stream tells by its cursor whether it is the one read before.
    """
    return f"{pipeline.definition.source.connector}:{'' if stream.cursor_tells_source else name}"


def digest_of(pipeline: Pipeline, sink: str) -> str:
    """Return the digest of the place that the pipeline names."""
    return digest(place_of(pipeline, sink))
