"""An object as a sink: records are created or updated by an external id, 200 a call."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from msgspec import UNSET
from msgspec.structs import astuple

from connector_salesforce.api import Api
from connector_salesforce.describe import ObjectField, SObject
from connector_salesforce.offer import ObjectTarget
from connector_salesforce.results import UNREADABLE, UNREADABLE_RESULT, TransientRow, outcome_of
from connector_salesforce.target import external_id, require_fit, require_upsert
from connector_salesforce.values import Unfit, as_sent, unfit
from connector_sdk.connector import Batch, Call, Outcome, WritePolicy, rejected
from connector_sdk.errors import InvalidInputError, UnavailableError
from connector_sdk.schema import FieldType, Schema

MOST: Final = 200
"""Records of one call, at most (sObject Collections)."""
_WAITS: Final = (1.0, 3.0, 9.0)
"""Seconds before rows that were only locked are sent again."""


@dataclass(frozen=True, slots=True)
class _Plan:
    """What `prepare` worked out for all batches of the run."""

    schema: Schema
    key: ObjectField
    omit_nulls: bool
    tests: Sequence[tuple[int, str, Unfit]]


class ObjectSink(ObjectTarget):
    """Writes records into one object."""

    def __init__(self, api: Api, name: str) -> None:
        self._api = api
        self._name = name
        self._plan: _Plan | None = None

    def check(self, call: Call, schema: Schema, write: WritePolicy) -> None:
        """Compare the object, as this user may write it, with the schema.

        Raises ConfigurationError or ContractError naming each field that does not fit.
        """
        self._planned(call, schema, write)

    def prepare(self, call: Call, schema: Schema, write: WritePolicy) -> None:
        """Prove the same, and keep what was learnt."""
        self._plan = self._planned(call, schema, write)

    def write(self, call: Call, batch: Batch) -> list[Outcome]:
        """Write the batch; rows that are locked are sent a few times more.

        Raises UnavailableError where some stay locked: the batch stays open, and repeating it is harmless.
        """
        plan = self._plan
        if plan is None or plan.schema != batch.schema:
            raise RuntimeError("the sink was not prepared for this schema")
        outcomes: list[Outcome | None] = [None] * len(batch)
        documents: dict[int, Mapping[str, Any]] = {}
        for index, record in enumerate(batch.records):
            values = astuple(record)
            outcomes[index] = _refusal(plan, values)
            if outcomes[index] is None:
                documents[index] = self._document(plan, values)
        for indices in _calls(documents, plan.key.name):
            self._send(call, plan, documents, indices, outcomes)
        return [outcome for outcome in outcomes if outcome is not None]

    def _planned(self, call: Call, schema: Schema, write: WritePolicy) -> _Plan:
        require_upsert(write)
        described = self._api.describe(self._name)
        require_fit(described, schema)
        key = external_id(described, schema)
        if schema[key.name].type is FieldType.STRING and not key.case_sensitive:
            call.log.warning("external id %s of %s takes A and a for the same", key.name, self._name)
        return _Plan(schema, key, write.omit_nulls, list(_tests(described, schema)))

    def _document(self, plan: _Plan, values: Sequence[Any]) -> dict[str, Any]:
        document: dict[str, Any] = {"attributes": {"type": self._name}}
        for name, value in zip(plan.schema.names, values, strict=True):
            if value is not UNSET and not (value is None and plan.omit_nulls):
                document[name] = as_sent(value)
        return document

    def _send(
        self,
        call: Call,
        plan: _Plan,
        documents: Mapping[int, Mapping[str, Any]],
        indices: Sequence[int],
        outcomes: list[Outcome | None],
    ) -> None:
        waiting = list(indices)
        for wait in (*_WAITS, None):
            results = self._results(plan.key.name, [documents[index] for index in waiting])
            again: list[int] = []
            code = ""
            for index, result in zip(waiting, results, strict=True):
                outcome = outcome_of(result, plan.schema)
                if isinstance(outcome, TransientRow):
                    again.append(index)
                    code = outcome.code
                else:
                    outcomes[index] = outcome
            if not again:
                return
            waiting = again
            if wait is None:
                raise UnavailableError(
                    f"{len(waiting)} records of {self._name} stay locked by others",
                    code=code,
                    hint="run again: the batch is written once more under the same keys",
                )
            call.clock.sleep(wait)

    def _results(self, key: str, documents: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Return a result for each record, also where one that cannot be read spoils the whole call."""
        try:
            return self._api.upsert(self._name, key, documents)
        except InvalidInputError as error:
            if error.code != UNREADABLE:
                raise
        if len(documents) == 1:
            return [UNREADABLE_RESULT]
        half = len(documents) // 2
        return self._results(key, documents[:half]) + self._results(key, documents[half:])


def _tests(described: SObject, schema: Schema) -> Iterator[tuple[int, str, Unfit]]:
    for index, field in enumerate(schema.fields):
        test = unfit(described.fields[field.name], field.type)
        if test is not None:
            yield index, field.name, test


def _refusal(plan: _Plan, values: Sequence[Any]) -> Outcome | None:
    for index, name, test in plan.tests:
        value = values[index]
        if value is not None and value is not UNSET and test(value):
            return rejected(
                "salesforce-value-unfit", f"field {name!r}: Salesforce cannot hold the value as it is"
            )
    return None


def _calls(documents: Mapping[int, Mapping[str, Any]], key: str) -> Iterator[list[int]]:
    """Divide a batch into calls in its order; a key is in each of them once, so that the last one wins."""
    indices: list[int] = []
    keys: set[Any] = set()
    for index, document in documents.items():
        value = document[key]
        found = value.casefold() if isinstance(value, str) else value
        if len(indices) == MOST or found in keys:
            yield indices
            indices, keys = [], set()
        indices.append(index)
        keys.add(found)
    if indices:
        yield indices
