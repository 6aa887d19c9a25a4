"""What becomes of records that the source reports as deleted, where that is not the sink's to do."""

from collections.abc import Collection

from connector_sdk.connector import Deletes, Disposition, Sink, WritePolicy
from connector_sdk.errors import ConfigurationError
from connector_sdk.ledger.leases import Lease
from connector_sdk.ledger.lookup import deleted_after
from connector_sdk.ledger.spool import Fault, SpooledPage

REFUSED = Fault("write", "delete-refused", "the source reports it as deleted, which `write.deletes` refuses")

_WITHOUT_THE_SINK = {
    Deletes.IGNORE: Disposition.FILTERED,
    Deletes.REFUSE: Disposition.DEAD_LETTERED,
}


def require_deletes(sink: Sink, write: WritePolicy) -> None:
    """Prove, before anything is written, that the sink can do what is asked; raises ConfigurationError."""
    if write.deletes in _WITHOUT_THE_SINK or write.deletes in sink.deletes:
        return
    can = ", ".join(f"`{each}`" for each in Deletes if each in sink.deletes or each in _WITHOUT_THE_SINK)
    raise ConfigurationError(
        f"the source reports deletions, and this sink cannot {write.deletes} records",
        code="deletes-unsupported",
        hint=f"set `write.deletes` to one of {can}",
        location="write.deletes",
    )


def decided(write: WritePolicy) -> Disposition | None:
    """Return the disposition that every sound deletion has, or None where the sink says it."""
    return _WITHOUT_THE_SINK.get(write.deletes)


def overtaken(
    lease: Lease, page: SpooledPage, keys: Collection[bytes], start: int, arrivals: Collection[int]
) -> frozenset[int]:
    """Return the positions, in a batch of dead letters, of records deleted later than they were first read.

    Where the target has removed a record, nothing there says any more that an older version is old. `keys`
    (commitments) and `arrivals` are those of the batch that begins at index `start` of the page.
    """
    if page.redrive is None:
        return frozenset()
    with lease.store.snapshot() as connection:
        return frozenset(
            index
            for index, (key, arrival) in enumerate(zip(keys, arrivals, strict=True))
            if start + index not in page.deleted
            and deleted_after(connection, lease.partition_id, key, arrival)
        )
