"""Whether the parts of a book fit together: exchanges, scenarios, collections and where it comes from."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from connector_sdk.conformance.book.book import READS, Book, scenario_name
from connector_sdk.conformance.book.exchange import Exchange, Member
from connector_sdk.conformance.book.findings import Findings
from connector_sdk.conformance.book.form import BookForm
from connector_sdk.conformance.book.json_path import find
from connector_sdk.conformance.book.matching import overlap, same
from connector_sdk.documents.wording import nearest, quote

NAMES = (
    "scenarios are read.STREAM.full, read.STREAM.delta, read.STREAM.resume, write.SINK and "
    "write.SINK.rejected"
)


def check_names(form: BookForm, findings: Findings) -> None:
    """Look at what names what: exchanges that are not there or never used, scenarios that are none."""
    meant: set[str] = set()
    if not form.scenarios:
        findings.note(("scenarios",), "book-scenario", "there is no scenario", NAMES, on_key=True)
    for name, listed in form.scenarios.items():
        if scenario_name(name) is None:
            near = _near_part(name)
            hint = f"did you mean {quote(near)}? {NAMES}" if near else NAMES
            message = f"{quote(name)} is no name of a scenario"
            findings.note(("scenarios", name), "book-scenario", message, hint, on_key=True)
        if not listed:
            hint = "list the exchanges that are played, the token's first"
            findings.note(
                ("scenarios", name), "book-scenario", "the scenario lists nothing", hint, on_key=True
            )
        for index, exchange in enumerate(listed):
            if exchange not in form.exchanges:
                near = nearest(exchange, form.exchanges)
                meant.add(near or "")
                hint = f"did you mean {quote(near)}?" if near else "exchanges are described under exchanges:"
                message = f"there is no exchange {quote(exchange)}"
                findings.note(("scenarios", name, index), "book-exchange-unknown", message, hint)
    used = {exchange for listed in form.scenarios.values() for exchange in listed}
    for name in form.exchanges.keys() - used - meant:
        hint = "list it in the scenario it belongs to, or take it out: what is never played proves nothing"
        message = f"no scenario lists the exchange {quote(name)}"
        findings.note(("exchanges", name), "book-exchange-unused", message, hint, on_key=True)


def check_origin(form: BookForm, findings: Findings) -> None:
    """Look at where the book and its exchanges come from."""
    hint = 'name the page it was taken from: source: "https://…"'
    whole = form.provenance
    for at, source in (
        (("provenance", "source"), whole.source),
        *((("exchanges", name, "source"), each.source) for name, each in form.exchanges.items()),
    ):
        if source and (urlsplit(source).scheme not in {"http", "https"} or not urlsplit(source).hostname):
            findings.note(at, "book-provenance", "the source is no address of a page", hint)
    if whole.kind == "documentation" and not whole.source:
        message = "taken from documentation, but from which page?"
        findings.note(("provenance", "kind"), "book-provenance", message, hint)
    for name, each in form.exchanges.items():
        if each.kind == "documentation" and not (each.source or whole.source):
            message = "taken from documentation, but from which page?"
            findings.note(("exchanges", name, "kind"), "book-provenance", message, hint)


def check_scenarios(book: Book, form: BookForm, findings: Findings) -> None:
    """Look at what is played together."""
    known = {*book.streams, *book.sinks}
    for name in form.collections.keys() - known:
        near = nearest(name, known)
        hint = f"did you mean {quote(near)}?" if near else "they are the streams and sinks of scenarios"
        message = f"no scenario reads or writes {quote(name)}"
        findings.note(("collections", name), "book-collection", message, hint, on_key=True)
    for name in book.scenarios:
        found = scenario_name(name)
        if found is None:
            continue
        base = f"read.{found.collection}.full" if found.verb == "read" else f"write.{found.collection}"
        if base not in book.scenarios:
            hint = "what is new, left or refused is compared with what there is"
            message = f"there is no scenario {quote(base)}"
            findings.note(("scenarios", name), "book-scenario-missing", message, hint, on_key=True)
        if found.part == "rejected" and not _refuses(book, name, found.collection):
            hint = "list an answer with an error's status, such as 422, or one that the role rejected tells"
            message = "nothing is refused in this scenario"
            findings.note(("scenarios", name), "book-not-rejected", message, hint, on_key=True)
        _check_told_apart(book, name, findings)


def _check_told_apart(book: Book, scenario: str, findings: Findings) -> None:
    before: list[Exchange] = []
    for index, exchange in enumerate(book.scenario(scenario)):
        twin = next((each for each in before if each is not exchange and overlap(each, exchange)), None)
        if twin is not None and not exchange.in_turn:
            hint = (
                "list what differs (query, json); where the system really answers the same request otherwise "
                "the next time, write in_turn: true"
            )
            message = f"{quote(exchange.name)} asks what {quote(twin.name)} asks"
            findings.note(("scenarios", scenario, index), "book-ambiguous", message, hint)
        before.append(exchange)


def _refuses(book: Book, scenario: str, sink: str) -> bool:
    roles = book.roles(sink)
    answers = [each for each in book.scenario(scenario) if not each.issues_token]
    if any(not each.succeeds for each in answers):
        return True
    trees = [each.response for each in answers if each.answers_json]
    results = [result for tree in trees for result in (find(tree, roles.results) if roles.results else [])]
    return _tells(trees, roles.failure_envelope) or _tells(results, roles.rejected)


def _tells(trees: list[object], member: Member | None) -> bool:
    return member is not None and any(
        same(member.value, value) for tree in trees for value in find(tree, member.path)
    )


def _near_part(name: str) -> str | None:
    """Return the scenario's name that was probably meant."""
    return nearest(name, _possible(name))


def _possible(name: str) -> Iterator[str]:
    _, _, rest = name.partition(".")
    stem = rest.rpartition(".")[0] or rest
    yield from (f"read.{stem}.{part}" for part in READS)
    yield from (f"write.{stem}", f"write.{stem}.rejected")
