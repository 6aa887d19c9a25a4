"""The class a plugin registers."""

from collections.abc import Mapping
from typing import Any, ClassVar, Generic, TypeVar, get_args

from connector_sdk.config import Config
from connector_sdk.connector.sink import Sink
from connector_sdk.connector.stream import Stream
from connector_sdk.errors import ConfigurationError

C = TypeVar("C", bound=Config)


class Connector(Generic[C]):
    """A system, reached with one configuration; its streams and sinks are attributes or made on demand."""

    name: ClassVar[str]
    vendor: ClassVar[str] = ""
    api_versions: ClassVar[tuple[str, ...]] = ()
    config_type: ClassVar[type[Config]] = Config

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        for base in getattr(cls, "__orig_bases__", ()):
            for argument in get_args(base):
                if isinstance(argument, type) and issubclass(argument, Config):
                    cls.config_type = argument

    def __init__(self, config: C) -> None:
        self.config = config

    def streams(self) -> Mapping[str, Stream]:
        """Return the streams by name: the attributes that are streams, unless overridden."""
        return {name: value for name, value in _declared(self).items() if isinstance(value, Stream)}

    def sinks(self) -> Mapping[str, Sink]:
        """Return the sinks by name: the attributes that are sinks, unless overridden."""
        return {name: value for name, value in _declared(self).items() if isinstance(value, Sink)}

    def stream(self, name: str) -> Stream:
        """Return one stream; a connector whose names are free overrides this."""
        return _named(self.streams(), name, self.name, "stream")

    def sink(self, name: str) -> Sink:
        """Return one sink; a connector whose names are free overrides this."""
        return _named(self.sinks(), name, self.name, "sink")

    def only_stream(self) -> str:
        """Return the name of the one stream there is; raises ConfigurationError where one must be chosen."""
        return _only(self.streams(), self.name, "stream")

    def only_sink(self) -> str:
        """Return the name of the one sink there is; raises ConfigurationError where one must be chosen."""
        return _only(self.sinks(), self.name, "sink")


P = TypeVar("P")


def _declared(connector: object) -> dict[str, Any]:
    """Return the class attributes, the nearest class winning."""
    found: dict[str, Any] = {}
    for owner in reversed(type(connector).__mro__):
        found |= vars(owner)
    return found


def _named(offered: Mapping[str, P], name: str, connector: str, kind: str) -> P:
    if name not in offered:
        known = ", ".join(sorted(offered)) or "none"
        raise ConfigurationError(
            f"connector {connector!r} has no {kind} {name!r}",
            code=f"unknown-{kind}",
            hint=f"it offers: {known}",
        )
    return offered[name]


def _only(offered: Mapping[str, Any], connector: str, kind: str) -> str:
    if len(offered) != 1:
        known = ", ".join(sorted(offered))
        raise ConfigurationError(
            f"say which {kind} of connector {connector!r} is meant",
            code=f"{kind}-not-named",
            hint=f"it offers: {known}" if known else f"any name will do: add `{kind}: NAME`",
        )
    return next(iter(offered))
