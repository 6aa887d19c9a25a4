"""Read a book from its folder."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from connector_sdk.conformance.book.book import Book, Provenance
from connector_sdk.conformance.book.check_roles import check_roles
from connector_sdk.conformance.book.check_scenarios import check_names, check_origin, check_scenarios
from connector_sdk.conformance.book.check_texts import check_texts
from connector_sdk.conformance.book.exchange import JSON_TYPE, Exchange, Member, Roles
from connector_sdk.conformance.book.files import BOOK, Files
from connector_sdk.conformance.book.findings import Findings
from connector_sdk.conformance.book.form import BookForm, ExchangeForm, MemberForm, RequestForm, RolesForm
from connector_sdk.conformance.book.json_tree import Tree
from connector_sdk.conformance.book.placeholders import TOKEN, holds
from connector_sdk.conformance.book.texts import texts_of
from connector_sdk.decode.strict import Number
from connector_sdk.documents import Loc, load


def read_book(folder: Path) -> Book:
    """Read `book.yaml` and the files it names.

    Raises DocumentError with everything that is wrong, each finding with its place.
    """
    document = load(folder / BOOK)
    form = document.validate(BookForm)
    findings = Findings(document)
    files = Files(folder, findings)
    exchanges = {name: _exchange(name, each, form, files, findings) for name, each in form.exchanges.items()}
    roles = _roles(form.roles, Roles())
    check_names(form, findings)
    check_origin(form, findings)
    check_texts(texts_of(form, {name: each for name, each in exchanges.items() if each}), findings)
    findings.check()
    book = Book(
        folder=folder,
        files=(BOOK, *sorted(files.digests)),
        digest=files.digest(),
        connector=form.connector,
        provenance=Provenance(**form.provenance.model_dump()),
        clock=form.clock,
        config=form.config,
        exchanges={name: each for name, each in exchanges.items() if each is not None},
        scenarios=form.scenarios,
        base_roles=roles,
        own_roles={name: _roles(own, roles) for name, own in form.collections.items()},
    )
    check_scenarios(book, form, findings)
    check_roles(book, form, findings)
    findings.check()
    return book


def tree_of(value: Any) -> Tree:
    """Return the tree of JSON that is written as YAML."""
    if isinstance(value, Mapping):
        return {name: tree_of(part) for name, part in value.items()}
    if isinstance(value, list):
        return [tree_of(part) for part in value]
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return Number(format(value, "f") if isinstance(value, Decimal) else value)
    return value


def _exchange(
    name: str, form: ExchangeForm, book: BookForm, files: Files, findings: Findings
) -> Exchange | None:
    at: Loc = ("exchanges", name)
    lines = form.request.lines
    if len(lines) != 1 or not lines[0][1].startswith("/") or "?" in lines[0][1]:
        findings.note((*at, "request"), "book-request", *_one_line(lines), on_key=True)
        return None
    body, asks_json = _asked(form.request)
    answer, answers_json, content_type = _answered(form, (*at, "response"), files, findings)
    exchange = Exchange(
        name=name,
        kind=form.kind or book.provenance.kind,
        source=form.source or book.provenance.source,
        method=lines[0][0],
        path=lines[0][1],
        query=form.request.query,
        headers=form.request.headers,
        body=body,
        asks_json=asks_json,
        status=form.response.status,
        response_headers=form.response.headers,
        response=answer,
        answers_json=answers_json,
        content_type=content_type,
        issues_token=False,
        in_turn=form.in_turn,
    )
    issues = any(holds(text, TOKEN) for text in form.response.headers.values())
    return replace(exchange, issues_token=issues or holds(exchange.answer.decode(errors="replace"), TOKEN))


def _one_line(lines: list[tuple[str, str]]) -> tuple[str, str]:
    hint = "write it as GET: /path, with parameters under query: {name: value}"
    if not lines:
        return "the request names no method and path", hint
    if len(lines) > 1:
        return f"the request names {len(lines)} methods", "an exchange is one request: make two of it"
    if "?" in lines[0][1]:
        return "the path holds a query", hint
    return "the path does not begin with /", hint


def _asked(request: RequestForm) -> tuple[Tree | bytes | None, bool]:
    if "json_" in request.model_fields_set:
        return tree_of(request.json_), True
    return (None if request.body is None else request.body.encode()), False


def _answered(
    form: ExchangeForm, at: Loc, files: Files, findings: Findings
) -> tuple[Tree | bytes, bool, str]:
    """Return the answer's body, whether it is JSON, and its content type."""
    response = form.response
    given = {"json_", "body", "file"} & response.model_fields_set
    if len(given) > 1:
        hint = "json: for JSON (a file's name, or the value itself), body: for text, file: for any other file"
        findings.note(at, "book-request", "the answer has more than one body", hint, on_key=True)
    if "json_" in given:
        inline = not isinstance(response.json_, str)
        tree = tree_of(response.json_) if inline else files.tree(response.json_, (*at, "json"))
        return tree, True, response.content_type or JSON_TYPE
    if response.file is not None:
        data = files.data(response.file, (*at, "file"))
        return data or b"", False, response.content_type or "application/octet-stream"
    data = (response.body or "").encode()
    return data, False, response.content_type or ("text/plain; charset=utf-8" if data else "")


def _roles(form: RolesForm, base: Roles) -> Roles:
    """Return the roles given, laid over others."""
    made: dict[str, Any] = {}
    for name in form.model_fields_set:
        value = getattr(form, name)
        made[name] = _member(value) if isinstance(value, MemberForm) else value
    return replace(base, **made)


def _member(form: MemberForm) -> Member:
    return Member(form.path, tree_of(form.value))
