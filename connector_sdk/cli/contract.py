"""`contract`: pin what a source's records look like, and see what changed since."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from connector_sdk.cli.answer import Answer, Document, describe
from connector_sdk.cli.grouping import Verb, Verbs
from connector_sdk.cli.options import EnvironmentName, JsonFlag, PipelinePath

if TYPE_CHECKING:
    from connector_sdk.cli.screen import Screen
    from connector_sdk.connector import Call, Stream
    from connector_sdk.contracts import Contract, Difference
    from connector_sdk.pipeline.definition import Pipeline

contract = typer.Typer(
    cls=Verbs,
    rich_markup_mode=None,
    help="Agree on what records look like.\n\n"
    "A pinned contract is a YAML file beside the pipeline: fields, types, key. A run whose source no longer "
    "fits it stops before anything is written.",
    subcommand_metavar="VERB [ARGUMENTS]",
)


@contract.command(cls=Verb)
def pin(path: PipelinePath, env: EnvironmentName = "dev", _json: JsonFlag = False) -> Answer:
    """Pin what the source offers now as what it has to offer from now on.

    Writes contracts/CONNECTOR.STREAM.yaml and shows what changed. What people declared there (types of
    texts, personal fields, permitted nulls) is kept.

    \b
    Example:
      connector-sdk contract pin pipeline.yaml
    """
    from connector_sdk.cli.pipelines import each

    return each(path, env, _pin)


@contract.command(cls=Verb)
def diff(path: PipelinePath, env: EnvironmentName = "dev", _json: JsonFlag = False) -> Answer:
    """Compare the source as it is with the contract as it is pinned.

    Ends with exit code 65 where they differ.

    \b
    Example:
      connector-sdk contract diff pipeline.yaml
    """
    from connector_sdk.cli.pipelines import each

    return each(path, env, _diff)


@contextmanager
def _source(pipeline: "Pipeline") -> "Iterator[tuple[str, Stream, Call, Path]]":
    """Connect to the source: its stream's name, the stream, a call to it, and where its contract stands."""
    from connector_sdk.connector import Call
    from connector_sdk.pipeline.assembly import connected
    from connector_sdk.pipeline.contract_check import contract_path
    from connector_sdk.pipeline.gxp import require_permitted
    from connector_sdk.pipeline.identity import require_identities
    from connector_sdk.plugins.hooks import load_hooks

    source = pipeline.definition.source
    connector = connected(pipeline, "source", load_hooks([source.connector]))
    try:
        name = source.stream or connector.only_stream()
        call = Call(page_size=pipeline.definition.batch_size)
        require_permitted(pipeline, {"source": connector})
        require_identities(pipeline, {"source": connector}, call)
        path = contract_path(pipeline.folder, source.connector, name)
        yield name, connector.stream(name), call, path
    finally:
        connector.close()


def _pin(pipeline: "Pipeline") -> Answer:
    from connector_sdk.contracts import Contract, compare, merge, write_contract

    with _source(pipeline) as (name, stream, call, path):
        # Edited by hand and pinned again is the way to declare what a source cannot say.
        old = _edited(path) if path.exists() else None
        offered = stream.schema(call)
    if old is None:
        new, differences = Contract(stream=name, schema=offered), []
    else:
        differences = compare(old.schema, offered, textual=stream.textual)
        merged = merge(old.schema, offered, textual=stream.textual)
        new = Contract(stream=name, schema=merged, on_new_field=old.on_new_field)
    action = "created" if old is None else "kept" if _stands(path, new) else "updated"
    if action != "kept":
        write_contract(new, path)
    document: Document = {
        "pipeline": pipeline.definition.pipeline,
        "stream": name,
        "contract": str(path),
        "action": action,
        "digest": new.digest,
        "differences": [asdict(found) for found in differences],
        "fields": [{"name": field, **facts} for field, facts in new.document["fields"].items()],
        "key": list(new.schema.key),
    }
    return Answer(document, lambda screen: _show_pinned(screen, document))


def _edited(path: Path) -> "Contract":
    from connector_sdk.contracts import read_contract
    from connector_sdk.documents import DocumentError

    try:
        return read_contract(path, edited=True)
    except DocumentError as error:
        advice = "or delete it and pin again"
        raise DocumentError(
            replace(found, hint=f"{found.hint}; {advice}" if found.hint else f"repair the file, {advice}")
            for found in error.diagnostics
        ) from None


def _stands(path: Path, new: "Contract") -> bool:
    from connector_sdk.contracts import read_contract
    from connector_sdk.errors import ContractError

    try:
        return read_contract(path).digest == new.digest
    except ContractError:
        return False


def _show_pinned(screen: "Screen", document: Document) -> None:
    fields = document["fields"]
    screen.facts(
        [
            ("contract", f"{document['contract']} {document['action']}"),
            ("stream", document["stream"]),
            ("key", ", ".join(document["key"]) or "none: records are known by their number"),
            ("digest", document["digest"]),
        ]
    )
    screen.line()
    if document["differences"]:
        _table(screen, document["differences"])
    elif document["action"] == "created":
        rows = [(field["name"], field["type"], _flags(field)) for field in fields]
        screen.table(("field", "type", "may be"), rows)
    else:
        screen.line(f"The source offers what was pinned: {len(fields)} fields.")


def _diff(pipeline: "Pipeline") -> Answer:
    from connector_sdk.contracts import compare, read_contract
    from connector_sdk.errors import ContractError

    with _source(pipeline) as (name, stream, call, path):
        if not path.exists():
            raise ContractError(
                f"no contract is pinned for stream {name!r}",
                code="contract-not-pinned",
                hint=f"`connector-sdk contract pin {pipeline.command_line}` pins what the source offers now",
                location=str(path),
            )
        pinned = read_contract(path)
        found = compare(pinned.schema, stream.schema(call), textual=stream.textual)
    document: Document = {
        "pipeline": pipeline.definition.pipeline,
        "stream": name,
        "contract": str(path),
        "digest": pinned.digest,
        "differences": [asdict(difference) for difference in found],
    }
    counted = [difference for difference in found if _counts(difference)]
    error = None
    if counted:
        more = len(counted) - 1
        error = ContractError(
            counted[0].message + (f" (and {more} more)" if more else ""),
            code="contract-differs",
            hint=f"mend the source, or accept with `connector-sdk contract pin {pipeline.command_line}`",
            location=str(path),
        )
        document["error"] = describe(error)
    return Answer(document, lambda screen: _show_diff(screen, document), 65 if counted else 0, error)


def _counts(difference: "Difference") -> bool:
    """Tell whether pinning anew would change anything: an optional field that is not there today stays."""
    return difference.breaking or difference.kind != "removed"


def _show_diff(screen: "Screen", document: Document) -> None:
    if document["differences"]:
        _table(screen, document["differences"])
    else:
        screen.line(f"The source offers what {document['contract']} says.")
    if "error" in document:
        screen.line()
        error = document["error"]
        screen.facts([("next", error["hint"]), ("more", f"connector-sdk explain {error['code']}")])


def _table(screen: "Screen", differences: list[Any]) -> None:
    rows = [("breaks" if found["breaking"] else "differs", found["message"]) for found in differences]
    screen.table(("state", "what"), rows, state="state")


def _flags(field: Document) -> str:
    words = {"nullable": "null", "optional": "absent", "personal": "personal data"}
    return ", ".join(word for flag, word in words.items() if field.get(flag))
