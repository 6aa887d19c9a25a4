"""What is known of a collection before it is read."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from connector_sdk.connector.rest.paging import NoPaging, Paging
from connector_sdk.connector.stream import Completeness
from connector_sdk.schema import FieldType


@dataclass(frozen=True, slots=True)
class Collection:
    """A path that answers with lists of records, and how it is asked.

    `records` and `total` are dotted paths in an answer. `since` is the parameter that takes a value of the
    field `cursor`, of type `kind` (None: as it looks); with `lookback` the question begins so many seconds
    before. `values` fill the `{names}` of `path`.
    """

    path: str
    records: str
    paging: Paging = field(default_factory=NoPaging)
    total: str = ""
    params: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)
    key: tuple[str, ...] = ()
    cursor: str = ""
    kind: FieldType | None = None
    since: str = ""
    lookback: int = 0

    @property
    def completeness(self) -> Completeness:
        """What the pages of one walk add up to."""
        if self.total:
            return Completeness.PROVEN
        return Completeness.TERMINATED if self.paging.explicit else Completeness.UNPROVEN
