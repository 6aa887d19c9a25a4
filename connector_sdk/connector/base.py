"""The class a plugin registers."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar, get_args

from connector_sdk.config import Config
from connector_sdk.connector.call import Call
from connector_sdk.connector.capabilities import require_known
from connector_sdk.connector.offer import Offer
from connector_sdk.connector.sink import Sink
from connector_sdk.connector.stream import Stream
from connector_sdk.errors import ConfigurationError
from connector_sdk.http.auth import Auth, NoAuth
from connector_sdk.http.pace import RateLimit
from connector_sdk.http.vendor_errors import VendorErrors

if TYPE_CHECKING:  # loaded with the first request, so that listing connectors stays fast
    from connector_sdk.connector.connection import Connection
    from connector_sdk.http.client import Http
    from connector_sdk.http.exchange import Exchange, Figures, Quota
    from connector_sdk.http.observer import Observer

C = TypeVar("C", bound=Config)


class Connector(Generic[C]):
    """A system, reached with one configuration; its streams and sinks are attributes or made on demand.

    One that speaks HTTP uses `self.http`, and says with `auth`, `rate_limit`, `errors` and `hosts` what is
    particular about its system; retries, audit, limits and the rest are the stack's.
    """

    name: ClassVar[str]
    vendor: ClassVar[str] = ""
    api_versions: ClassVar[tuple[str, ...]] = ()
    config_type: ClassVar[type[Config]] = Config
    simulator: ClassVar[str] = ""
    """`module:Class` of the vendor's simulator, a `connector_sdk.testing.Simulator`; `simulate` alone
    imports it."""
    capabilities: ClassVar[frozenset[str]] = frozenset()
    """What it can do that its streams and sinks do not show, by the names in `connector.capabilities`."""
    rate_limit: ClassVar[RateLimit | None] = None
    """What the vendor permits; without one, five requests a second, and none is counted on loopback."""
    errors: VendorErrors = VendorErrors()
    """Where the vendor's error bodies hold their code, and what the codes mean."""

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        require_known(cls)
        for base in getattr(cls, "__orig_bases__", ()):
            for argument in get_args(base):
                if isinstance(argument, type) and issubclass(argument, Config):
                    cls.config_type = argument

    def __init__(self, config: C) -> None:
        self.config = config
        self._connection: Connection | None = None
        self._observer: Observer | None = None
        self._http: Http | None = None

    @property
    def base_url(self) -> str:
        """The URL that paths are appended to: the setting `base_url`, unless overridden."""
        return str(getattr(self.config, "base_url", ""))

    def auth(self) -> Auth:
        """Return who requests come from; nobody, unless overridden."""
        return NoAuth()

    def hosts(self) -> tuple[str, ...]:
        """Return the hosts that may be called, `name` or `name:port`; by default only that of `base_url`."""
        from connector_sdk.connector.connection import home_of  # noqa: PLC0415 - see the top of this module

        return (home_of(self).name,)

    def quota(self, headers: Mapping[str, str]) -> "Quota | None":
        """Read the vendor's count of its allowance out of an answer's headers (names in lower case)."""
        return None

    def identity(self, call: Call) -> Mapping[str, str]:
        """Return which of its vendor's many the system is: tenant ids as it tells them (`{"org": "00D…"}`).

        Asked before anything is read or written, where the environment says which one it must be; nothing
        unless overridden, so that such an environment is refused. Never a person's name.
        """
        return {}

    @property
    def http(self) -> "Http":
        """Requests to the system, through the whole stack; opened when first used."""
        if self._http is None:
            from connector_sdk.connector.connection import opened  # noqa: PLC0415 - see the top of this module

            self._http = opened(self, self._connection, self._observer)
        return self._http

    def attach(self, connection: "Connection") -> None:
        """Take what the session gives; before the first request."""
        self._connection = connection

    def observe(self, observer: "Observer") -> None:
        """Tell from now on this observer what happens on the connection."""
        self._observer = observer
        if self._http is not None:
            self._http.observer = observer

    def exchanges(self) -> "list[Exchange]":
        """Return the calls since this was asked last, in order, and forget them."""
        return [] if self._http is None else self._http.exchanges()

    @property
    def figures(self) -> "Figures":
        """What all calls so far came to."""
        from connector_sdk.http.exchange import Figures  # noqa: PLC0415 - see the top of this module

        return Figures() if self._http is None else self._http.figures

    def close(self) -> None:
        """Let go of the connections; may be called again, and used again after it."""
        if self._http is not None:
            self._http.close()

    def streams(self) -> Mapping[str, Stream]:
        """Return the streams by name: the attributes that are streams, unless overridden."""
        return {name: value for name, value in _declared(self).items() if isinstance(value, Stream)}

    def sinks(self) -> Mapping[str, Sink]:
        """Return the sinks by name: the attributes that are sinks, unless overridden."""
        return {name: value for name, value in _declared(self).items() if isinstance(value, Sink)}

    def stream(self, name: str) -> Stream:
        """Return one stream; a connector whose names are free overrides this."""
        return _named(self.streams(), name, self.name, "stream").bound(self)

    def sink(self, name: str) -> Sink:
        """Return one sink; a connector whose names are free overrides this."""
        return _named(self.sinks(), name, self.name, "sink").bound(self)

    def discover(self, call: Call) -> Iterable[Offer]:
        """Return what the system offers: the declared streams and sinks, unless overridden to ask it."""
        streams, sinks = self.streams(), self.sinks()
        return [
            Offer(
                name,
                readable=name in streams,
                writable=name in sinks,
                fields=len(streams[name].schema(call).fields) if name in streams else None,
            )
            for name in dict.fromkeys((*streams, *sinks))
        ]

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
