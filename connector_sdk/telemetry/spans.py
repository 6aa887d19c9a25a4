"""Spans of runs and batches; those of calls are made by the HTTP stack, with the same tracer's name."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from connector_sdk.errors import ConnectorError

if TYPE_CHECKING:
    from opentelemetry.trace import Span

SCOPE: Final = "connector_sdk"
"""The name of tracer and meter."""

ATTRIBUTES: Final = frozenset(
    {
        "connector_sdk.batch",
        "connector_sdk.connector",
        "connector_sdk.disposition",
        "connector_sdk.environment",
        "connector_sdk.hooks",
        "connector_sdk.partition",
        "connector_sdk.pipeline",
        "connector_sdk.records",
        "connector_sdk.run",
        "connector_sdk.status",
        "error.type",
        "http.request.method",
        "http.request.resend_count",
        "http.response.status_code",
        "server.address",
        "server.port",
        "url.scheme",
        "url.template",
    }
)
"""All attributes that spans and metrics may carry: names, codes and counts, never a value or a query."""

Attribute = str | int


@contextmanager
def span(name: str, **attributes: Attribute) -> Iterator["Span"]:
    """Make a span around the block; attributes are given without their prefix `connector_sdk.`.

    An exception that leaves the block is told by its code or class: its text may quote a record.
    """
    from opentelemetry import trace  # noqa: PLC0415 - loaded by verbs that move something only

    with trace.get_tracer(SCOPE).start_as_current_span(
        name, attributes=prefixed(attributes), record_exception=False, set_status_on_exception=False
    ) as made:
        try:
            yield made
        except BaseException as error:
            failed(made, error)
            raise


def failed(span: "Span", error: BaseException) -> None:
    """Say on a span that an error ended it, and which."""
    from opentelemetry.trace import StatusCode  # noqa: PLC0415 - as above

    span.set_attribute("error.type", error_type(error))
    span.set_status(StatusCode.ERROR)


def error_type(error: BaseException) -> str:
    """Return what spans and metrics call an error: its code or class, never its text."""
    return error.code if isinstance(error, ConnectorError) else type(error).__name__


def prefixed(attributes: dict[str, Attribute]) -> dict[str, Attribute]:
    """Return attributes under their full names; one that is not on the list is a mistake: KeyError."""
    found = {f"{SCOPE}.{name}": value for name, value in attributes.items()}
    if unknown := found.keys() - ATTRIBUTES:
        raise KeyError(*sorted(unknown))
    return found
