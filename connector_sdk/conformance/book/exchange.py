"""What a book is made of: exchanges, and the roles of what stands in them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from connector_sdk.conformance.book.json_tree import Tree, written

JSON_TYPE: Final = "application/json"
WRITES: Final = frozenset({"POST", "PUT", "PATCH", "DELETE"})


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and the answer to it.

    `body` is what is listed of the request's body: a JSON tree (`asks_json`), bytes, or None for "whatever is
    sent". `response` is a JSON tree (`answers_json`) or bytes. Texts hold `${any}` in requests, `${TOKEN}` in
    answers and `${SERVER}` in both. `source` and `kind` are the book's where the exchange has none of its
    own. `in_turn`: it is meant to answer the same request as another exchange of its scenario, after it.
    """

    name: str
    kind: str
    source: str
    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: Tree | bytes | None
    asks_json: bool
    status: int
    response_headers: Mapping[str, str]
    response: Tree | bytes
    answers_json: bool
    content_type: str
    issues_token: bool
    in_turn: bool = False

    @property
    def is_write(self) -> bool:
        """Whether it may change something: its method says so, and it issues no credentials."""
        return self.method in WRITES and not self.issues_token

    @property
    def succeeds(self) -> bool:
        """Whether the answer's status is one of success."""
        return self.status < 300  # noqa: PLR2004 - the statuses of success end here

    @property
    def answer(self) -> bytes:
        """The answer's body as it is sent, its placeholders left."""
        return written(self.response) if self.answers_json else bytes(self.response)


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a JSON text, and the value by which it tells something."""

    path: str
    value: Tree


@dataclass(frozen=True, slots=True)
class Roles:
    """What stands where, as JSON paths; "" or empty where nothing has the role."""

    records: str = ""
    next: str = ""
    total: str = ""
    id: str = ""
    cursor: str = ""
    phi: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    failure_envelope: Member | None = None
    input: str = "$"
    key: tuple[str, ...] = ()
    results: str = ""
    rejected: Member | None = None
