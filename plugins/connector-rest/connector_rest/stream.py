"""A stream as the settings describe it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from connector_rest.config import StreamConfig
from connector_rest.json_schema import marked
from connector_sdk.connector import Call, Json, Page, Stream
from connector_sdk.connector.rest.answers import answers
from connector_sdk.connector.rest.collection import Collection
from connector_sdk.connector.rest.walk import walk
from connector_sdk.decode import infer_schema
from connector_sdk.errors import ConfigurationError
from connector_sdk.schema import Schema

if TYPE_CHECKING:
    from connector_rest.connector import Rest

LOOK: Final = 1000
"""Records from which a schema is taken where none is declared."""


class DeclaredStream(Stream):
    """Reads one of the configured collections."""

    def __init__(self, connector: "Rest", config: StreamConfig) -> None:
        self._connector = connector
        self._config = config
        self._declared = _declared(config)
        self.source = _collection(config, self._declared)
        self.completeness = self.source.completeness

    def schema(self, call: Call) -> Schema:
        """Return what is declared, else what the first thousand records have.

        Raises ConfigurationError where there are none, or where a field is missing that the settings name.
        """
        del call
        if self._declared is not None:
            return self._declared
        schema = self._seen(usual=False)
        if not schema.fields:
            raise ConfigurationError(
                f"{self._config.path} has no records to take a schema from",
                code="rest-no-records",
                hint="declare a `schema` for the stream, or run again when there are some",
                location=self._config.name,
            )
        return schema

    def glance(self, call: Call) -> Schema:
        """Return the same of the usual record; without records it has no fields."""
        del call
        return self._declared or self._seen(usual=True)

    def read(self, call: Call, position: Json) -> Iterator[Page]:
        return walk(self._connector.http, self.source, call, position)

    def _seen(self, *, usual: bool) -> Schema:
        config = self._config
        found = infer_schema(self._first(), config.primary_key, usual=usual)
        if not found.fields:
            return found
        for name in (*config.primary_key, *config.personal, *filter(None, [config.cursor_field])):
            if name not in found:
                raise ConfigurationError(
                    f"the records of {config.path} have no field {name!r}, which the stream's settings name",
                    code="rest-field-missing",
                    hint=f"they have: {', '.join(found.names)}",
                    location=config.name,
                )
        return replace(found, fields=marked(found.fields, config.personal), cursor=config.cursor_field)

    def _first(self) -> Iterator[list[bytes]]:
        met = 0
        for answer in answers(self._connector.http, self.source, None):
            yield answer.records
            met += len(answer.records)
            if met >= LOOK:
                return


def _declared(config: StreamConfig) -> Schema | None:
    if config.schema_ is None:
        return None
    return config.schema_.schema_of(config.primary_key, config.cursor_field, config.personal)


def _collection(config: StreamConfig, declared: Schema | None) -> Collection:
    kind = declared[declared.cursor].type if declared and declared.cursor else None
    return Collection(
        path=config.path,
        records=config.records,
        paging=config.paging.made(),
        total=config.total,
        params=config.parameters,
        key=config.primary_key,
        cursor=config.cursor_field or "",
        kind=kind,
        since=config.cursor.param if config.cursor else "",
        lookback=config.cursor.lookback if config.cursor else 0,
    )
