"""The providers of the command line: exporters found by their entry points, watched, and never waited for."""

import logging
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from typing import Any, Final, Self

from opentelemetry import metrics, trace
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

from connector_sdk.clock import SYSTEM_CLOCK
from connector_sdk.telemetry.exporting import LOG, PACKAGES, Signal, Wanted, entry_name

_NOISY: Final = ("opentelemetry.exporter", "opentelemetry.sdk")
"""Loggers that repeat themselves at every failed export; what they say is counted and said once instead."""


class Watched:
    """An exporter whose failures are counted, and said once; it is otherwise the exporter itself."""

    def __init__(self, name: str, exporter: Any) -> None:
        self._name = name
        self._exporter = exporter
        self.failures = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._exporter, name)

    def export(self, *arguments: Any, **options: Any) -> Any:
        """Pass a batch on; a failure is swallowed."""
        try:
            result = self._exporter.export(*arguments, **options)
        except Exception as error:  # noqa: BLE001 - telemetry must not stop what it watches
            self._count(type(error).__name__)
            return None
        if getattr(result, "name", "SUCCESS") != "SUCCESS":
            self._count("it was not accepted, or nobody answers")
        return result

    def _count(self, reason: str) -> None:
        self.failures += 1
        if self.failures == 1:
            LOG.warning("telemetry is lost (exporter %s: %s); the run goes on", self._name, reason)


@dataclass
class Exporting:
    """What was set up, until it is ended."""

    watched: list[Watched] = field(default_factory=list)
    closing: list[Callable[[], object]] = field(default_factory=list)
    levels: dict[str, int] = field(default_factory=dict)

    @classmethod
    def begin(cls, wanted: Wanted, environ: Mapping[str, str], service: str) -> Self:
        """Set the global providers, unless the program has set its own before."""
        made = cls()
        try:
            made._set(wanted, environ, service)
        except Exception as error:  # noqa: BLE001 - a variable that the SDK does not understand
            LOG.warning("telemetry could not be set up (%s); the run goes on", type(error).__name__)
        for name in _NOISY:
            made.levels[name] = logging.getLogger(name).level
            logging.getLogger(name).setLevel(logging.CRITICAL)
        return made

    def end(self, patience: float) -> None:
        """Send what is left, for at most `patience` seconds; what was not sent by then is lost, and said."""
        threads = [threading.Thread(target=_quietly, args=(close,), daemon=True) for close in self.closing]
        for thread in threads:
            thread.start()
        unfinished = _joined(threads, patience)
        for name, level in self.levels.items():
            logging.getLogger(name).setLevel(level)
        failures = sum(exporter.failures for exporter in self.watched)
        if unfinished:
            LOG.warning("telemetry is lost: an exporter did not end within %g seconds", patience)
        elif failures > 1:
            LOG.warning("telemetry is lost: %d exports failed", failures)

    def _set(self, wanted: Wanted, environ: Mapping[str, str], service: str) -> None:
        resource = Resource.create()
        if str(resource.attributes[SERVICE_NAME]).startswith("unknown_service"):
            resource = resource.merge(Resource({SERVICE_NAME: service}))
        spans = [BatchSpanProcessor(each) for each in self._exporters("traces", wanted.traces, environ)]
        if spans and isinstance(trace.get_tracer_provider(), trace.ProxyTracerProvider):
            tracers = TracerProvider(resource=resource, shutdown_on_exit=False)
            for processor in spans:
                tracers.add_span_processor(processor)
            trace.set_tracer_provider(tracers)
            self.closing.append(tracers.shutdown)
        exporters = self._exporters("metrics", wanted.metrics, environ)
        readers = [PeriodicExportingMetricReader(each) for each in exporters]
        if readers:
            meters = MeterProvider(readers, resource=resource, shutdown_on_exit=False)
            metrics.set_meter_provider(meters)
            self.closing.append(meters.shutdown)

    def _exporters(self, signal: Signal, names: Sequence[str], environ: Mapping[str, str]) -> list[Any]:
        """Return the exporters of these names; one that is not installed is told, and what brings it."""
        found: list[Any] = []
        for name in names:
            entry = entry_name(name, signal, environ)
            points = list(entry_points(group=f"opentelemetry_{signal}_exporter", name=entry))
            if not points:
                hint = f": pip install {PACKAGES[entry]}" if entry in PACKAGES else ""
                LOG.warning("no exporter %s is installed for %s%s; the run goes on", name, signal, hint)
                continue
            # Standard output is the verb's own.
            options = {"out": sys.stderr} if name == "console" else {}
            watched = Watched(name, points[0].load()(**options))
            self.watched.append(watched)
            found.append(watched)
        return found


def _quietly(close: Callable[[], object]) -> None:
    with suppress(Exception):  # an exporter that cannot end well was counted when it could not export
        close()


def _joined(threads: Sequence[threading.Thread], patience: float) -> list[threading.Thread]:
    """Wait for all threads together; return those that did not end in time."""
    deadline = SYSTEM_CLOCK.monotonic() + patience
    for thread in threads:
        thread.join(max(0.0, deadline - SYSTEM_CLOCK.monotonic()))
    return [thread for thread in threads if thread.is_alive()]
