"""What an author or an environment may settle about the stack: one frozen dataclass a layer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from connector_sdk.http.auth import Auth, NoAuth
from connector_sdk.http.exchange import Quota
from connector_sdk.http.pace import RateLimit
from connector_sdk.http.vendor_errors import VendorErrors
from connector_sdk.secrets import Secret


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often and how patiently a failed attempt is repeated; waits are in seconds.

    A wait is drawn between 0 and `base` doubled with each attempt, up to `cap` ("full jitter"), after a
    throttled attempt with the `throttle_` figures. What the server asks for is the least; where the waits of
    a call would come to more than `patience`, the run is parked instead. Repeats draw on the `quota` that
    all calls of the connection share: each costs its kind's tokens, which come back when it helped, and a
    call that needed none earns one.
    """

    attempts: int = 6
    base: float = 0.5
    cap: float = 20.0
    throttle_base: float = 1.0
    throttle_cap: float = 60.0
    patience: float = 300.0
    quota: int = 500
    cost: int = 14
    throttle_cost: int = 5


@dataclass(frozen=True, slots=True)
class BreakerPolicy:
    """When a system counts as down, seen over the last `window` seconds and at least `least` attempts.

    `least` is such that no single call, with all its repeats, is enough. The system is left alone for
    `pause` seconds, doubled at each failed trial up to `longest`; `closing` good trials end it.
    """

    window: float = 30.0
    least: int = 20
    ratio: float = 0.5
    pause: float = 30.0
    longest: float = 600.0
    closing: int = 2


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds: to connect and once more for TLS, between two bytes read or written, to wait for a free
    connection, and from the first byte sent to the last one read.
    """

    connect: float = 5.0
    read: float = 30.0
    write: float = 30.0
    pool: float = 10.0
    total: float = 120.0

    @property
    def of_a_request(self) -> dict[str, float]:
        """The part that the wire keeps by itself."""
        return {"connect": self.connect, "read": self.read, "write": self.write, "pool": self.pool}


@dataclass(frozen=True, slots=True)
class BodyPolicy:
    """Bytes at most: of a body once inflated, and of the body of an error, whose rest is not read.

    Beyond 1 MiB a body may not be more than `ratio` times what was sent of it.
    """

    largest: int = 256 * 2**20
    error: int = 64 * 2**10
    ratio: int = 200


@dataclass(frozen=True, slots=True)
class HttpSettings:
    """What an environment settles about the network."""

    proxy: Secret | None = None
    ca_bundle: Path | None = None
    client_cert: Path | None = None
    timeouts: Timeouts = Timeouts()


@dataclass(frozen=True, slots=True)
class HttpPolicy:
    """One connection to one system: where it leads, who it is, and the policy of every layer.

    `hosts` is the allow-list (`name`, or `name:port` where the port is not the scheme's own); `quota` reads
    the vendor's own count out of an answer's headers.
    """

    connector: str
    base_url: str
    hosts: tuple[str, ...] = ()
    auth: Auth = field(default_factory=NoAuth)
    errors: VendorErrors = field(default_factory=VendorErrors)
    rate_limit: RateLimit | None = None
    retry: RetryPolicy = RetryPolicy()
    breaker: BreakerPolicy = BreakerPolicy()
    body: BodyPolicy = BodyPolicy()
    settings: HttpSettings = HttpSettings()
    headers: Mapping[str, str] = field(default_factory=dict)
    quota: Callable[[Mapping[str, str]], Quota | None] | None = None
