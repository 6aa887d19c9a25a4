"""Ask the hooks of plugins: the company's in every connection, a connector's own in its connections only."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint, entry_points
from types import ModuleType
from typing import Any, Final, TypeVar

import pluggy

from connector_sdk import telemetry
from connector_sdk.compliance import Rule
from connector_sdk.config import Config
from connector_sdk.errors import AuditUnavailableError, ConfigurationError, ConnectorError
from connector_sdk.events import Event
from connector_sdk.hookspecs import COMPANY
from connector_sdk.http.auth import Auth
from connector_sdk.http.layer import ExtraLayer
from connector_sdk.manifest import Manifest
from connector_sdk.plugins.discovery import find, managed, owner, point_of
from connector_sdk.redact import redact_text

LOG: Final = logging.getLogger("connector_sdk.hooks")

A = TypeVar("A")


@dataclass(slots=True, eq=False)
class _Module:
    """One module's hooks; `connector` is the only one it is asked about, empty for every one."""

    name: str
    plugin: ModuleType
    manager: pluggy.PluginManager
    connector: str = ""
    failures: int = 0

    def concerns(self, connector: str) -> bool:
        return not self.connector or not connector or self.connector == connector


@dataclass(slots=True, eq=False)
class Hooks:
    """The hooks of one run, the company's modules first. What they are asked is in `hookspecs`."""

    modules: Sequence[_Module] = ()
    failures: int = field(default=0, init=False)
    """How often a module failed at an event."""

    def emit(self, event: Event) -> None:
        """Tell every module of an event. One that fails is counted and named once; the others still hear."""
        for module in self._concerned(getattr(event.data, "connector", "")):
            try:
                module.manager.hook.connector_event(event=event)
            except (Exception, SystemExit) as error:  # noqa: BLE001 - monitoring must not stop what it watches
                self._count(module, error)

    def record(self, record: Event) -> None:
        """Have the record of a call kept by every module; raises AuditUnavailableError where one cannot."""
        for module in self._concerned(getattr(record.data, "connector", "")):
            try:
                module.manager.hook.connector_audit(record=record)
            except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever it is, the call is not recorded
                raise AuditUnavailableError(
                    f"hooks {module.name!r} could not keep the record of a call: {type(error).__name__}",
                    code="audit-hook-failed",
                    hint="see to where the record goes, then run again; or uninstall the hooks",
                ) from None

    def rules(self, manifest: Manifest) -> list[Rule]:
        """Return every module's rules for a connection; raises ConfigurationError where one fails."""
        return self._all("connector_rules", Rule, manifest)

    def layers(self, manifest: Manifest) -> list[ExtraLayer]:
        """Return every module's layers for a connection; raises ConfigurationError where one fails."""
        return self._all("connector_layers", ExtraLayer, manifest)

    def auth(self, manifest: Manifest, config: Config) -> Auth | None:
        """Return what the first module that has one authenticates a connection with, or None."""
        for module in self._concerned(manifest.connector):
            found = _asked(module, "connector_auth", manifest=manifest, config=config)
            if isinstance(found, Auth):
                return found
            if found is not None:
                raise _mistaken(module, "connector_auth", Auth)
        return None

    def _all(self, name: str, kind: type[A], manifest: Manifest) -> list[A]:
        found: list[A] = []
        for module in self._concerned(manifest.connector):
            for answer in _asked(module, name, manifest=manifest):
                found += _each(module, name, kind, answer)
        return found

    def _concerned(self, connector: str) -> Iterator[_Module]:
        return (module for module in self.modules if module.concerns(connector))

    def _count(self, module: _Module, error: BaseException) -> None:
        self.failures += 1
        module.failures += 1
        telemetry.event_failed(module.name)
        if module.failures == 1:
            LOG.warning(
                "hooks %s failed at an event with %s; the run goes on, further failures are only counted",
                module.name,
                type(error).__name__,
            )


NO_HOOKS: Final = Hooks()
"""No module."""


def load_hooks(connectors: Iterable[str]) -> Hooks:
    """Load all modules of the entry-point group `connector_sdk_hooks`, and those of the named connectors.

    Raises ConfigurationError (broken-hooks) for a module that cannot be loaded: what a company demands must
    not vanish quietly; and as `find` does for the connectors.
    """
    points = sorted(entry_points(group=COMPANY), key=lambda point: point.name)
    company = [_load(point) for point in points]
    own: list[_Module] = []
    for name in sorted(set(connectors)):
        find(name)
        plugin = point_of(name).load()
        if all(plugin is not module.plugin for module in company):
            own.append(_Module(name, plugin, managed(plugin), name))
    return Hooks([*company, *own])


def _load(point: EntryPoint) -> _Module:
    try:
        plugin = point.load()
        return _Module(point.name, plugin, managed(plugin))
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 - a module may break in any way, even with SystemExit
        distribution = " ".join(owner(point)).strip()
        raise _broken(point.name, _reason(error), f"repair or uninstall {distribution}") from None


def _asked(module: _Module, name: str, **about: Any) -> Any:
    try:
        return getattr(module.manager.hook, name)(**about)
    except ConnectorError:
        raise
    except (Exception, SystemExit) as error:  # noqa: BLE001 - rules that cannot be had must not vanish quietly
        raise _broken(module.name, _reason(error), "repair or uninstall it") from None


def _each(module: _Module, name: str, kind: type[A], answer: Any) -> list[A]:
    several = list(answer) if isinstance(answer, Iterable) else [answer]
    if not all(isinstance(one, kind) for one in several):
        raise _mistaken(module, name, kind)
    return several


def _mistaken(module: _Module, name: str, kind: type) -> ConfigurationError:
    return _broken(module.name, f"{name} returned something that is no {kind.__name__}", "repair it")


def _reason(error: BaseException) -> str:
    return redact_text(" ".join(f"{type(error).__name__}: {error}".split())[:300])


def _broken(name: str, reason: str, hint: str) -> ConfigurationError:
    return ConfigurationError(f"hooks {name!r} are broken: {reason}", code="broken-hooks", hint=hint)
