"""The vendor's system as its book has it, on loopback: the book's answers, unless a fault strikes."""

import ssl
import threading
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import format_datetime
from hashlib import sha256
from types import TracebackType
from typing import Final, Self
from urllib.parse import parse_qsl, unquote

from connector_sdk.conformance.book import SeededBook, filled, permitted
from connector_sdk.conformance.player.messages import Fault, Reply, Seen
from connector_sdk.conformance.player.script import Place, Script, in_turn
from connector_sdk.conformance.player.store import Store
from connector_sdk.testing.wire import Asked, Sent, WireServer, framed

NOT_IN_BOOK: Final = 599
_UNAUTHORIZED: Final = 401
_FIRST_REFUSAL: Final = 400
_JSON: Final = {"Content-Type": "application/json"}


class Player:
    """Plays scenarios of a book; a context manager.

    What no exchange of theirs asks for is answered with 599, what lacks listed headers or (where the book
    issues credentials) a live token with 401. Faults strike requests that would be answered, the first that
    is aimed at one; with `injecting=False` none ever does. A 401 that a fault gives ends the tokens issued so
    far. `date` is what answers say about the time, else the time there is. With `tls` it
    is spoken to over TLS.
    """

    def __init__(
        self,
        book: SeededBook,
        *scenarios: str,
        faults: Sequence[Fault] = (),
        injecting: bool = True,
        date: datetime | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.seen: list[Seen] = []
        self.tokens: list[str] = []
        self._book = book
        self._script = Script(book, scenarios)
        self._store = Store()
        self._faults = list(faults)
        self._struck = [0] * len(self._faults)
        self._injecting = injecting
        self._date = date
        self._live: set[str] = set()
        self._guarded = any(exchange.issues_token for exchange in book.exchanges.values())
        self._lock = threading.Lock()
        self._running = ExitStack()
        self._server = WireServer(self._answer, tls)
        self._elsewhere: WireServer | None = None

    def __enter__(self) -> Self:
        self._running.enter_context(self._server)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._running.__exit__(kind, error, trace)

    @property
    def url(self) -> str:
        """Where the book is played, e.g. `http://127.0.0.1:40123`."""
        return self._server.url

    @property
    def elsewhere(self) -> WireServer:
        """Another origin, which answers anything with `{}` and keeps what arrives; started by asking."""
        if self._elsewhere is None:
            answer = Sent(framed(200, _JSON, b"{}"))
            self._elsewhere = self._running.enter_context(WireServer(lambda _: answer))
        return self._elsewhere

    @property
    def ports(self) -> frozenset[int]:
        """The ports that are listened on."""
        others = () if self._elsewhere is None else (self._elsewhere.port,)
        return frozenset({self._server.port, *others})

    @property
    def stored(self) -> Mapping[str, list[bytes]]:
        """The writes that took effect, by identity: the body of each, or each record of a batch."""
        return self._store.stored

    def play(self, *scenarios: str) -> None:
        """Go over to other scenarios, from their beginning; what was seen, issued and stored stays."""
        with self._lock:
            self._script = Script(self._book, scenarios)

    def inject(self, *faults: Fault) -> None:
        """Add faults."""
        with self._lock:
            self._faults += faults
            self._struck += [0] * len(faults)

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The faults that are to strike, those that were added too."""
        return tuple(self._faults)

    def unmatched(self) -> list[Seen]:
        """Return the requests that no exchange being played asks for."""
        return [seen for seen in self.seen if seen.exchange is None]

    def unserved(self) -> list[str]:
        """Return the names of exchanges being played whose answer nobody got."""
        served = {place.exchange.name for place in self._script.places if place.served}
        names = dict.fromkeys(place.exchange.name for place in self._script.places)
        return [name for name in names if name not in served]

    def unfired(self) -> list[str]:
        """Return the names of faults that struck less or more often than they must have."""
        return [
            fault.name
            for fault, struck in zip(self._faults, self._struck, strict=True)
            if struck < fault.expect[0] or (fault.expect[1] is not None and struck > fault.expect[1])
        ]

    def _answer(self, asked: Asked) -> Sent:
        with self._lock:
            seen, sent = self._played(asked)
            self.seen.append(replace(seen, status=_status(sent)))
        return sent

    def _played(self, asked: Asked) -> tuple[Seen, Sent]:
        place = self._place(asked)
        seen = self._seen(asked, place)
        if place is None:
            return seen, self._sent(Reply(NOT_IN_BOOK, _JSON, b'{"error":"not in the book"}'), asked)
        if not self._admitted(place, asked):
            return seen, self._sent(Reply(_UNAUTHORIZED, _JSON, b'{"error":"unauthorized"}'), asked)
        fault = self._striking(seen)
        if seen.writes and (fault is None or fault.stores):
            self._store.keep(place, self._book.roles(place.collection), asked)
        reply = self._reply(place)
        given: Sent | Reply = reply
        if fault is not None:
            seen = replace(seen, fault=fault.name)
            given = fault.change(seen, reply)
        # A caller that got no sound answer will ask again, and must not be given the next one in turn.
        place.served |= isinstance(given, Reply) and (fault is None or given.status < _FIRST_REFUSAL)
        if fault is not None and _status_of(given) == _UNAUTHORIZED:
            self._live.clear()
        return seen, given if isinstance(given, Sent) else self._sent(given, asked)

    def _place(self, asked: Asked) -> Place | None:
        places = self._script.places_for(asked)
        if not places:
            return None
        place = in_turn(places)
        if not place.writes:
            return place
        before = self._store.answered(place, self._book.roles(place.collection), asked)
        return next((each for each in places if each.exchange.name == before), place)

    def _seen(self, asked: Asked, place: Place | None) -> Seen:
        path, _, query = asked.target.partition("?")
        seen = Seen(
            asked.number,
            asked.method,
            asked.target,
            unquote(path),
            dict(parse_qsl(query, keep_blank_values=True)),
            asked.headers,
            asked.body,
            asked.at,
        )
        if place is None:
            return seen
        name = place.exchange.name
        nth = self._script.asked[name]
        self._script.asked[name] += 1
        return replace(seen, exchange=name, nth=nth, index=place.index, writes=place.writes)

    def _admitted(self, place: Place, asked: Asked) -> bool:
        if not permitted(place.exchange, asked.headers):
            return False
        if not self._guarded or place.exchange.issues_token:
            return True
        return any(token in value for token in self._live for value in asked.headers.values())

    def _striking(self, seen: Seen) -> Fault | None:
        if not self._injecting:
            return None
        for number, fault in enumerate(self._faults):
            if (fault.times is None or self._struck[number] < fault.times) and fault.on(seen):
                self._struck[number] += 1
                return fault
        return None

    def _reply(self, place: Place) -> Reply:
        exchange = place.exchange
        values = {"SERVER": self.url}
        if exchange.issues_token:
            values["TOKEN"] = self._token()
        headers = {"Date": self._now()}
        if exchange.content_type:
            headers["Content-Type"] = exchange.content_type
        headers |= {name: filled(value, values) for name, value in exchange.response_headers.items()}
        return Reply(exchange.status, headers, _with(exchange.answer, values))

    def _token(self) -> str:
        # Each server has its own, so that one is known where it does not belong.
        token = f"tok-{sha256(f'{self._book.seed} {self.url} {len(self.tokens)}'.encode()).hexdigest()[:32]}"
        self.tokens.append(token)
        self._live.add(token)
        return token

    def _now(self) -> str:
        return format_datetime((self._date or datetime.now(UTC)).astimezone(UTC), usegmt=True)

    def _sent(self, reply: Reply, asked: Asked) -> Sent:
        headers = dict(reply.headers)
        if "date" not in {name.lower() for name in headers}:
            headers["Date"] = self._now()
        # What a fault answers may come from the book, too.
        body = _with(reply.body, {"SERVER": self.url})
        data = framed(reply.status, headers, body)
        return Sent(data if asked.method != "HEAD" else data.removesuffix(body))


def _with(body: bytes, values: Mapping[str, str]) -> bytes:
    """Fill in placeholders; Latin-1 keeps every byte as it is, whatever the body's own encoding."""
    return filled(body.decode("latin-1"), values).encode("latin-1")


def _status_of(given: Sent | Reply) -> int | None:
    return given.status if isinstance(given, Reply) else _status(given)


def _status(sent: Sent) -> int | None:
    """Return the status that was sent, None where no line with one was."""
    words = sent.data[:16].split(b" ")
    return int(words[1][:3]) if words[0] == b"HTTP/1.1" and words[1][:3].isdigit() else None
