"""Errors in the form of the REST API: an array of objects.

Source: REST API Developer Guide, "Status Codes and Error Responses".
"""

from typing import Any

from connector_sdk.testing import Response, as_json


class Refusal(Exception):  # noqa: N818 - what the vendor answers, not a failure of ours
    """A request, or one row of it, that is refused: HTTP status, code, text and the fields meant."""

    def __init__(
        self, status: int, error_code: str, message: str, fields: tuple[str, ...] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.error_code = error_code
        self.message = message
        self.fields = fields

    def response(self) -> Response:
        """Return the answer to a whole request."""
        error: dict[str, Any] = {"message": self.message, "errorCode": self.error_code}
        if self.fields is not None:
            error["fields"] = list(self.fields)
        return as_json([error], self.status)

    def row_error(self) -> dict[str, Any]:
        """Return the error of one row among several; its code has another key there."""
        return {"statusCode": self.error_code, "message": self.message, "fields": list(self.fields or ())}


def row_refusal(error_code: str, message: str, *fields: str) -> Refusal:
    """Return the refusal of a row, with the fields it is about."""
    return Refusal(400, error_code, message, fields)


def not_found(message: str = "The requested resource does not exist") -> Refusal:
    """Return the refusal of a path or a row that is not there."""
    return Refusal(404, "NOT_FOUND", message)
