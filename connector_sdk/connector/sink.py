"""A named collection that a connector writes."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar

from connector_sdk.connector.call import Call
from connector_sdk.connector.page import Json
from connector_sdk.schema import Schema


class Delivery(StrEnum):
    """How often a record may arrive when runs are killed."""

    EXACTLY_ONCE = "X"
    """The sink commits our checkpoint together with the data."""
    EFFECTIVELY_ONCE = "E"
    """The sink deduplicates: by key, by version, or because it can be asked."""
    AT_LEAST_ONCE = "D"
    """Every possible duplicate is listed."""


class Mode(StrEnum):
    """What writing a record means."""

    UPSERT = "upsert"
    INSERT = "insert"
    UPDATE = "update"
    APPEND = "append"


class Deletes(StrEnum):
    """What becomes of a record that the source says is deleted."""

    IGNORE = "ignore"
    """The target is left as it is; the record counts as filtered."""
    MARK = "mark"
    """The target keeps the record, in its last state, and says that it is deleted."""
    DELETE = "delete"
    """The target removes the record."""
    REFUSE = "refuse"
    """The record becomes a dead letter."""


@dataclass(frozen=True, slots=True)
class WritePolicy:
    """The pipeline's `write:` block."""

    mode: Mode = Mode.UPSERT
    omit_nulls: bool = False
    """Leave the target's value alone where the record's is null (`nulls: omit`)."""
    deletes: Deletes = Deletes.REFUSE


class Disposition(StrEnum):
    """What became of one record; every record read has exactly one."""

    APPLIED = "applied"
    SUPERSEDED = "superseded"
    FILTERED = "filtered"
    DEAD_LETTERED = "dead_lettered"
    IN_DOUBT = "in_doubt"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The target's answer for one record of a batch; `code` and `message` say why it was refused."""

    disposition: Disposition
    code: str = ""
    message: str = ""


APPLIED = Outcome(Disposition.APPLIED)
SUPERSEDED = Outcome(Disposition.SUPERSEDED)


def rejected(code: str, message: str) -> Outcome:
    """Refuse one record; it becomes a dead letter. `message` holds no value of the record."""
    return Outcome(Disposition.DEAD_LETTERED, code, message)


@dataclass(frozen=True, slots=True)
class Batch:
    """What is written and committed together.

    `payloads[i]` is the JSON text of record i, `records[i]` the same decoded: a struct whose fields stand in
    the order of `schema.fields` (`msgspec.structs.astuple`). `versions[i]` orders the records of one key:
    a target never goes back to a lower one. `deleted[i]` says that the source deleted record i, whose last
    state this is: only a sink whose `deletes` has what the pipeline asks for ever meets one (none given:
    none is). `idempotency_keys[i]` is made for a sink that `sends_keys`: URL-safe, and the same whenever this
    batch is written again. `seq` counts the partition's batches; `epoch` grows whenever another run takes the
    partition over; both mean something within one `ledger` (its UUID) only.
    """

    pipeline: str
    partition: str
    epoch: int
    seq: int
    schema: Schema
    payloads: Sequence[bytes]
    records: Sequence[Any]
    versions: Sequence[int]
    cursor: Json = None
    ledger: str = ""
    deleted: Sequence[bool] = ()
    idempotency_keys: Sequence[str] = ()

    def __post_init__(self) -> None:
        if not self.deleted:
            object.__setattr__(self, "deleted", (False,) * len(self.payloads))

    def __len__(self) -> int:
        return len(self.payloads)


class Sink(ABC):
    """Write batches so that a batch repeated after a crash leaves the target as if written once."""

    delivery: Delivery
    versioned: ClassVar[bool] = False
    """Whether the target itself keeps lower versions from replacing higher ones; else the ledger is asked."""
    keyed: bool = False
    """Whether an upsert replaces the record of the same key, so that reading the source anew does no harm."""
    deletes: ClassVar[frozenset[Deletes]] = frozenset()
    """Which of `mark` and `delete` the sink can do; `ignore` and `refuse` never reach it."""
    sends_keys: bool = False
    """Whether a batch should come with `idempotency_keys`."""

    def bound(self, connector: Any) -> "Sink":
        """Return the sink as this connector writes it; one declared in a class belongs to none yet."""
        return self

    @abstractmethod
    def check(self, call: Call, schema: Schema, write: WritePolicy) -> None:
        """Prove, without changing anything, that the target can hold such records exactly.

        Raises ContractError naming the field and what to do.
        """

    def prepare(self, call: Call, schema: Schema, write: WritePolicy) -> None:
        """Make the target ready for the first batch (create the table, open the file)."""
        self.check(call, schema, write)

    @abstractmethod
    def write(self, call: Call, batch: Batch) -> Iterable[Outcome]:
        """Write the batch durably and say, in its order, what became of each record."""

    def finish(self, call: Call) -> None:
        """Learn that the run ended well and all batches are committed; must bear being repeated."""

    def close(self) -> None:
        """Let go of what the sink holds open; called also after a failure."""
