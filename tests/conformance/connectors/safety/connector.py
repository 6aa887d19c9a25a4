"""A safety database: cases in a nested envelope, notes and assessments written.

Written on the raw contract, as an author does whose system fits no declaration: the stream and both sinks
send their requests themselves. Notes cannot be recognised when they are repeated (class D); assessments go in
batches, each with a result of its own.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Annotated, Any, Generic, TypeVar

import msgspec

from connector_sdk import (
    APPLIED,
    Auth,
    BasicAuth,
    Batch,
    Call,
    Completeness,
    Config,
    Connector,
    ContractError,
    Delivery,
    Disposition,
    HttpUrl,
    IncompleteResponseError,
    InvalidInputError,
    Key,
    Mode,
    Outcome,
    OutcomeUnknownError,
    Page,
    Personal,
    Record,
    Register,
    Schema,
    Secret,
    Sink,
    Stream,
    WritePolicy,
    hookimpl,
    rejected,
)
from connector_sdk.http.answers import refuse_markup

T = TypeVar("T")


class SafetyConfig(Config):
    """Where the database is, and who asks."""

    base_url: HttpUrl
    username: str
    password: Secret


class Case(Record):
    """A report of an adverse event."""

    case: Annotated[str, Key]
    received: datetime
    patient: Annotated[str | None, Personal]
    serious: bool
    terms: list[str]


class Note(Record):
    """A remark on a case; the database keeps every one that it is sent."""

    case: Annotated[str, Key]
    text: Annotated[str, Personal]


class Assessment(Record):
    """Whether a drug is thought to have caused what happened."""

    case: Annotated[str, Key]
    related: bool


class _Wrapped(msgspec.Struct):
    case: msgspec.Raw


class _Meta(msgspec.Struct):
    count: int
    after: str | None = None


class _Cases(msgspec.Struct):
    meta: _Meta
    cases: list[_Wrapped]


class _Result(msgspec.Struct):
    ok: bool
    problem: str = ""


class _Answer(msgspec.Struct, Generic[T]):
    response: T


class Cases(Stream):
    """Reads page by page; the last page says that it is."""

    record = Case
    completeness = Completeness.PROVEN

    def __init__(self, connector: Any = None) -> None:
        self._connector = connector

    def bound(self, connector: Any) -> "Cases":
        """Return the stream of one connector."""
        return Cases(connector)

    def read(self, call: Call, position: Any) -> Iterator[Page]:
        """Yield the pages; a cursor leads nowhere, since a read always begins anew."""
        after, asked, came = "", set[str](), 0
        while True:
            asked.add(after)
            response = self._connector.http.get("/cases", params={"after": after} if after else None)
            found = _parsed(response.content, _Answer[_Cases]).response
            came += len(found.cases)
            records = [bytes(each.case) for each in found.cases]
            after = found.meta.after or ""
            if not after and came != found.meta.count:
                raise _incomplete("safety:count-not-met", "another number of cases than it counts")
            if after in asked and after:
                raise _incomplete("safety:loop", "a page that was read before, as the next one")
            if records:
                yield Page(records, None, came - len(records) + 1)
            if not after:
                return


class Notes(Sink):
    """Adds notes; one that got no clear answer is not sent again."""

    delivery = Delivery.AT_LEAST_ONCE
    record = Note
    modes = (Mode.APPEND,)

    def __init__(self, connector: Any = None) -> None:
        self._connector = connector

    def bound(self, connector: Any) -> "Notes":
        """Return the sink of one connector."""
        return Notes(connector)

    def check(self, call: Call, schema: Schema, write: WritePolicy) -> None:
        """Ask for the fields that a note has."""
        _require(schema, Note)

    def write(self, call: Call, batch: Batch) -> Iterable[Outcome]:
        """Send the notes one after the other."""
        for payload in batch.payloads:
            try:
                answer = self._connector.http.request(
                    "POST", "/notes", content=payload, headers=_JSON, repeatable=False
                )
            except InvalidInputError as error:
                yield rejected(error.code, str(error))
            else:
                refuse_markup(answer)
                yield APPLIED


class Assessments(Sink):
    """Writes batches; the database keeps one assessment a case."""

    delivery = Delivery.EFFECTIVELY_ONCE
    record = Assessment
    modes = (Mode.UPSERT,)
    keyed = True

    def __init__(self, connector: Any = None) -> None:
        self._connector = connector

    def bound(self, connector: Any) -> "Assessments":
        """Return the sink of one connector."""
        return Assessments(connector)

    def check(self, call: Call, schema: Schema, write: WritePolicy) -> None:
        """Ask for the fields that an assessment has."""
        _require(schema, Assessment)

    def write(self, call: Call, batch: Batch) -> list[Outcome]:
        """Send the batch in one request, and read what became of each."""
        body = b'{"assessments":[' + b",".join(batch.payloads) + b"]}"
        response = self._connector.http.request(
            "PUT", "/assessments", content=body, headers=_JSON, repeatable=True
        )
        results = _parsed(response.content, _Answer[list[_Result]]).response
        if len(results) != len(batch):
            raise OutcomeUnknownError(
                "/assessments: the answer does not say what became of each record",
                code="safety:results-missing",
                hint="look in the database which assessments it has",
            )
        return [_outcome(each) for each in results]


class Safety(Connector[SafetyConfig]):
    """Cases, notes and assessments of a safety database."""

    name, vendor, api_versions = "safety", "Safety Database", ("r2",)
    capabilities = frozenset({"paging", "next", "total", "batch"})
    cases = Cases()
    notes = Notes()
    assessments = Assessments()

    def auth(self) -> Auth:
        """Return the user's credentials."""
        return BasicAuth(self.config.username, self.config.password)


_JSON = {"Content-Type": "application/json"}


def _parsed(body: bytes, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise _incomplete("safety:not-understood", "something else than its documentation says") from None


def _incomplete(code: str, what: str) -> IncompleteResponseError:
    return IncompleteResponseError(
        f"the safety database answered with {what}",
        code=code,
        hint="run again; if it stays, ask who runs the database",
    )


def _require(schema: Schema, record: type[Record]) -> None:
    if set(schema.names) != set(record.__struct_fields__):
        raise ContractError(
            "the records have other fields than the safety database takes",
            code="safety:fields",
            hint=f"map them to: {', '.join(record.__struct_fields__)}",
        )


def _outcome(result: _Result) -> Outcome:
    return APPLIED if result.ok else Outcome(Disposition.DEAD_LETTERED, "safety:refused", "it was refused")


@hookimpl
def connector_register(register: Register) -> None:
    """Offer the connector."""
    register(Safety)
