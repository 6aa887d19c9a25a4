"""Every text of a book with its place: what placeholders and secrets are looked for in."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from connector_sdk.conformance.book.exchange import Exchange
from connector_sdk.conformance.book.form import BookForm, ExchangeForm
from connector_sdk.conformance.book.json_tree import Tree, is_text
from connector_sdk.documents import Loc
from connector_sdk.documents.wording import quote

Side = Literal["config", "request", "answer"]


@dataclass(frozen=True, slots=True)
class Text:
    """A text at a place of the document; `place` says where in a file, if it stands in one.

    `name` is that of the setting, member, parameter or header that holds it.
    """

    at: Loc
    side: Side
    name: str
    text: str
    place: str = ""
    header: bool = False


def texts_of(form: BookForm, exchanges: Mapping[str, Exchange]) -> Iterator[Text]:
    """Yield the texts of the settings and of all exchanges."""
    yield from _tree(("config",), "config", form.config)
    for name, exchange in exchanges.items():
        at: Loc = ("exchanges", name)
        yield from _request((*at, "request"), form.exchanges[name], exchange)
        yield from _answer((*at, "response"), form.exchanges[name], exchange)


def _request(at: Loc, form: ExchangeForm, exchange: Exchange) -> Iterator[Text]:
    yield Text((*at, exchange.method), "request", exchange.method, exchange.path)
    for name, value in exchange.query.items():
        yield Text((*at, "query", name), "request", name, value)
    for name, value in exchange.headers.items():
        yield Text((*at, "headers", name), "request", name, value, header=True)
    if exchange.asks_json:
        yield from _tree((*at, "json"), "request", exchange.body)
    elif form.request.body is not None:
        yield Text((*at, "body"), "request", "body", form.request.body)


def _answer(at: Loc, form: ExchangeForm, exchange: Exchange) -> Iterator[Text]:
    for name, value in exchange.response_headers.items():
        yield Text((*at, "headers", name), "answer", name, value, header=True)
    if not exchange.answers_json:
        key = "file" if form.response.file is not None else "body"
        yield Text((*at, key), "answer", key, exchange.answer.decode(errors="replace"))
    elif isinstance(form.response.json_, str):
        yield from _file((*at, "json"), form.response.json_, exchange.response)
    else:
        yield from _tree((*at, "json"), "answer", exchange.response)


def _tree(at: Loc, side: Side, tree: Any) -> Iterator[Text]:
    for way, name, text in _walk(tree, (), ""):
        yield Text((*at, *way), side, name, text)


def _file(at: Loc, file: str, tree: Tree) -> Iterator[Text]:
    for way, name, text in _walk(tree, (), ""):
        steps = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in way)
        yield Text(at, "answer", name, text, f" (in {quote(file)} at ${steps})")


def _walk(tree: Tree, way: Loc, name: str) -> Iterator[tuple[Loc, str, str]]:
    if isinstance(tree, Mapping):
        for key, value in tree.items():
            yield from _walk(value, (*way, key), key)
    elif isinstance(tree, list):
        for index, value in enumerate(tree):
            yield from _walk(value, (*way, index), name)
    elif is_text(tree):
        yield way, name, tree
