"""Whether roles fit the exchanges: a path that leads nowhere makes every rule about it say nothing."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from connector_sdk.conformance.book.book import Book
from connector_sdk.conformance.book.exchange import Exchange, Member, Roles
from connector_sdk.conformance.book.findings import Findings
from connector_sdk.conformance.book.form import BookForm, RolesForm
from connector_sdk.conformance.book.json_path import find
from connector_sdk.conformance.book.json_tree import Tree
from connector_sdk.documents import Loc
from connector_sdk.documents.wording import quote

HINT = "compare the path with an answer of the book; $.data[*].id leads to the id of every element of data"


@dataclass(frozen=True, slots=True)
class _Place:
    """Roles as they are written at a place, and the collections that they are about."""

    at: Loc
    form: RolesForm
    collections: tuple[str, ...]


def check_roles(book: Book, form: BookForm, findings: Findings) -> None:
    """Look at every path that is given, and at what must be given."""
    for place in _places(book, form):
        for name in sorted(place.form.model_fields_set & _SEEN.keys()):
            concerned = [each for each in place.collections if _inherits(form, each, name, place.at)]
            for loc, path in _paths(place, name):
                bodies = (body for each in concerned for body in _SEEN[name](book, each))
                if not any(find(body, path) for body in bodies):
                    message = f"{quote(path)} leads to nothing in any exchange"
                    findings.note(loc, "book-role", message, HINT)
    for stream in book.streams:
        _check_stream(book, stream, findings)
    for sink in book.sinks:
        _check_sink(book, sink, findings)


def _places(book: Book, form: BookForm) -> Iterator[_Place]:
    known = (*book.streams, *book.sinks)
    yield _Place(("roles",), form.roles, tuple(dict.fromkeys(known)))
    for name, own in form.collections.items():
        if name in known:
            yield _Place(("collections", name), own, (name,))


def _inherits(form: BookForm, collection: str, role: str, at: Loc) -> bool:
    """Tell whether a collection's role is the one written here."""
    own = form.collections.get(collection)
    return at != ("roles",) or own is None or role not in own.model_fields_set


def _paths(place: _Place, name: str) -> Iterator[tuple[Loc, str]]:
    value = getattr(place.form, name)
    if isinstance(value, str):
        yield (*place.at, name), value
    else:
        yield from (((*place.at, name, index), each) for index, each in enumerate(value))


def _exchanges(book: Book, collection: str) -> list[Exchange]:
    return [each for each in book.exchanges.values() if collection in book.collections_of(each.name)]


def _answers(book: Book, collection: str) -> list[Tree]:
    return [each.response for each in _exchanges(book, collection) if each.answers_json]


def _everything(book: Book, collection: str) -> list[Tree]:
    asked = [each.body for each in _exchanges(book, collection) if each.asks_json]
    return [*asked, *_answers(book, collection)]


def _records(book: Book, collection: str) -> list[Tree]:
    """Return the records as they stand in answers and requests, with what is ignored."""
    roles = book.roles(collection)
    read = [find(tree, roles.records) for tree in _answers(book, collection)] if roles.records else []
    return [record for found in (*read, *_sent(book, collection, roles)) for record in found]


def _sent(book: Book, collection: str, roles: Roles) -> list[list[Tree]]:
    writes = (each for each in _exchanges(book, collection) if each.is_write and each.asks_json)
    return [find(each.body, roles.input) for each in writes]


_SEEN: dict[str, Callable[[Book, str], Iterable[Tree]]] = {
    "next": _answers,
    "total": _answers,
    "id": _everything,
    "cursor": _answers,
    "phi": _everything,
    "ignore": _records,
    "results": _answers,
}
"""What each role's paths are looked for in."""


def _check_stream(book: Book, stream: str, findings: Findings) -> None:
    at: Loc = ("scenarios", f"read.{stream}.full")
    if at[1] not in book.scenarios:
        return
    roles, records = book.roles(stream), book.golden(stream)
    if not roles.records:
        message = "no role says where the records stand"
        hint = 'write it under roles, such as records: "$.data[*]"'
        findings.note(at, "book-role", message, hint, on_key=True)
    elif not records:
        message = f"there are no records at {quote(roles.records)}"
        findings.note(at, "book-role", message, HINT, on_key=True)
    if not roles.total or not roles.records:
        return
    answers = [each.response for each in book.scenario(str(at[1])) if each.answers_json]
    totals = {str(total) for tree in answers for total in find(tree, roles.total)}
    if totals - {str(len(records))}:
        message = f"the answers hold {len(records)} records, but {quote(roles.total)} says otherwise"
        hint = "the total is that of the whole question, the same on every page; else it has not this role"
        findings.note(at, "book-total", message, hint, on_key=True)


def _check_sink(book: Book, sink: str, findings: Findings) -> None:
    at: Loc = ("scenarios", f"write.{sink}")
    if at[1] not in book.scenarios:
        return
    roles, records = book.roles(sink), book.inputs(sink)
    if not records:
        message = f"no request of the scenario has records at {quote(roles.input)}"
        hint = "list the request's json, and say with the role input where the records stand in it"
        findings.note(at, "book-role", message, hint, on_key=True)
    for name in roles.key:
        if not all(isinstance(record, dict) and name in record for record in records):
            message = f"the key field {quote(name)} is not in every record that is written"
            hint = "key: [the fields that say which record is meant]"
            findings.note(at, "book-role", message, hint, on_key=True)
    if roles.rejected is not None and not _has_results(book, sink, roles, roles.rejected):
        message = "the role rejected is about the results in an answer, but there are none that hold its path"
        hint = 'write the role results too, such as results: "$[*]", with a path that begins in one of them'
        findings.note(at, "book-role", message, hint, on_key=True)


def _has_results(book: Book, sink: str, roles: Roles, rejected: Member) -> bool:
    results = (find(tree, roles.results) if roles.results else [] for tree in _answers(book, sink))
    return any(find(result, rejected.path) for found in results for result in found)
