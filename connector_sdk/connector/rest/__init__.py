"""Collections of JSON APIs, declared: what is read page by page, and what takes records one by one."""

from connector_sdk.connector.rest.delivery import EffectivelyOnce
from connector_sdk.connector.rest.paging import BodyCursor, NoPaging, PageNumber, Paging
from connector_sdk.connector.rest.sink import RestSink
from connector_sdk.connector.rest.stream import RestStream

__all__ = ["BodyCursor", "EffectivelyOnce", "NoPaging", "PageNumber", "Paging", "RestSink", "RestStream"]
