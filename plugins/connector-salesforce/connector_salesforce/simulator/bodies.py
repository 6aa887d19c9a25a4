"""The JSON bodies of requests."""

from typing import Any

from connector_salesforce.simulator.refusals import Refusal
from connector_sdk.testing import Request


def json_object(request: Request) -> dict[str, Any]:
    """Return the object that a body holds; raises Refusal."""
    if "json" not in request.headers.get("Content-Type", ""):
        message = "Content-Type header specified in HTTP request is not supported"
        raise Refusal(415, "UNSUPPORTED_MEDIA_TYPE", message)
    try:
        body = request.json()
    except ValueError:
        raise Refusal(400, "JSON_PARSER_ERROR", "The body is not JSON at [line:1, column:1]") from None
    if not isinstance(body, dict):
        raise Refusal(400, "JSON_PARSER_ERROR", "Cannot deserialize the body: an object is expected")
    return body


def values_of(record: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of a record, without its attributes."""
    return {name: value for name, value in record.items() if name != "attributes"}
