"""What the played system has stored: writes that took effect, each known again when it is repeated."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from connector_sdk.conformance.book import Exchange, Roles, Tree, find, parse, refusals, written
from connector_sdk.conformance.player.script import Place
from connector_sdk.errors import RecordError
from connector_sdk.testing.wire import Asked

_REPLACING = frozenset({"PUT", "PATCH", "DELETE"})


@dataclass(slots=True)
class Store:
    """What took effect, by identity, and the names of the exchanges that answered it."""

    stored: dict[str, list[bytes]] = field(default_factory=dict)
    _answered: dict[frozenset[str], str] = field(default_factory=dict)

    def keep(self, place: Place, roles: Roles, asked: Asked) -> None:
        """Let a write take effect, as far as the book's answer says so; a repeat stores nothing new."""
        exchange = place.exchange
        wanted = identities(exchange, roles, asked)
        keyed = _key(exchange, asked) is not None
        refused = refusals(exchange, roles, len(wanted))
        for (identity, body), no in zip(wanted.items(), refused, strict=True):
            kept = self.stored.get(identity)
            if not no and not (kept and (keyed or kept[-1] == body)):
                self.stored.setdefault(identity, []).append(body)
        if not all(refused):
            self._answered.setdefault(frozenset(wanted), exchange.name)

    def answered(self, place: Place, roles: Roles, asked: Asked) -> str | None:
        """Return the name of the exchange that answered this write before, None where it is new."""
        return self._answered.get(frozenset(identities(place.exchange, roles, asked)))


def identities(exchange: Exchange, roles: Roles, asked: Asked) -> Mapping[str, bytes]:
    """Return what a write stores, by the identity under which the system knows it again.

    That is the idempotency key where the exchange lists one, the id of each record where one request carries
    several, the path where the method replaces what is there, and else the request itself, as no other.
    """
    what = f"{asked.method} {asked.target.partition('?')[0]}"
    key = _key(exchange, asked)
    if key is not None:
        return {key: asked.body}
    records = _records(roles, asked)
    if records:
        return {f"{what} {identity}": body for identity, body in records.items()}
    if asked.method in _REPLACING:
        return {what: asked.body}
    return {f"{what} #{asked.number}": asked.body}


def _key(exchange: Exchange, asked: Asked) -> str | None:
    """Return the idempotency key; a key to the interface, such as `X-Api-Key`, is none."""
    for name, value in exchange.headers.items():
        lower = name.lower()
        if value == "${any}" and "key" in lower and "api" not in lower:
            return asked.headers.get(lower)
    return None


def _records(roles: Roles, asked: Asked) -> dict[str, bytes]:
    """Return the records of a batch by id, else by key; none where it is no batch, or they have neither."""
    if "[*]" not in roles.input:
        return {}
    try:
        tree = parse(asked.body)
    except RecordError:
        return {}
    records = find(tree, roles.input)
    ids = find(tree, roles.id) if roles.id else []
    if len(ids) != len(records):
        ids = [[find(record, name) for name in roles.key] for record in records if roles.key]
    if len(ids) != len(records):
        return {}
    return {_shown(one): written(record) for one, record in zip(ids, records, strict=True)}


def _shown(identity: Tree) -> str:
    return identity if isinstance(identity, str) else written(identity).decode()
