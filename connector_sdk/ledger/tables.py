"""The ledger's tables: one schema for every store.

Rows per batch do not grow with its records: keys, dispositions and leaves are packed, record after record,
into one value each. Values of records are nowhere in clear: payloads are encrypted, keys and values only
stand as commitments.
"""

import sqlalchemy as sa

FORMAT = 2
"""Version of these tables; a ledger with another one is refused."""

metadata = sa.MetaData()

meta = sa.Table(
    "meta",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)
"""`format`, `ledger` (its UUID), `created`, `keys` (ids of the keys it was made with)."""

partition = sa.Table(
    "partition",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("environment", sa.Text, nullable=False),
    sa.Column("pipeline", sa.Text, nullable=False),
    sa.Column("flow", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("epoch", sa.BigInteger, nullable=False),
    sa.Column("holder", sa.Text),
    sa.Column("lease_expires", sa.Text),
    sa.Column("seq", sa.BigInteger, nullable=False),
    sa.Column("arrival", sa.BigInteger, nullable=False),
    sa.Column("cursor", sa.Text),
    sa.Column("checkpoint", sa.Text),
    sa.UniqueConstraint("environment", "pipeline", "flow", "name"),
)
"""Where each partition stands: `seq` is the last committed batch, `arrival` the number of records up to its
end, `cursor` the stream's and `checkpoint` the sink's JSON after it; and who holds it (`holder`, JSON)."""

run = sa.Table(
    "run",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("environment", sa.Text, nullable=False),
    sa.Column("pipeline", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("trigger", sa.Text, nullable=False),
    sa.Column("retries", sa.Text),
    sa.Column("started", sa.Text, nullable=False),
    sa.Column("ended", sa.Text),
    sa.Column("bundle", sa.Text, nullable=False),
    sa.Column("environment_digest", sa.Text, nullable=False),
    sa.Column("read", sa.BigInteger, nullable=False),
    sa.Column("applied", sa.BigInteger, nullable=False),
    sa.Column("superseded", sa.BigInteger, nullable=False),
    sa.Column("filtered", sa.BigInteger, nullable=False),
    sa.Column("dead_lettered", sa.BigInteger, nullable=False),
    sa.Column("in_doubt", sa.BigInteger, nullable=False),
    sa.Column("batches", sa.BigInteger, nullable=False),
    sa.Column("calls", sa.BigInteger, nullable=False),
    sa.Column("error", sa.Text),
    sa.Index("run_of_pipeline", "environment", "pipeline", "started"),
)
"""`bundle` and `environment_digest` are what it ran with, `calls` the requests it sent to both sides."""

batch = sa.Table(
    "batch",
    metadata,
    sa.Column("partition_id", sa.ForeignKey("partition.id"), primary_key=True),
    sa.Column("seq", sa.BigInteger, primary_key=True),
    sa.Column("run_id", sa.ForeignKey("run.id"), nullable=False),
    sa.Column("epoch", sa.BigInteger, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("records", sa.Integer, nullable=False),
    sa.Column("arrival", sa.BigInteger, nullable=False),
    sa.Column("origin", sa.BigInteger, nullable=False),
    sa.Column("intended", sa.Text, nullable=False),
    sa.Column("committed", sa.Text),
    sa.Column("root", sa.LargeBinary),
    sa.Index("batch_of_run", "run_id"),
)
"""`state` is `intent` or `committed`; `arrival` is the batch's first record in the partition's own
count, `origin` the same record in the source's count (0 where dead letters are redriven)."""

batch_keys = sa.Table(
    "batch_keys",
    metadata,
    sa.Column("partition_id", sa.Integer, primary_key=True),
    sa.Column("seq", sa.BigInteger, primary_key=True),
    sa.Column("keys", sa.LargeBinary, nullable=False),
)
"""The first 8 bytes of each record's key commitment."""

batch_proof = sa.Table(
    "batch_proof",
    metadata,
    sa.Column("partition_id", sa.Integer, primary_key=True),
    sa.Column("seq", sa.BigInteger, primary_key=True),
    sa.Column("dispositions", sa.LargeBinary, nullable=False),
    sa.Column("leaves", sa.LargeBinary, nullable=False),
)
"""One byte of disposition (a capital letter for a deletion) and 32 bytes of leaf hash a record; the leaves'
Merkle root is `batch.root`."""

spool = sa.Table(
    "spool",
    metadata,
    sa.Column("partition_id", sa.ForeignKey("partition.id"), primary_key=True),
    sa.Column("page", sa.LargeBinary, nullable=False),
    sa.Column("done", sa.Integer, nullable=False),
)
"""The page being written, encrypted, and how many of its records are in committed batches."""

dead_letter = sa.Table(
    "dead_letter",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("partition_id", sa.ForeignKey("partition.id"), nullable=False),
    sa.Column("seq", sa.BigInteger, nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("arrival", sa.BigInteger, nullable=False),
    sa.Column("origin", sa.BigInteger, nullable=False),
    sa.Column("stage", sa.Text, nullable=False),
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("message", sa.Text, nullable=False),
    sa.Column("payload", sa.LargeBinary, nullable=False),
    sa.Column("deleted", sa.Integer, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("opened", sa.Text, nullable=False),
    sa.Column("closed", sa.Text),
    sa.Column("actor", sa.Text),
    sa.Column("reason", sa.Text),
    sa.Index("dead_letter_open", "partition_id", "state"),
)
"""`state` is `open`, `redriven` or `discarded`; `stage` is `read`, `decode`, `map` or `write`; `deleted` is 1
where the source reported the record as deleted, else 0."""

audit_event = sa.Table(
    "audit_event",
    metadata,
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
)
"""The audit log: canonical JSON, numbered from 0 without a gap; rows are only ever added."""

audit_head = sa.Table(
    "audit_head",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("frontier", sa.LargeBinary, nullable=False),
)
"""One row: the log's size and the roots of its complete subtrees, from which its root follows at once."""

checkpoint = sa.Table(
    "checkpoint",
    metadata,
    sa.Column("size", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("note", sa.Text, nullable=False),
)
"""Signed checkpoints (C2SP tlog-checkpoint), by the size of the log they cover."""
