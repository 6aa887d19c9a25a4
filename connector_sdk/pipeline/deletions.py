"""What becomes of records that the source reports as deleted, where that is not the sink's to do."""

from connector_sdk.connector import Deletes, Disposition, Sink, WritePolicy
from connector_sdk.errors import ConfigurationError
from connector_sdk.ledger.spool import Fault

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
