"""Where faults strike: which of the requests that are seen."""

from collections.abc import Callable

from connector_sdk.conformance.player.messages import Seen

Aim = Callable[[Seen], bool]


def everything() -> Aim:
    """Every request that the book answers."""
    return lambda seen: seen.exchange is not None


def on_exchange(*names: str) -> Aim:
    """Those that ask for one of these exchanges."""
    return lambda seen: seen.exchange in names


def on_data(index: int | None = None) -> Aim:
    """Those for data, which issue no credentials; with `index`, those for that place of what is played."""
    return lambda seen: seen.index >= 0 if index is None else seen.index == index


def on_token() -> Aim:
    """Those for credentials."""
    return lambda seen: seen.exchange is not None and seen.index < 0


def on_writes() -> Aim:
    """Those that change something at the vendor's."""
    return lambda seen: seen.writes
