"""The life of one process: a command, its reply, and so on until nobody asks any more."""

import faulthandler
import socket
import sys
from collections.abc import Generator
from contextlib import suppress
from typing import Any, Final

import msgspec

from connector_sdk.conformance.commands import (
    Begin,
    Close,
    Command,
    Describe,
    Discover,
    Fields,
    Next,
    Open,
    Reply,
    Show,
    Stop,
    Tell,
    Write,
    encode,
)
from connector_sdk.conformance.host.capture import Capture
from connector_sdk.conformance.host.describing import described
from connector_sdk.conformance.host.failing import failure_of
from connector_sdk.conformance.host.opening import Listener, Opened, opened
from connector_sdk.conformance.host.reading import begun, fields_of
from connector_sdk.conformance.host.showing import shown
from connector_sdk.conformance.host.telemetry import Telemetry
from connector_sdk.conformance.host.writing import written
from connector_sdk.conformance.protocol import PageSeen, Told

_DECODE: Final = msgspec.json.Decoder(Command).decode


def serve(connection: socket.socket) -> None:
    """Answer commands; returns when the other end is closed, or when the connector ended the process."""
    faulthandler.enable()
    host = _Host()
    with connection, connection.makefile("rb") as lines:
        for line in lines:
            reply = _reply(host, _DECODE(line))
            connection.sendall(encode(reply) + b"\n")
            if reply.broken:
                return


def _reply(host: "_Host", command: Command) -> Reply:
    try:
        return Reply(msgspec.Raw(encode(host.done(command))))
    except Exception as error:  # noqa: BLE001 - whatever crosses the connector's border is told
        return Reply(failure=failure_of(error))
    except BaseException as error:  # noqa: BLE001 - it asks for the end, and gets it
        return Reply(broken=type(error).__name__)


class _Host:
    def __init__(self) -> None:
        self._capture = Capture()
        self._telemetry = Telemetry()
        self._listener = Listener()
        self._opened: dict[int, Opened] = {}
        self._readings: dict[int, Generator[PageSeen, None, None]] = {}
        self._given: dict[str, int] = {}
        self._telemetry.begin()
        self._capture.begin()

    def done(self, command: Command) -> Any:
        """Return what a command comes to; raises what the connector raises."""
        match command:
            case Describe(connector=name):
                return described(name)
            case Open():
                return _kept(self._opened, opened(command, self._listener, self._capture.sleeps))
            case Tell():
                return self._told()
            case Fields() | Begin() | Write() | Discover() | Show() | Close():
                return self._used(self._opened[command.handle], command)
            case Next() | Stop():
                return self._read(command)

    def _used(self, connector: Opened, command: Fields | Begin | Write | Discover | Show | Close) -> Any:
        match command:
            case Fields(stream=stream):
                return fields_of(connector, stream)
            case Begin(stream=stream, position=position):
                return _kept(self._readings, begun(connector, stream, position))
            case Write():
                return written(connector, command)
            case Discover():
                return [offer.name for offer in connector.connector.discover(connector.call())]
            case Show():
                return shown(connector.connector)
            case Close():
                return connector.close()

    def _read(self, command: Next | Stop) -> PageSeen | None:
        reading = self._readings[command.reading]
        if isinstance(command, Next):
            return next(reading, None)
        reading.close()
        return None

    def _told(self) -> Told:
        heard = self._capture
        for stream in (sys.stdout, sys.stderr):
            with suppress(Exception):  # a connector may have put anything in their place
                stream.flush()
        told = Told(
            logs=heard.logs,
            spans=self._telemetry.spans(),
            metrics=self._telemetry.metrics(),
            calls=self._listener.calls,
            events=self._listener.events,
            warnings=heard.warnings,
            sleeps=heard.sleeps,
            unmanaged=heard.unmanaged,
            connects=heard.connects,
            lookups=heard.lookups,
            opened_files=heard.opened_files,
            variables=heard.variables,
            processes=heard.processes,
            threads=heard.threads,
        )
        parts = {name: getattr(told, name) for name in Told.__struct_fields__}
        new = {name: part[self._given.get(name, 0) :] for name, part in parts.items()}
        self._given = {name: self._given.get(name, 0) + len(part) for name, part in new.items()}
        return Told(**new)


def _kept(kept: dict[int, Any], one: Any) -> int:
    number = len(kept) + 1
    kept[number] = one
    return number
