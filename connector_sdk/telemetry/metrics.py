"""Metrics: a few instruments, each added to once a batch or a request, never once a record.

They mirror what the ledger and the events say. Durations are in seconds.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from connector_sdk.telemetry.spans import SCOPE, Attribute, prefixed

if TYPE_CHECKING:
    from opentelemetry.metrics import Meter

_SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10)
"""Bucket boundaries of HTTP durations, as the semantic conventions give them."""


class _Instruments:
    """Made once; until a provider is set they do nothing, and they take up the one that is set later."""

    def __init__(self, meter: "Meter") -> None:
        self.records = meter.create_counter(
            "connector_sdk.records", unit="{record}", description="Records accounted for, by disposition."
        )
        self.batches = meter.create_counter(
            "connector_sdk.batches", unit="{batch}", description="Batches committed."
        )
        self.batch_duration = meter.create_histogram(
            "connector_sdk.batch.duration", unit="s", description="From a batch's intent to its commit."
        )
        self.requests = meter.create_histogram(
            "http.client.request.duration",
            unit="s",
            description="Duration of HTTP client requests.",
            explicit_bucket_boundaries_advisory=_SECONDS,
        )
        self.retries = meter.create_counter(
            "connector_sdk.retries", unit="{attempt}", description="Attempts repeated after a failure."
        )
        self.failures = meter.create_counter(
            "connector_sdk.event_failures", unit="{failure}", description="Hooks that failed at an event."
        )


def batch_committed(pipeline: str, environment: str, counts: Mapping[str, int], duration: float) -> None:
    """Count a committed batch and its records by disposition; those that did not occur are left out."""
    made, common = _instruments(), prefixed({"pipeline": pipeline, "environment": environment})
    for disposition, count in counts.items():
        if count:
            made.records.add(count, {**common, **prefixed({"disposition": disposition})})
    made.batches.add(1, common)
    made.batch_duration.record(duration, common)


def request_finished(
    *, method: str, host: str, port: int, path: str, status: int | None, error: str | None, duration: float
) -> None:
    """Measure one attempt on the wire; `path` is a template, `error` the code or class of what failed."""
    attributes: dict[str, Attribute] = {
        "http.request.method": method,
        "server.address": host,
        "server.port": port,
        "url.template": path,
    }
    if status is not None:
        attributes["http.response.status_code"] = status
    if error is not None:
        attributes["error.type"] = error
    _instruments().requests.record(duration, attributes)


def attempt_repeated(connector: str, host: str, code: str) -> None:
    """Count an attempt that failed with this code and is made again."""
    attributes = {**prefixed({"connector": connector}), "server.address": host, "error.type": code}
    _instruments().retries.add(1, attributes)


def event_failed(hooks: str) -> None:
    """Count a failure of the hooks of this name at an event."""
    _instruments().failures.add(1, prefixed({"hooks": hooks}))


@lru_cache(maxsize=1)
def _instruments() -> _Instruments:
    from opentelemetry import metrics  # noqa: PLC0415 - loaded by verbs that move something only

    return _Instruments(metrics.get_meter(SCOPE))
