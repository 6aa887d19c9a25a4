"""What makes it safe to write a record a second time."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EffectivelyOnce:
    """The system recognises a write that it has had.

    By the idempotency key in `header`, the same whenever the record's batch is written again; or, without
    `header`, because the method is PUT and the path names the record.
    """

    header: str = ""
