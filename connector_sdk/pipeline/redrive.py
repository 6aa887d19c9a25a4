"""Move dead letters again: as a page of their own, through T1, T2 and the version guard."""

import sys
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

from sqlalchemy.engine import Row

from connector_sdk.errors import ConfigurationError
from connector_sdk.ledger import dead_letters
from connector_sdk.ledger.health import REDRIVE
from connector_sdk.ledger.spool import Again, Redrive, SpooledPage
from connector_sdk.ledger.store import Store
from connector_sdk.pipeline.assembly import Assembly
from connector_sdk.pipeline.contract_check import agree
from connector_sdk.pipeline.definition import DeadLetterPolicy
from connector_sdk.pipeline.deletions import require_deletes
from connector_sdk.pipeline.destination import require_same, require_same_source
from connector_sdk.pipeline.execution import Options, execute
from connector_sdk.pipeline.flow import Flow, Progress
from connector_sdk.pipeline.outcome import RunReport
from connector_sdk.pipeline.page_records import decoded
from connector_sdk.pipeline.recover import recover
from connector_sdk.pipeline.run import record_contract
from connector_sdk.pipeline.tolerance import require_tolerable
from connector_sdk.pipeline.write_page import write_page

_EVERY_ONE: Final = DeadLetterPolicy(max_ratio=Decimal(1), max_consecutive=sys.maxsize)
"""What a redrive bears until its end: else one record that fails for ever would keep back all after it."""


def redrive(
    assembly: Assembly, store: Store, ids: Sequence[str], options: Options, *, actor: str, reason: str
) -> RunReport:
    """Move the named open dead letters again, all of them where none is named, with the contract of today.

    Each gets a new disposition; one that fails again becomes a new dead letter, and those after it are tried
    all the same. Raises ConfigurationError for an unknown id, and for a record that its stream could not even
    read.
    """
    with store.snapshot() as connection:
        asked = dead_letters.chosen(connection, assembly.key, ids)
    _require_readable(asked)

    def work(flow: Flow, progress: Progress) -> None:
        recover(flow, progress, before_redrive=True)
        require_same_source(
            progress.standing.checkpoint, flow.read_from, flow.document, flow.lease.key.environment
        )
        require_same(progress.standing.checkpoint, flow.place, flow.document, flow.lease.key.environment)
        rows = _still_open(store, assembly, asked)
        agreed = agree(
            assembly.contract_path, assembly.stream_name, flow.stream, flow.source_call, flow.mapping
        )
        record_contract(flow, agreed)
        made = agreed.translation(flow.mapping)
        if any(row.deleted for row in rows):
            require_deletes(flow.sink, flow.write)
        flow.sink.prepare(flow.target_call, made.schema, flow.write)
        for start in range(0, len(rows), flow.batch_size):
            again = rows[start : start + flow.batch_size]
            page = SpooledPage(
                texts=[dead_letters.payload(store, row) for row in again],
                faults={},
                schema=agreed.contract.schema,
                new_fields=agreed.contract.on_new_field,
                target=flow.target,
                origin=again[0].origin,
                cursor=progress.standing.cursor,
                deleted=frozenset(index for index, row in enumerate(again) if row.deleted),
                redrive=Redrive(
                    [Again(row.id, row.arrival, row.origin, row.attempts) for row in again], actor, reason
                ),
            )
            write_page(replace(flow, dead_letters=_EVERY_ONE), progress, decoded(page, made))
        require_tolerable(flow, progress, ended=True)

    return execute(assembly, store, replace(options, trigger={**options.trigger, **REDRIVE}), work)


def _still_open(store: Store, assembly: Assembly, rows: Sequence[Row[Any]]) -> Sequence[Row[Any]]:
    """Leave out what a redrive that was killed had on its way, or somebody else has closed meanwhile.

    They go in the order they were read in, whatever order they were named in: the newest of a key is last.
    """
    with store.snapshot() as connection:
        still = {row.id for row in dead_letters.listed(connection, assembly.key)}
    return sorted((row for row in rows if row.id in still), key=lambda row: row.arrival)


def _require_readable(rows: Sequence[Row[Any]]) -> None:
    unread = [row.id for row in rows if row.stage == "read"]
    if unread:
        raise ConfigurationError(
            f"the source could not read {len(unread)} of these records at all",
            code="not-redrivable",
            hint="correct them in the source, which serves them as new records, and discard: "
            + ", ".join(unread),
        )
