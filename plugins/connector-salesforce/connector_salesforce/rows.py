"""From a row of a query's answer to the record's JSON text."""

from collections.abc import Mapping
from typing import Any

import msgspec

from connector_salesforce.moments import READERS
from connector_sdk.connector import Unreadable
from connector_sdk.decode import encoder
from connector_sdk.errors import RecordError
from connector_sdk.schema import Schema

_WRITER = msgspec.json.Encoder(decimal_format="number")


class RowReader:
    """Turns rows of one schema into records; what does not have its type is refused record by record."""

    def __init__(self, schema: Schema) -> None:
        self.names = schema.names
        self._encode = encoder(schema)
        self._moments = [
            (field.name, READERS[field.type]) for field in schema.fields if field.type in READERS
        ]

    def record(self, row: Mapping[str, Any]) -> bytes | Unreadable:
        """Return the record's text; its fields are those of the schema, whatever else the row holds."""
        values = {name: row[name] for name in self.names if name in row}
        try:
            for name, read in self._moments:
                text = values.get(name)
                if type(text) is str:
                    values[name] = read(text)
            return self._encode(values)
        except ValueError:
            return self._refused(row, "time-format", f"field {name!r}: not written as Salesforce writes it")
        except RecordError as error:
            return self._refused(row, error.code, str(error))

    def _refused(self, row: Mapping[str, Any], code: str, message: str) -> Unreadable:
        kept = {name: value for name, value in row.items() if name != "attributes"}
        return Unreadable(_WRITER.encode(kept), code, message)
