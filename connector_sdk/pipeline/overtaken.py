"""Dead letters on their way again that a newer version of the same record has overtaken."""

from collections.abc import Collection

from connector_sdk.connector import Mode
from connector_sdk.ledger.lookup import applied_after
from connector_sdk.ledger.spool import SpooledPage
from connector_sdk.pipeline.flow import Flow

_REPLACING = frozenset({Mode.UPSERT, Mode.UPDATE})


def overtaken(
    flow: Flow, page: SpooledPage, keys: Collection[bytes], start: int, arrivals: Collection[int]
) -> frozenset[int]:
    """Return the positions, in a batch of dead letters, of records that must not be written any more.

    Where the target has removed a record, nothing there says that an older version is old; and a target
    without versions never says so. `keys` (commitments) and `arrivals` are those of the batch that begins at
    index `start` of the page.
    """
    if page.redrive is None:
        return frozenset()
    unguarded = not flow.sink.versioned and flow.sink.keyed and flow.write.mode in _REPLACING
    with flow.lease.store.snapshot() as connection:
        return frozenset(
            index
            for index, (key, arrival) in enumerate(zip(keys, arrivals, strict=True))
            if (unguarded or start + index not in page.deleted)
            and applied_after(connection, flow.lease.partition_id, key, arrival, deletions_only=not unguarded)
        )
