"""How many dead letters a run bears before it stops."""

import shlex

from connector_sdk.connector import Disposition
from connector_sdk.errors import DataStopError
from connector_sdk.ledger.dead_letters import count_open
from connector_sdk.pipeline.flow import Flow, Progress

WINDOW = 1000
"""Records a run must have read before a ratio other than 0 says anything."""


def require_none_open(flow: Flow) -> None:
    """Refuse to read on while dead letters are open that the pipeline does not tolerate."""
    with flow.lease.store.snapshot() as connection:
        count = count_open(connection, flow.lease.partition_id)
    if count and flow.dead_letters.max_ratio == 0:
        raise DataStopError(
            f"dead letters of earlier runs are open: {count}",
            code="dead-letters-open",
            hint=f"{_list(flow)} shows them; redrive or discard each, then run again",
        )


def require_tolerable(flow: Flow, progress: Progress, *, ended: bool = False) -> None:
    """Stop after a committed batch when too many of the run's records were set aside.

    Raises DataStopError; what was committed stays, the cursor stands behind it.
    """
    dead = progress.counts[Disposition.DEAD_LETTERED]
    policy = flow.dead_letters
    if progress.consecutive >= policy.max_consecutive:
        reason = f"{progress.consecutive} records in a row could not be moved"
    elif dead > policy.max_ratio * progress.read and (
        ended or policy.max_ratio == 0 or progress.read >= WINDOW
    ):
        reason = f"{dead} of {progress.read} records could not be moved"
    else:
        return
    raise DataStopError(
        f"{reason}; they are set aside as dead letters, the others read so far are written",
        code="too-many-dead-letters",
        hint=f"{_list(flow)} shows why; redrive or discard each, then run again",
    )


def _list(flow: Flow) -> str:
    return f"`connector-sdk dead-letters list {shlex.quote(str(flow.document))}`"
