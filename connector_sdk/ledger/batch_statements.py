"""The statements of T1 and T2.

Built once: constructing a statement costs as much as running it, and these run for every batch.
"""

from typing import Final

from sqlalchemy import bindparam

from connector_sdk.ledger.dispositions import LETTERS
from connector_sdk.ledger.tables import batch, batch_keys, batch_proof, partition, run

OPEN_BATCH: Final = batch.insert()
INSERT_KEYS: Final = batch_keys.insert()
INSERT_PROOF: Final = batch_proof.insert()
CLOSE_BATCH: Final = (
    batch.update()
    .where(
        batch.c.partition_id == bindparam("at_partition"),
        batch.c.seq == bindparam("at_seq"),
        batch.c.state == "intent",
        batch.c.epoch == bindparam("at_epoch"),
    )
    .values(state="committed", committed=bindparam("new_committed"), root=bindparam("new_root"))
)
MOVE: Final = (
    partition.update()
    .where(
        partition.c.id == bindparam("at_partition"),
        partition.c.epoch == bindparam("at_epoch"),
        partition.c.seq == bindparam("at_seq"),
        partition.c.cursor.is_not_distinct_from(bindparam("at_cursor")),
    )
    .values(
        {
            name: bindparam(f"new_{name}", type_=partition.c[name].type)
            for name in ("seq", "arrival", "cursor", "checkpoint")
        }
    )
)
COUNT: Final = (
    run.update()
    .where(run.c.id == bindparam("counted_run"))
    .values(
        batches=run.c.batches + 1,
        **{name: run.c[name] + bindparam(f"new_{name}") for name in ("read", *LETTERS)},
    )
)
