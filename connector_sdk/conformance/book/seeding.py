"""One run's values in place of a book's: identifiers, personal data and secrets, the same through it all."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from random import Random

from connector_sdk.conformance.book.alike import can_vary, is_moment, others
from connector_sdk.conformance.book.book import Book, SeededBook
from connector_sdk.conformance.book.canaries import Canaries
from connector_sdk.conformance.book.exchange import Exchange, Roles
from connector_sdk.conformance.book.json_path import changed, find
from connector_sdk.conformance.book.json_tree import Tree, is_number, is_text, leaves, with_leaves
from connector_sdk.conformance.book.placeholders import MARK, SECRET, filled, filled_in, kind_of
from connector_sdk.decode.strict import Number


def seeded(book: Book, seed: int) -> SeededBook:
    """Return the book with the values of one run, the same for the same seed.

    Texts and whole numbers at `id` get other digits and letters wherever they stand in bodies, paths, queries
    and headers, unless they are too short to be told from others, moments, or cursors too. Values at `phi`
    become canaries there. `${SECRET}` and `${SECRET:name}` get values; other placeholders are left.
    """
    plan = _Plan(
        ids=others(_identifiers(book), Random(f"{seed} ids")),  # noqa: S311 - to be repeated, not to be secret
        canaries=Canaries(Random(f"{seed} personal")),  # noqa: S311
        secrets=_secrets(book, Random(f"{seed} secrets")),  # noqa: S311
    )
    exchanges = {name: plan.exchange(each, _roles(book, each)) for name, each in book.exchanges.items()}
    config = filled_in(book.config, plan.secrets)
    kept = {each.name: getattr(book, each.name) for each in fields(Book)}
    return SeededBook(
        **{**kept, "exchanges": exchanges, "config": config},
        seed=seed,
        secrets=tuple(plan.secrets.values()),
        personal=tuple(plan.canaries.telling),
    )


@dataclass
class _Plan:
    """What becomes of what."""

    ids: Mapping[str, str]
    canaries: Canaries
    secrets: Mapping[str, str]

    def __post_init__(self) -> None:
        longest = sorted(self.ids, key=len, reverse=True)
        # Not within a longer word or number: neither letter nor digit stands before or after it.
        inner = "|".join(map(re.escape, longest)) if longest else r"(?!)"
        self._known = re.compile(rf"(?<![^\W_])(?:{inner})(?![^\W_])")
        self._new = frozenset(self.ids.values())

    def exchange(self, exchange: Exchange, roles: Iterable[Roles]) -> Exchange:
        phi = [path for each in roles for path in each.phi]
        return replace(
            exchange,
            path=self.text(exchange.path),
            query=self._texts(exchange.query),
            headers=self._texts(exchange.headers),
            body=self._content(exchange.body, phi, json=exchange.asks_json),
            response_headers=self._texts(exchange.response_headers),
            response=self._content(exchange.response, phi, json=exchange.answers_json),
        )

    def text(self, text: str) -> str:
        """Return a text with this run's identifiers and secrets."""
        if not is_moment(text):
            text = self._known.sub(lambda found: self.ids[found[0]], text)
        return filled(text, self.secrets)

    def _texts(self, texts: Mapping[str, str]) -> dict[str, str]:
        return {name: self.text(value) for name, value in texts.items()}

    def _content(self, content: Tree | bytes, phi: Iterable[str], *, json: bool) -> Tree | bytes:
        if json:
            made = with_leaves(content, self._leaf, self.text)
            for path in phi:
                made = changed(made, path, lambda value: with_leaves(value, self._personal))
            return made
        if not content:
            return content
        try:
            return self.text(content.decode()).encode()
        except UnicodeDecodeError:
            return content

    def _leaf(self, value: Tree) -> Tree:
        if is_number(value):
            return Number(self.ids.get(value, value))
        return self.text(value) if is_text(value) else value

    def _personal(self, value: Tree) -> Tree:
        """An identifier that is personal too has been replaced already: it is its own canary."""
        if isinstance(value, str) and value in self._new:
            self.canaries.tell(value)
            return value
        return self.canaries.of(value)


def _roles(book: Book, exchange: Exchange) -> list[Roles]:
    return [book.roles(name) for name in book.collections_of(exchange.name)]


def _identifiers(book: Book) -> set[str]:
    """Return the identifiers that can be replaced wherever they stand."""
    found: set[str] = set()
    meant_otherwise: set[str] = set()
    for exchange in book.exchanges.values():
        for roles in _roles(book, exchange):
            found.update(_at(exchange, roles.id))
            meant_otherwise.update(_at(exchange, roles.cursor))
            meant_otherwise.update(_at(exchange, roles.total))
    return {each for each in found - meant_otherwise if can_vary(each)}


def _at(exchange: Exchange, path: str) -> Iterator[str]:
    """Yield the texts and whole numbers at a path of request and answer."""
    bodies = [body for body, json in _bodies(exchange) if json and path]
    for value in (value for body in bodies for value in find(body, path)):
        if is_text(value) or (is_number(value) and value.isdecimal()):
            yield str(value)


def _bodies(exchange: Exchange) -> list[tuple[Tree | bytes, bool]]:
    return [(exchange.body, exchange.asks_json), (exchange.response, exchange.answers_json)]


def _secrets(book: Book, random: Random) -> dict[str, str]:
    """Return a value for each `${SECRET}` and `${SECRET:name}` of the book, by what stands in the braces."""
    texts = [text for _, text in leaves(dict(book.config)) if isinstance(text, str)]
    for exchange in book.exchanges.values():
        texts += [exchange.path, *exchange.query.values(), *exchange.headers.values()]
        texts += exchange.response_headers.values()
        for body, json in _bodies(exchange):
            texts += [text for _, text in leaves(body) if is_text(text)] if json else []
            texts += [body.decode(errors="replace")] if body and not json else []
    names = {found[1] for text in texts for found in MARK.finditer(text) if kind_of(found[1]) == SECRET}
    return {name: f"cy{random.getrandbits(128):032x}" for name in sorted(names)}
