"""The bundle: all that decides a run's results and that people approve, by digest.

It says nothing of where records come from and go to: it is the same in every environment, and on every
machine that has the same files.
"""

from pathlib import Path
from typing import Any

from connector_sdk import __version__, plugins
from connector_sdk.contracts import read_contract
from connector_sdk.digest import digest
from connector_sdk.mapping import contract_paths, read_mapping
from connector_sdk.pipeline.contract_check import contract_path
from connector_sdk.pipeline.definition import Pipeline
from connector_sdk.pipeline.lock import read_lock


def bundle_digest(pipeline: Pipeline, stream: str) -> str:
    """Return the digest of the pipeline's bundle; `stream` is the name its contract goes by."""
    return digest(bundle_parts(pipeline, stream))


def bundle_parts(pipeline: Pipeline, stream: str) -> dict[str, Any]:
    """Return the parts of a bundle, each as its digest; None stands for a part that is not there.

    `connectors` is the digest of the folder's lock; without one, the versions that are installed.
    """
    pinned = contract_path(pipeline.folder, pipeline.definition.source.connector, stream)
    return {
        "pipeline": pipeline.digest,
        "contract": _contract(pinned if pinned.exists() else None),
        "mapping": _mapping(pipeline),
        "connectors": _connectors(pipeline),
    }


def _contract(path: Path | None) -> str | None:
    return None if path is None else read_contract(path).digest


def _mapping(pipeline: Pipeline) -> dict[str, str | None] | None:
    if pipeline.definition.mapping is None:
        return None
    document = read_mapping(pipeline.definition.mapping)
    named = contract_paths(document)
    return {
        "document": document.digest,
        "source_contract": _contract(named.source),
        "destination_contract": _contract(named.destination),
    }


def _connectors(pipeline: Pipeline) -> str | dict[str, str]:
    lock = read_lock(pipeline.folder)
    if lock is not None:
        return lock.digest
    versions = {"connector-sdk": __version__}
    for name in (pipeline.definition.source.connector, pipeline.definition.destination.connector):
        plugin = plugins.find(name)
        versions[plugin.distribution] = plugin.version
    return versions
