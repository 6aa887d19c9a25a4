"""What `check` looks at: each look is one function that yields findings and changes nothing."""

import os
import socket
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any, Literal

import msgspec

from connector_sdk.cli.pipelines import key_of
from connector_sdk.connector import Call, Connector
from connector_sdk.errors import ConnectorError, ContractError, DataStopError
from connector_sdk.ledger import batches, dead_letters, partitions
from connector_sdk.ledger.faults import read_only
from connector_sdk.ledger.leases import Holder
from connector_sdk.ledger.reading import is_there
from connector_sdk.ledger.store import open_store
from connector_sdk.mapping import read_mapping
from connector_sdk.pipeline import destination
from connector_sdk.pipeline.assembly import Side, connected
from connector_sdk.pipeline.contract_check import agree, contract_path
from connector_sdk.pipeline.definition import Pipeline
from connector_sdk.pipeline.deletions import require_deletes
from connector_sdk.pipeline.failure import error_document, exit_code_of
from connector_sdk.pipeline.gxp import refusals
from connector_sdk.pipeline.identity import Sides, require_identities
from connector_sdk.pipeline.lock import differences, read_lock
from connector_sdk.plugins import find
from connector_sdk.plugins.hooks import load_hooks
from connector_sdk.schema import Schema


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of a check; `error` is what a `fail` would end a run with."""

    check: str
    state: Literal["ok", "warn", "fail"]
    message: str
    hint: str = ""
    error: BaseException | None = None

    @property
    def exit_code(self) -> int:
        """The exit code that this finding alone would give."""
        return exit_code_of(self.error)


def examine(pipeline: Pipeline) -> Iterator[Finding]:
    """Yield the findings of all looks; one that fails does not keep the others from being taken."""
    definition = pipeline.definition
    environment = pipeline.environment
    gxp = ", under gxp" if environment.gxp else ""
    yield Finding("document", "ok", f"pipeline {definition.pipeline}, environment {environment.name}{gxp}")
    source = yield from _connector(pipeline, "source", definition.source.connector)
    destination = yield from _connector(pipeline, "destination", definition.destination.connector)
    yield from _lock(pipeline)
    try:
        yield from _looks(pipeline, source, destination)
    finally:
        for connector in (source, destination):
            if connector is not None:
                connector.close()


def _looks(
    pipeline: Pipeline, source: Connector[Any] | None, destination: Connector[Any] | None
) -> Iterator[Finding]:
    sides = {"source": source, "destination": destination}
    if not (yield from _permitted(pipeline, {side: made for side, made in sides.items() if made})):
        yield from _ledger(pipeline)
        return
    offered = None
    if source is not None:
        offered = yield from _source(pipeline, source)
    if destination is not None:
        yield from _target(pipeline, destination, offered)
    yield from _ledger(pipeline)


def _connector(pipeline: Pipeline, side: Side, name: str) -> Generator[Finding, None, Connector[Any] | None]:
    try:
        plugin = find(name)
        connector = connected(pipeline, side, load_hooks([name]))
    except Exception as error:  # noqa: BLE001 - a plugin's failure is a finding
        yield _failed(side, error)
        return None
    yield Finding(
        side, "ok", f"connector {name} ({plugin.distribution} {plugin.version}), settings are right"
    )
    return connector


def _lock(pipeline: Pipeline) -> Iterator[Finding]:
    try:
        lock = read_lock(pipeline.folder)
        if lock is None:
            return
        used = {pipeline.definition.source.connector, pipeline.definition.destination.connector}
        found = list(differences(lock, used))
    except ConnectorError as error:
        yield _failed("lock", error)
        return
    hint = "install what is locked, or accept with `connector-sdk connectors --lock`"
    for difference in found:
        yield Finding("lock", "warn", difference.message, hint)
    if not found:
        yield Finding("lock", "ok", "the connectors are those of connectors.lock")


def _permitted(pipeline: Pipeline, sides: Sides) -> Generator[Finding, None, bool]:
    """Look at what the environment demands; where it is not met, neither system is asked anything more."""
    refused = [_failed("gxp", refusal) for refusal in refusals(pipeline, sides)]
    yield from refused
    call = Call(page_size=pipeline.definition.batch_size)
    for side, connector in [] if refused else sides.items():
        try:
            proven = require_identities(pipeline, {side: connector}, call)
        except Exception as error:  # noqa: BLE001 - a plugin's failure is a finding
            yield _failed("identity", error)
            return False
        if proven:
            yield Finding("identity", "ok", "; ".join(proven))
    return not refused


@dataclass(frozen=True, slots=True)
class _Offered:
    """What the source offers to the sink."""

    schema: Schema
    deletions: bool
    source: str


def _source(pipeline: Pipeline, connector: Connector[Any]) -> Generator[Finding, None, _Offered | None]:
    definition = pipeline.definition
    call = Call(page_size=definition.batch_size)
    try:
        mapping = read_mapping(definition.mapping) if definition.mapping else None
    except ConnectorError as error:
        yield _failed("mapping", error)
        return None
    try:
        name = definition.source.stream or connector.only_stream()
        path = contract_path(pipeline.folder, definition.source.connector, name)
        stream = connector.stream(name)
        agreed = agree(path, name, stream, call, mapping)
    except Exception as error:  # noqa: BLE001
        yield _failed("contract" if isinstance(error, ContractError) else "stream", error)
        return None
    fields = len(agreed.contract.schema.fields)
    key = ", ".join(agreed.contract.schema.key) or "none"
    yield Finding("stream", "ok", f"{name} has {fields} fields, key {key}")
    if not agreed.pinned:
        hint = f"`connector-sdk contract pin {pipeline.command_line}` fixes what may arrive"
        yield Finding(
            "contract", "warn", "none is pinned: any change of the source is taken as it comes", hint
        )
    for difference in agreed.reported:
        hint = f"`connector-sdk contract diff {pipeline.command_line}` shows more"
        yield Finding("contract", "warn", difference.message, hint)
    if agreed.pinned and not agreed.reported:
        yield Finding("contract", "ok", f"{path.name} is what the source offers")
    try:
        schema = agreed.translation(mapping).schema
    except ConnectorError as error:
        yield _failed("mapping", error)
        return None
    if mapping is not None:
        about, rules = mapping.definition.mapping, len(mapping.rules)
        yield Finding("mapping", "ok", f"{about.id} {about.version}: {rules} rules, {mapping.digest}")
    return _Offered(schema, stream.reports_deletes, destination.source_of(pipeline, name, stream))


def _target(pipeline: Pipeline, connector: Connector[Any], offered: _Offered | None) -> Iterator[Finding]:
    definition = pipeline.definition
    key = key_of(pipeline)
    call = Call(pipeline=key.pipeline, partition=str(key), page_size=definition.batch_size)
    write = definition.write.policy
    try:
        name = definition.destination.sink or connector.only_sink()
        with closing(connector.sink(name)) as sink:
            if offered is None:
                yield Finding("sink", "warn", f"{name} is not checked: it is not known what would be written")
                return
            if offered.deletions:
                require_deletes(sink, write)
            kept = _committed(pipeline)
            place = destination.digest_of(pipeline, name)
            where = pipeline.document.path, pipeline.environment.name
            destination.require_same_source(kept, offered.source, *where)
            destination.require_same(kept, place, *where)
            destination.take_up(call, kept, place)
            sink.check(call, offered.schema, write)
    except Exception as error:  # noqa: BLE001 - a plugin's failure is a finding
        yield _failed("sink", error)
        return
    yield Finding("sink", "ok", f"{name} can hold such records exactly; delivery class {sink.delivery}")


def _committed(pipeline: Pipeline) -> Any:
    """Return what the ledger keeps of the sink, if it can be read; `_ledger` tells when it cannot."""
    try:
        with closing(open_store(pipeline.ledger)) as store, store.snapshot() as connection:
            row = partitions.find(connection, key_of(pipeline))
    except ConnectorError:
        return None
    return partitions.standing(row).checkpoint if row else None


def _ledger(pipeline: Pipeline) -> Iterator[Finding]:
    path = pipeline.ledger
    if not is_there(path):
        folder = next(parent for parent in path.absolute().parents if parent.exists())
        if os.access(folder, os.W_OK):
            yield Finding("ledger", "ok", f"none yet: the first run makes {path}")
        else:
            yield _failed("ledger", read_only(path))
        return
    try:
        with closing(open_store(path)) as store, store.snapshot() as connection:
            row = partitions.find(connection, key_of(pipeline))
            opened = row and batches.open_seq(connection, row.id)
            dead = dead_letters.count_open(connection, row.id) if row else 0
    except Exception as error:  # noqa: BLE001 - whatever ails the ledger is a finding
        yield _failed("ledger", error)
        return
    if row is None:
        yield Finding("ledger", "ok", f"{path}; this pipeline has not run yet")
        return
    yield Finding("ledger", "ok", f"{path}; records so far: {row.arrival}, batches: {row.seq}")
    if row.holder:
        yield _held(msgspec.json.decode(row.holder, type=Holder))
    if opened is not None:
        hint = "leave `destination` and `write` as they are until it is"
        yield Finding("batch", "warn", f"batch {opened} is open: the next run finishes it first", hint)
    if dead:
        yield _dead_letters(pipeline, dead)


def _held(holder: Holder) -> Finding:
    if holder.host == socket.gethostname() and not _lives(holder.pid):
        return Finding("lease", "warn", f"run {holder.run} was killed: the next run finishes what it left")
    message = f"run {holder.run} is under way: process {holder.pid} on {holder.host}"
    return Finding("lease", "warn", message, "a second run ends with 75 until it is done")


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _dead_letters(pipeline: Pipeline, count: int) -> Finding:
    message = f"{count} dead letter{'s are' if count > 1 else ' is'} open"
    hint = f"`connector-sdk dead-letters list {pipeline.command_line}` shows why; redrive or discard each"
    if pipeline.definition.dead_letters.max_ratio:
        return Finding("dead letters", "warn", message, hint)
    return _failed("dead letters", DataStopError(message, code="dead-letters-open", hint=hint))


def _failed(check: str, error: BaseException) -> Finding:
    told = error_document(error)
    message, code = told["message"], told["code"]
    return Finding(check, "fail", message if code in message else f"{message} [{code}]", told["hint"], error)
