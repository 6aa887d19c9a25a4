"""What Salesforce says of one record of a collection."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from connector_salesforce.errors import TRANSIENT_ROW, vendor_code
from connector_sdk.connector import APPLIED, Outcome, rejected
from connector_sdk.schema import Schema

UNREADABLE: Final = "salesforce:JSON_PARSER_ERROR"
"""The code of a call one of whose values is not of its field's type; none of its records was written."""
UNREADABLE_RESULT: Final = {"success": False, "errors": [{"statusCode": "JSON_PARSER_ERROR"}]}


@dataclass(frozen=True, slots=True)
class TransientRow:
    """The record was not written, and may be the next time."""

    code: str


def outcome_of(result: Mapping[str, Any], schema: Schema) -> Outcome | TransientRow:
    """Read one result; of an error, its code and the fields of ours it names are told, never its text."""
    if result.get("success") is True:
        return APPLIED
    errors = result.get("errors")
    first = errors[0] if isinstance(errors, list) and errors and isinstance(errors[0], dict) else {}
    status = first.get("statusCode")
    status = status if isinstance(status, str) else ""
    code = vendor_code(status)
    if status in TRANSIENT_ROW:
        return TransientRow(code)
    named = first.get("fields")
    names = [name for name in named if name in schema] if isinstance(named, list) else []
    told = f"Salesforce refused the record; fields: {', '.join(names)}" if names else "Salesforce refused it"
    return rejected(code, told)
