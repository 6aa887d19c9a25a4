"""A book mounted on respx: quick answers for an author's own tests, never a certificate."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from connector_sdk.conformance.book import (
    Exchange,
    SeededBook,
    filled,
    filled_in,
    permitted,
    read_book,
    seeded,
)
from connector_sdk.conformance.player.script import Script, in_turn
from connector_sdk.errors import ConfigurationError
from connector_sdk.testing.wire import Asked
from connector_sdk.testing.wire_listener import LOOPBACK

SERVER: Final = f"http://{LOOPBACK}"
"""Where the mocked system seems to be; nobody listens there."""

_UNAUTHORIZED: Final = 401
_NOT_IN_BOOK: Final = 404
"""Not the suite's 599, which is worth repeating: nobody waits for that here."""


@dataclass
class Mocked:
    """A book while it is mounted: `config` is what the connector takes, `asked` are the names of the
    exchanges that were asked for, in order, and `unmatched` the requests that are in no exchange.
    """

    book: SeededBook
    config: Mapping[str, Any]
    asked: list[str] = field(default_factory=list)
    unmatched: list[str] = field(default_factory=list)


@contextmanager
def mocked(folder: str | Path, *scenarios: str, seed: int = 0) -> Iterator[Mocked]:
    """Answer what httpx sends as the scenarios of a book say, all of them where none is named.

    No faults, no bytes on a wire, and what does not go through httpx is not seen: that is what the suite is
    for. Raises DocumentError for an unusable book, LookupError for a scenario it does not have, and, when
    everything else went well, AssertionError for requests that the book does not have.

    ```python
    with mocked("conformance/", "read.samples.full") as vendor:
        acme = Acme(AcmeConfig(**vendor.config))
    ```
    """
    try:
        import respx  # noqa: PLC0415 - an extra, which nothing else needs
    except ModuleNotFoundError:
        raise ConfigurationError(
            "respx is not installed",
            code="respx-missing",
            hint='install what tests need: pip install "connector-sdk[testing]"',
        ) from None
    book = seeded(read_book(Path(folder)), seed)
    vendor = Mocked(book, filled_in(book.config, {"SERVER": SERVER}))
    answering = _Answering(vendor, Script(book, scenarios or tuple(book.scenarios)))

    def answer(request: Any) -> Any:
        sent = Asked(
            number=len(vendor.asked) + len(vendor.unmatched),
            method=request.method,
            target=request.url.raw_path.decode("ascii"),
            headers={name.lower(): value for name, value in request.headers.items()},
            body=request.read(),
            at=0.0,
        )
        status, headers, body = answering.answer(sent, at_home=request.url.host == LOOPBACK)
        return respx.MockResponse(status, headers=dict(headers), content=body)

    with respx.mock(assert_all_called=False) as router:
        router.route().mock(side_effect=answer)
        yield vendor
    if vendor.unmatched:
        raise AssertionError(f"the book does not have: {', '.join(vendor.unmatched)}")


@dataclass
class _Answering:
    """Answers requests in the order that the scenarios say; credentials as the book issues them."""

    vendor: Mocked
    script: Script
    tokens: list[str] = field(default_factory=list)

    def answer(self, asked: Asked, *, at_home: bool) -> tuple[int, Mapping[str, str], bytes]:
        """Return status, headers and body."""
        places = self.script.places_for(asked) if at_home else []
        if not places:
            self.vendor.unmatched.append(f"{asked.method} {asked.target}")
            return _NOT_IN_BOOK, {}, b""
        place = in_turn(places)
        self.vendor.asked.append(place.exchange.name)
        if not self._admitted(place.exchange, asked):
            return _UNAUTHORIZED, {}, b""
        place.served = True
        return self._reply(place.exchange)

    def _admitted(self, exchange: Exchange, asked: Asked) -> bool:
        issuing = any(each.issues_token for each in self.vendor.book.exchanges.values())
        if not permitted(exchange, asked.headers):
            return False
        if not issuing or exchange.issues_token:
            return True
        return any(token in value for token in self.tokens for value in asked.headers.values())

    def _reply(self, exchange: Exchange) -> tuple[int, Mapping[str, str], bytes]:
        values = {"SERVER": SERVER}
        if exchange.issues_token:
            self.tokens.append(f"tok-{self.vendor.book.seed}-{len(self.tokens)}")
            values["TOKEN"] = self.tokens[-1]
        headers = {"Content-Type": exchange.content_type} if exchange.content_type else {}
        headers |= {name: filled(value, values) for name, value in exchange.response_headers.items()}
        body = filled(exchange.answer.decode("latin-1"), values).encode("latin-1")
        return exchange.status, headers, body
