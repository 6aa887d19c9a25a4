"""What monitoring is told: a closed list of events, none of which holds a value.

An `Event` is an envelope (CloudEvents 1.0) around the facts of one happening, one class each in `types`.
"""

from connector_sdk.events.envelope import Event, happened, schema
from connector_sdk.events.types import (
    TYPES,
    AttemptFailed,
    BatchCommitted,
    BreakerChanged,
    CallFinished,
    ComplianceRefused,
    DeadLettersOpened,
    Happening,
    QuotaObserved,
    RunFinished,
    RunStarted,
)

__all__ = [
    "TYPES",
    "AttemptFailed",
    "BatchCommitted",
    "BreakerChanged",
    "CallFinished",
    "ComplianceRefused",
    "DeadLettersOpened",
    "Event",
    "Happening",
    "QuotaObserved",
    "RunFinished",
    "RunStarted",
    "happened",
    "schema",
]
