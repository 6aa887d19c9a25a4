"""What a mapping's document may say."""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, Field
from pydantic_core import PydanticKnownError

from connector_sdk.config import Config, LocalPath
from connector_sdk.mapping.operations import OPERATIONS


def _said(value: str) -> str:
    if not value.strip():
        raise ValueError("something must be said here")
    return value


def _operation(name: str) -> str:
    if name not in OPERATIONS:
        raise PydanticKnownError("literal_error", {"expected": " or ".join(map(repr, OPERATIONS))})
    return name


Said = Annotated[str, AfterValidator(_said)]
Nulls = Literal["keep", "dead_letter"]


class About(Config):
    """Which mapping this is. `gxp` is the risk that people see in it; nothing follows from it."""

    id: Said
    version: Said
    owner: str | None = None
    purpose: str | None = None
    intended_use: str | None = None
    gxp: Literal["low", "medium", "high"] | None = None


class Side(Config):
    """The source's or the target's side: its contract, as a path."""

    contract: LocalPath | None = None


class Keys(Config):
    """The target's keys. `business`: the target fields that tell its records apart."""

    later: ClassVar[frozenset[str]] = frozenset({"idempotency"})

    business: Annotated[tuple[str, ...], Field(min_length=1)] | None = None


class Rule(Config):
    """One target field: where its value comes from and what is done to it on the way.

    `args` are the operation's own, validated by its model. `null` says what a null of the source means:
    null at the target, or a dead letter.
    """

    to: Said
    source: Annotated[str, Field(alias="from")]
    op: Annotated[str, AfterValidator(_operation)] = "copy"
    args: Annotated[dict[str, Any], Field(default_factory=dict)]
    null: Nulls = "keep"
    critical: bool = False
    rationale: str | None = None

    @property
    def name(self) -> str:
        """The rule in a few words, e.g. `Email -> email (copy)`."""
        return f"{self.source} -> {self.to} ({self.op})"


class Unmapped(Config):
    """A source field that goes nowhere, and why."""

    field: str
    decision: Literal["drop"]
    reason: Said


class MappingDefinition(Config):
    """The document of a mapping, format 1."""

    later: ClassVar[frozenset[str]] = frozenset({"dictionary", "terminology", "tests", "reconcile"})

    format: Literal[1]
    mapping: About
    source: Side = Side()
    destination: Side = Side()
    keys: Keys = Keys()
    rules: Annotated[tuple[Rule, ...], Field(min_length=1)]
    unmapped_source: tuple[Unmapped, ...] = ()
