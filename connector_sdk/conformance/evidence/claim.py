"""Read a statement back, strictly: what it says, before anybody asks whether it is true."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta

from connector_sdk.conformance.certificate import BookFacts, Report, Subject
from connector_sdk.conformance.evidence.doubt import Refused
from connector_sdk.conformance.evidence.statement import PREDICATE_TYPE, STATEMENT_TYPE
from connector_sdk.conformance.outcome import Result, Status, Tier
from connector_sdk.decode.strict import json_reader, read_json
from connector_sdk.documents.wording import quote
from connector_sdk.errors import RecordError

_DEPTH: Final = 16
_NAMES: Final = (
    "connector-sdk-conformance",
    "rule-catalogue",
    "exchange-book",
    "capabilities",
    "environment",
    "subject-code",
)

_Hex = Annotated[str, Meta(pattern=r"\A[0-9a-f]{64}\Z")]
_Date = Annotated[str, Meta(pattern=r"\A\d{4}-\d\d-\d\d\Z")]
_Moment = Annotated[datetime, Meta(tz=True)]


class _Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pass


class _Digest(_Strict, frozen=True, forbid_unknown_fields=True):
    sha256: _Hex


class _Subject(_Strict, frozen=True, forbid_unknown_fields=True):
    name: str
    digest: _Digest


class _Resource(_Strict, frozen=True, forbid_unknown_fields=True):
    name: str
    digest: _Digest
    annotations: dict[str, Any] = {}


class _Suite(_Strict, frozen=True, forbid_unknown_fields=True):
    edition: str


class _Book(_Strict, frozen=True, forbid_unknown_fields=True):
    kinds: tuple[Literal["documentation", "sandbox", "simulator"], ...]
    sources: tuple[str, ...]
    recorded: _Date
    api_version: str = msgspec.field(name="apiVersion")


class _Capabilities(_Strict, frozen=True, forbid_unknown_fields=True):
    declared: tuple[str, ...]


class _Code(_Strict, frozen=True, forbid_unknown_fields=True):
    distribution: str
    version: str
    connector: str


class _Outcome(_Strict, frozen=True, forbid_unknown_fields=True):
    status: Status
    tier: Tier
    reason: str = ""


class _Extension(_Strict, frozen=True, forbid_unknown_fields=True):
    format: Literal[1]
    tier: Tier
    highest: Tier
    caps: tuple[str, ...]
    seed: Annotated[int, Meta(ge=0, le=2**63 - 1)]
    started: _Moment
    results: dict[str, _Outcome]


class _Predicate(_Strict, frozen=True, forbid_unknown_fields=True):
    result: Literal["PASSED", "WARNED", "FAILED"]
    configuration: list[_Resource]
    passed: list[str] = msgspec.field(name="passedTests")
    warned: list[str] = msgspec.field(name="warnedTests")
    failed: list[str] = msgspec.field(name="failedTests")
    extension: _Extension = msgspec.field(name="x-conformance")


class _Statement(_Strict, frozen=True, forbid_unknown_fields=True):
    type: str = msgspec.field(name="_type")
    subject: Annotated[list[_Subject], Meta(min_length=1, max_length=1)]
    predicate_type: str = msgspec.field(name="predicateType")
    predicate: _Predicate


@dataclass(frozen=True, slots=True)
class Claim:
    """What a statement says: `tree` as it stands there, `report` as the report that it was made of.

    The report's tiers and highest tier are those that are claimed; its rules took no time.
    """

    tree: Mapping[str, Any]
    report: Report

    @property
    def predicate(self) -> Mapping[str, Any]:
        """The part that holds the results."""
        part: Mapping[str, Any] = self.tree["predicate"]
        return part


def strict_json(text: bytes, what: str) -> Any:
    """Read one JSON text: keys once, whole numbers only, nothing after it. Raises Refused."""
    try:
        return read_json(text, _DEPTH, _WHOLE)
    except RecordError as error:
        raise Refused("form", f"the {what} is not strict JSON: {error}") from None
    except ValueError:
        raise Refused("form", f"the {what} holds a number that is not whole") from None


def read_claim(payload: bytes) -> Claim:
    """Read what was signed; raises Refused where it is no statement of this form."""
    tree = strict_json(payload, "statement")
    try:
        stated = msgspec.convert(tree, _Statement)
        if (stated.type, stated.predicate_type) != (STATEMENT_TYPE, PREDICATE_TYPE):
            raise Refused("form", "it is no in-toto statement (v1) of a test result (v0.1)")
        report = _report(stated)
    except msgspec.ValidationError as error:
        raise Refused("form", f"the statement has another form: {quote(str(error))}") from None
    return Claim(tree, report)


def _report(stated: _Statement) -> Report:
    found = stated.predicate.configuration
    if tuple(each.name for each in found) != _NAMES:
        raise Refused("form", f"its configuration does not name {', '.join(_NAMES)}, each once")
    suite, catalogue, book, capabilities, environment, code = found
    subject, extension = stated.subject[0], stated.predicate.extension
    about = msgspec.convert(code.annotations, _Code)
    facts = msgspec.convert(book.annotations, _Book)
    return Report(
        subject=Subject(
            name=subject.name,
            sha256=_prefixed(subject.digest),
            distribution=about.distribution,
            version=about.version,
            code=_prefixed(code.digest),
        ),
        connector=about.connector,
        edition=msgspec.convert(suite.annotations, _Suite).edition,
        catalogue=_prefixed(catalogue.digest),
        suite=_prefixed(suite.digest),
        seed=extension.seed,
        started=_in_utc(extension.started),
        seconds=0.0,
        capabilities=frozenset(msgspec.convert(capabilities.annotations, _Capabilities).declared),
        book=BookFacts(
            digest=_prefixed(book.digest),
            kinds=facts.kinds,
            sources=facts.sources,
            recorded=facts.recorded,
            api_version=facts.api_version,
        ),
        environment=msgspec.convert(environment.annotations, dict[str, str]),
        results={rule: Result(each.status, each.reason) for rule, each in extension.results.items()},
        tiers={rule: each.tier for rule, each in extension.results.items()},
        highest=extension.highest,
        caps=extension.caps,
    )


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise Refused("form", "the run began at no moment of our calendar") from None


def _prefixed(found: _Digest) -> str:
    return f"sha256:{found.sha256}"


def _whole(text: str) -> int:
    if not text.removeprefix("-").isdigit() or text == "-0":
        raise ValueError("not a whole number")
    return int(text)


_WHOLE: Final[json.JSONDecoder] = json_reader(_whole)
