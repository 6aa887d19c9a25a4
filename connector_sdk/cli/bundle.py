"""`bundle`: what people approve, by digest."""

from typing import TYPE_CHECKING

import typer

from connector_sdk.cli.answer import Answer, Document
from connector_sdk.cli.grouping import Verb, Verbs
from connector_sdk.cli.options import EnvironmentName, JsonFlag, PipelinePath

if TYPE_CHECKING:
    from connector_sdk.cli.screen import Screen
    from connector_sdk.pipeline.definition import Pipeline

bundle = typer.Typer(
    cls=Verbs,
    rich_markup_mode=None,
    help="Name what decides a run's results: pipeline, mapping, contracts, connectors.\n\n"
    "It is the same in every environment and on every machine that has the same files.",
    subcommand_metavar="VERB [ARGUMENTS]",
)


@bundle.callback()
def start() -> None:
    """Name what decides a run's results: pipeline, mapping, contracts, connectors."""


@bundle.command(cls=Verb)
def digest(path: PipelinePath, env: EnvironmentName = "dev", _json: JsonFlag = False) -> Answer:
    """Print the digest of a pipeline's bundle, and those of its parts.

    Every run records it, and that of its environment beside it.

    \b
    Example:
      connector-sdk bundle digest pipeline.yaml
    """
    from connector_sdk.cli.pipelines import each

    return each(path, env, _digest)


def _digest(pipeline: "Pipeline") -> Answer:
    from connector_sdk.digest import digest as digest_of
    from connector_sdk.pipeline.bundle import bundle_parts
    from connector_sdk.session import connect

    source = pipeline.definition.source
    stream = source.stream
    if stream is None:
        stream = connect(source.connector, pipeline.settled, ("source", "config")).only_stream()
    parts = bundle_parts(pipeline, stream)
    document: Document = {
        "pipeline": pipeline.definition.pipeline,
        "digest": digest_of(parts),
        "parts": parts,
        "environment": pipeline.environment.name,
        "environment_digest": pipeline.environment.digest,
    }
    return Answer(document, lambda screen: _show(screen, document))


def _show(screen: "Screen", document: Document) -> None:
    parts = dict(document["parts"])
    mapping, connectors = parts.pop("mapping") or {}, parts.pop("connectors")
    if isinstance(connectors, dict):
        installed = ", ".join(f"{name} {version}" for name, version in connectors.items())
        connectors = f"not locked: {installed}"
    screen.facts(
        [
            ("pipeline", document["pipeline"]),
            ("digest", document["digest"]),
            ("document", parts["pipeline"]),
            ("contract", parts["contract"] or "none is pinned"),
            ("mapping", mapping.get("document")),
            ("its source", mapping.get("source_contract")),
            ("its target", mapping.get("destination_contract")),
            ("connectors", connectors),
        ]
    )
    screen.line()
    screen.facts([("environment", f"{document['environment']} {document['environment_digest']}")])
