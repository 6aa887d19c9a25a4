"""Send spans and metrics of the command line where the standard variables say.

OTEL_SDK_DISABLED, OTEL_TRACES_EXPORTER, OTEL_METRICS_EXPORTER, OTEL_EXPORTER_OTLP_*, OTEL_SERVICE_NAME and
OTEL_RESOURCE_ATTRIBUTES mean what OpenTelemetry says they mean
(https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/), but for one: where no
variable names an exporter or an OTLP endpoint, nothing is exported, and the OpenTelemetry SDK is not even
loaded. An exporter that fails or hangs costs a run at most `PATIENCE` seconds at its end.
"""

import logging
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

LOG: Final = logging.getLogger("connector_sdk.telemetry")

PATIENCE: Final = 3.0
"""Seconds that all exporters together get, at the end, for what is still on its way."""

PACKAGES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "otlp_proto_http": "'connector-sdk[otlp]'",
        "otlp_proto_grpc": "opentelemetry-exporter-otlp-proto-grpc",
    }
)
"""What to install for an exporter, by the name of its entry point."""

Signal = Literal["traces", "metrics"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """The names of the exporters asked for, by signal."""

    traces: Sequence[str] = ()
    metrics: Sequence[str] = ()

    def __bool__(self) -> bool:
        return bool(self.traces or self.metrics)


@contextmanager
def exported(
    environ: Mapping[str, str] = os.environ, *, service: str = "connector-sdk", patience: float = PATIENCE
) -> Iterator[None]:
    """Export what the block tells, if the variables ask for it; never raises and hardly waits."""
    wanted = exporters_wanted(environ)
    if not wanted:
        yield
        return
    from connector_sdk.telemetry.providers import Exporting  # noqa: PLC0415 - the SDK, where it is asked for

    exporting = Exporting.begin(wanted, environ, service)
    try:
        yield
    finally:
        exporting.end(patience)


def exporters_wanted(environ: Mapping[str, str]) -> Wanted:
    """Read from the variables which exporters to use; an empty variable counts as one that is not set."""
    if environ.get("OTEL_SDK_DISABLED", "").strip().lower() == "true":
        return Wanted()
    return Wanted(_names(environ, "traces"), _names(environ, "metrics"))


def entry_name(name: str, signal: Signal, environ: Mapping[str, str]) -> str:
    """Return the entry point that an exporter's name stands for: `otlp` depends on the protocol."""
    if name != "otlp":
        return name
    variables = (f"OTEL_EXPORTER_OTLP_{signal.upper()}_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
    protocol = next((value for each in variables if (value := environ.get(each, "").strip())), "")
    return "otlp_proto_grpc" if protocol == "grpc" else "otlp_proto_http"


def _names(environ: Mapping[str, str], signal: Signal) -> Sequence[str]:
    asked = environ.get(f"OTEL_{signal.upper()}_EXPORTER", "").strip()
    if not asked:
        endpoints = ("OTEL_EXPORTER_OTLP_ENDPOINT", f"OTEL_EXPORTER_OTLP_{signal.upper()}_ENDPOINT")
        asked = "otlp" if any(environ.get(name, "").strip() for name in endpoints) else ""
    names = [name.strip() for name in asked.split(",") if name.strip()]
    return () if "none" in names else tuple(dict.fromkeys(names))
