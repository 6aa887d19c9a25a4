"""What the batch steps of one run share: a frozen description, and the position that moves."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from connector_sdk.connector import Call, Disposition, Sink, Stream, WritePolicy
from connector_sdk.ledger.leases import Lease
from connector_sdk.ledger.partitions import Standing
from connector_sdk.mapping import MappingDocument
from connector_sdk.pipeline.definition import DeadLetterPolicy
from connector_sdk.pipeline.observer import Observation


@dataclass(frozen=True, slots=True)
class Flow:
    """One stream into one sink, in one run that holds the partition.

    `read_from` says what the cursor is about; `place` and `target` are the digests of where records are
    written, and of what is read and where and how it is written; `document` is the pipeline's path as
    commands take it.
    """

    pipeline: str
    run_id: str
    lease: Lease
    stream: Stream
    sink: Sink
    source_call: Call
    target_call: Call
    write: WritePolicy
    batch_size: int
    dead_letters: DeadLetterPolicy
    bundle: str
    read_from: str
    place: str
    target: str
    mapping: MappingDocument | None
    document: Path
    progress: Callable[["Progress"], None]
    observation: Observation


@dataclass(slots=True)
class Progress:
    """Where the run is: the committed position, and what its batches came to."""

    standing: Standing
    read: int = 0
    batches: int = 0
    consecutive: int = 0
    """Dead letters since the last record that was none."""
    counts: Counter[Disposition] = field(default_factory=Counter)
