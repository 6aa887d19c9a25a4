"""What the core hands to a stream or sink when it calls it."""

import logging
from dataclasses import dataclass, field

from connector_sdk.clock import SYSTEM_CLOCK, Clock
from connector_sdk.connector.page import Json


@dataclass(slots=True)
class Call:
    """One partition's conversation with a connector.

    `pipeline` and `partition` are the names by which what is moved is known. `page_size` is how many records
    a page should hold at most. `checkpoint` belongs to the sink: what it leaves here when it has written a
    batch is committed to the ledger with that batch, and is here again before the next one, also after a
    crash. `full_refresh` says that all of the source is read again, so that the target may lack anything.
    `salt` is the ledger's own secret (empty where nothing is moved): a cursor that remembers records holds
    hashes keyed with it, which tell nobody whose they are.
    """

    pipeline: str = ""
    partition: str = ""
    page_size: int = 1000
    checkpoint: Json = None
    full_refresh: bool = False
    salt: bytes = field(default=b"", repr=False)
    clock: Clock = SYSTEM_CLOCK
    log: logging.Logger = field(default_factory=lambda: logging.getLogger("connector_sdk.connector"))
