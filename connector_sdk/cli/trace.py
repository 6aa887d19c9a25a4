"""`trace`: what became of one record."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from connector_sdk.cli.answer import Answer, Document
from connector_sdk.cli.options import EnvironmentName, JsonFlag, PipelinePath

if TYPE_CHECKING:
    from connector_sdk.cli.screen import Screen
    from connector_sdk.pipeline.definition import Pipeline


def trace(
    path: PipelinePath,
    key: Annotated[
        str,
        typer.Option(
            "--key",
            metavar="KEY",
            help="The record's key; a JSON array where it has several parts. "
            "The record's number where the stream has no key.",
            show_default=False,
        ),
    ],
    env: EnvironmentName = "dev",
    _json: JsonFlag = False,
) -> Answer:
    """Show what became of a record each time it was read, and what proves it.

    The ledger holds no keys in clear: it is asked with a salted commitment to the key given here.

    \b
    Examples:
      connector-sdk trace pipeline.yaml --key 01-701-1015
      connector-sdk trace pipeline.yaml --key '["01-701-1015", 3]'
    """
    from connector_sdk.cli.keys import candidates
    from connector_sdk.cli.pipelines import each

    asked = candidates(key)
    return each(path, env, lambda pipeline: _trace(pipeline, key, asked))


def _trace(pipeline: "Pipeline", key: str, asked: list[bytes]) -> Answer:
    from connector_sdk.cli.pipelines import key_of
    from connector_sdk.ledger.lookup import sightings
    from connector_sdk.ledger.partitions import find
    from connector_sdk.ledger.store import open_store

    store = open_store(pipeline.ledger)
    try:
        with store.snapshot() as connection:
            partition = find(connection, key_of(pipeline))
            found = [
                {"key": text.decode(), **asdict(sighting)}
                for text in asked
                if partition is not None
                for sighting in sightings(connection, store.keys.hmac, partition.id, text)
            ]
    finally:
        store.close()
    found.sort(key=lambda sighting: sighting["number"])
    document: Document = {
        "pipeline": pipeline.definition.pipeline,
        "key": key,
        "found": bool(found),
        "sightings": found,
    }
    return Answer(document, lambda screen: _show(screen, document))


def _show(screen: "Screen", document: Document) -> None:
    from connector_sdk.cli.runs import cell

    found: list[dict[str, Any]] = document["sightings"]
    if not found:
        screen.line(f"{document['pipeline']} has read no record with the key {document['key']}.")
        screen.line("A record whose key cannot be read stands in the list of dead letters.", "quiet")
        return
    names = ["disposition", "committed", "run", "batch", "record", "proof"]
    deletions = any(sighting["deletion"] for sighting in found)
    if deletions:
        names.append("deleted")
    rows = []
    for sighting in found:
        proof = f"audit event {sighting['event']}" if sighting["proven"] and sighting["event"] else "none"
        rows.append(
            (
                sighting["disposition"] or "open",
                cell("committed", sighting["committed"]),
                cell("run", sighting["run"]),
                sighting["seq"],
                sighting["origin"],
                proof,
                *(["yes" if sighting["deletion"] else "no"] if deletions else []),
            )
        )
    screen.table(names, rows, state="disposition", right=("batch", "record"))
    last = found[-1]
    screen.line()
    screen.facts(
        [
            ("key", last["key"]),
            ("leaf", last["leaf"]),
            ("root", last["root"]),
            ("dead letter", last["dead_letter"]),
        ]
    )
