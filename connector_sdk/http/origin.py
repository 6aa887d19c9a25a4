"""Where a URL leads: scheme, host, port, and whether that is this very machine."""

import ipaddress
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit

DEFAULT_PORTS: Final = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Origin:
    """Scheme, host and port (RFC 6454): what credentials are bound to."""

    scheme: str
    host: str
    port: int

    @property
    def loopback(self) -> bool:
        """Whether the host is written as this machine itself."""
        return self.host == "localhost" or is_loopback(self.host)

    @property
    def name(self) -> str:
        """The host as allow-lists spell it: with its port only where that is not the scheme's own."""
        shown = f"[{self.host}]" if ":" in self.host else self.host
        return shown if self.port == DEFAULT_PORTS.get(self.scheme) else f"{shown}:{self.port}"


def origin_of(url: str) -> Origin:
    """Return where a URL leads; raises ValueError for one that names no usable host or port."""
    parts = urlsplit(url)
    port = parts.port if parts.port is not None else DEFAULT_PORTS.get(parts.scheme, 0)
    if not parts.hostname:
        raise ValueError("it names no host")
    return Origin(parts.scheme, ascii_host(parts.hostname), port)


def ascii_host(host: str) -> str:
    """Return a host as it goes on the wire (RFC 3490); raises ValueError where it cannot."""
    return (host if host.isascii() else host.encode("idna").decode("ascii")).lower()


def is_loopback(address: str) -> bool:
    """Return whether an address, written in numbers, is one of this machine's own."""
    found = _address(address)
    return found is not None and found.is_loopback


def is_local(address: str) -> bool:
    """Return whether an address never leads beyond this machine or its own link (RFC 3927, RFC 4291)."""
    found = _address(address)
    return found is not None and (found.is_loopback or found.is_link_local or found.is_unspecified)


@lru_cache(maxsize=256)
def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        found = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found
