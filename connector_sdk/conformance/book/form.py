"""The keys of `book.yaml`."""

from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, Field

from connector_sdk.config import Config
from connector_sdk.conformance.book.json_path import steps

Kind = Literal["documentation", "sandbox", "simulator"]
"""Where an exchange was taken from: the vendor's pages, a tenant of the vendor's, or the connector's own
simulator."""

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD")


def _path(text: str) -> str:
    steps(text)
    return text


JsonPath = Annotated[str, AfterValidator(_path)]


class ProvenanceForm(Config):
    """Where the book comes from."""

    kind: Kind
    source: str = ""
    recorded: date
    api_version: str = ""


class RequestForm(Config):
    """One of the methods with the path, and what else is listed of the request."""

    GET: str = ""
    POST: str = ""
    PUT: str = ""
    PATCH: str = ""
    DELETE: str = ""
    HEAD: str = ""
    query: dict[str, str] = Field(default_factory=dict)
    headers: dict[str, str] = Field(default_factory=dict)
    json_: Any = Field(default=None, alias="json")
    body: str | None = None

    @property
    def lines(self) -> list[tuple[str, str]]:
        """The methods that are given, each with its path."""
        return [(method, getattr(self, method)) for method in METHODS if getattr(self, method)]


class ResponseForm(Config):
    """What the system answers. `json`: the name of a file beside the book, or the JSON itself."""

    status: Annotated[int, Field(ge=200, le=599)] = 200
    headers: dict[str, str] = Field(default_factory=dict)
    json_: Any = Field(default=None, alias="json")
    body: str | None = None
    file: str | None = None
    content_type: str = ""


class ExchangeForm(Config):
    """A request and its answer; `kind` and `source` where they are not the book's."""

    kind: Kind | None = None
    source: str = ""
    in_turn: bool = False
    request: RequestForm
    response: ResponseForm


class MemberForm(Config):
    """A member of a JSON text and the value that tells something."""

    path: JsonPath
    value: Any


class RolesForm(Config):
    """What stands where in requests and answers."""

    records: JsonPath = ""
    next: JsonPath = ""
    total: JsonPath = ""
    id: JsonPath = ""
    cursor: JsonPath = ""
    phi: tuple[JsonPath, ...] = ()
    ignore: tuple[str, ...] = ()
    failure_envelope: MemberForm | None = None
    input: JsonPath = "$"
    key: tuple[str, ...] = ()
    results: JsonPath = ""
    rejected: MemberForm | None = None


class BookForm(Config):
    """The document as a whole."""

    book: Literal[1]
    connector: Annotated[str, Field(min_length=1)]
    provenance: ProvenanceForm
    clock: AwareDatetime = datetime(2026, 1, 1, tzinfo=UTC)
    config: dict[str, Any]
    exchanges: dict[str, ExchangeForm]
    scenarios: dict[str, tuple[str, ...]]
    roles: RolesForm = RolesForm()
    collections: dict[str, RolesForm] = Field(default_factory=dict)
