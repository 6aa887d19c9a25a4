"""What the author of a connector imports."""

from connector_sdk.connector.base import Connector
from connector_sdk.connector.call import Call
from connector_sdk.connector.offer import Offer
from connector_sdk.connector.page import Deleted, Json, Page, Unreadable
from connector_sdk.connector.sink import (
    APPLIED,
    SUPERSEDED,
    Batch,
    Deletes,
    Delivery,
    Disposition,
    Mode,
    Outcome,
    Sink,
    WritePolicy,
    rejected,
)
from connector_sdk.connector.stream import Completeness, Stream

__all__ = [
    "APPLIED",
    "SUPERSEDED",
    "Batch",
    "Call",
    "Completeness",
    "Connector",
    "Deleted",
    "Deletes",
    "Delivery",
    "Disposition",
    "Json",
    "Mode",
    "Offer",
    "Outcome",
    "Page",
    "Sink",
    "Stream",
    "Unreadable",
    "WritePolicy",
    "rejected",
]
