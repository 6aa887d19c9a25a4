"""WRT: what is said to be written is there, once, and nothing else is said to be."""

import re
from collections.abc import Iterator
from typing import Any, Final

from connector_sdk.conformance.book import Exchange, Member, find, is_text, leaves, parse, put, refusals
from connector_sdk.conformance.book import written as as_text
from connector_sdk.conformance.catalogue import rule
from connector_sdk.conformance.child import Writing
from connector_sdk.conformance.comparing import same_value, shown
from connector_sdk.conformance.errands import Errand, errands
from connector_sdk.conformance.lab import Lab
from connector_sdk.conformance.outcome import Tier
from connector_sdk.conformance.player import Change, Fault, Reply
from connector_sdk.conformance.player.aim import on_data, on_writes
from connector_sdk.conformance.player.faults import answering, html, reset
from connector_sdk.conformance.receiving import batching, holds_what_was_given, repeatable, writes

_CODE: Final = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)+|[A-Z][A-Z0-9]{3,}")
"""A text that can only be meant as a code."""


@rule("WRT-01", Tier.BRONZE, gate="write", requires=("CAP-01",))
def written_as_given(lab: Lab) -> None:
    """Undisturbed, every record is applied, and the system holds each of them once, as it was given.

    What a sink calls applied is never sent again: if it is not there, or is there otherwise, it is lost for
    good, and the ledger says that it is not.
    """
    for sink in lab.book.sinks:
        given = lab.book.inputs(sink)
        lab.holds(bool(given), f"{sink}: no request of the book holds a record to write")
        with lab.visit(f"write.{sink}") as visit:
            holds_what_was_given(visit, sink, visit.write(sink), sink)
        lab.facts.append(f"{sink}: {len(given)} records compared with what the system holds")


@rule("WRT-02", Tier.BRONZE, gate="idempotent_write", requires=("WRT-01",), faults=True)
def repeated_without_doubles(lab: Lab) -> None:
    """Where an answer is lost, or a batch is written again, it is sent so that the system has it once.

    A connection that breaks after the system has done its work is ordinary, and so is a run that ends before
    it has noted what it wrote. Sent again under another key the record is there twice; not sent again, a run
    ends that need not.
    """
    sinks = [sink for sink in lab.book.sinks if repeatable(lab, sink)]
    lab.holds(bool(sinks), "no sink of the book is one that may be given a batch twice")
    for sink in sinks:
        for index in writes(lab.book, sink):
            with lab.visit(f"write.{sink}", faults=[_lost_answer(index)]) as visit:
                writing = visit.write(sink)
                holds_what_was_given(visit, sink, writing, f"{sink}, the answer to write {index + 1} lost")
        with lab.visit(f"write.{sink}") as visit:
            holds_what_was_given(visit, sink, visit.write(sink), sink)
            visit.player.play(f"write.{sink}")
            holds_what_was_given(visit, sink, visit.write(sink), f"{sink}, a batch written again")


@rule("WRT-03", Tier.BRONZE, gate="unsafe_write", requires=("WRT-01",), faults=True)
def never_sent_blindly_again(lab: Lab) -> None:
    """Where nothing tells a repeat from a new write, and the answer is lost, it is not sent again.

    The run ends with the error that says that nobody knows. Sending it again writes it twice; saying that it
    failed makes somebody else send it again.
    """
    sinks = [sink for sink in lab.book.sinks if not repeatable(lab, sink)]
    lab.holds(bool(sinks), "no sink of the book is one that may write a record twice")
    for sink in sinks:
        for index in writes(lab.book, sink):
            during = f"{sink}, the answer to write {index + 1} lost"
            with lab.visit(f"write.{sink}", faults=[_lost_answer(index)]) as visit:
                writing = visit.write(sink)
                asked = sum(1 for seen in visit.asked if seen.index == index)
            lab.holds(asked == 1, f"{during}: it was sent {asked} times")
            failure = lab.sdk_error(writing, during)
            unknown = failure.is_a("OutcomeUnknownError")
            lab.holds(unknown, f"{during}: {shown(failure)} does not say that nobody knows")


@rule("WRT-05", Tier.BRONZE, gate="batch", requires=("WRT-01",))
def each_of_a_batch(lab: Lab) -> None:
    """Where the system refuses some records of a request, those alone become dead letters.

    Taking the status for the answer loses them; refusing all, or sending all again, doubles the others or
    holds them up for one that is wrong.
    """
    sinks = [sink for sink in lab.book.sinks if batching(lab.book, sink)]
    lab.holds(bool(sinks), "no request of the book carries several records")
    for sink in sinks:
        refused = list(_refused(lab, sink))
        told = any(refused) and not all(refused)
        lab.holds(told, f"{sink}: the book has no scenario write.{sink}.rejected in which some are refused")
        with lab.visit(f"write.{sink}.rejected") as visit:
            writing = visit.write(sink, lab.inputs(sink, "rejected"))
            bodies = [parse(seen.body) for seen in visit.asked if seen.writes]
        _dispositions(lab, sink, writing, refused)
        roles = lab.book.roles(sink)
        sent = [record for body in bodies for record in find(body, roles.input)]
        for record, no in zip(lab.book.inputs(sink, "rejected"), refused, strict=True):
            times = sum(1 for each in sent if _covers(each, record))
            lab.holds(no or times == 1, f"{sink}: a record that was accepted was sent {times} times")


@rule("WRT-06", Tier.BRONZE, gate="envelope", requires=("CAP-01",), faults=True)
def failure_in_disguise(lab: Lab) -> None:
    """An answer with a successful status that says in its body that it failed is never taken for success.

    Systems answer 200 to everything and put the truth into the body: who looks at the status alone calls
    applied what was refused, and an empty answer complete.
    """
    told = False
    for errand in errands(lab):
        member = lab.book.roles(errand.collection).failure_envelope
        if member is not None:
            told = True
            _never_applied(lab, errand, "a failure with status 200", _disguised(member))
    lab.holds(told, "the book does not say by what an answer with status 200 tells of a failure")


@rule("WRT-08", Tier.SILVER, gate="write", requires=("WRT-01",), faults=True)
def refused_is_set_aside(lab: Lab) -> None:
    """A record that the system finds wrong becomes a dead letter with the system's own code, sent once.

    One wrong record must not stop the others. It is wrong the next time, too; and who mends it needs to know
    what the system calls the mistake.
    """
    for sink in lab.book.sinks:
        several = batching(lab.book, sink)
        answer = _refusal(lab, sink)
        body = answer.answer if answer else b""
        index = next(iter(writes(lab.book, sink)))
        change = answering(422, {"Content-Type": answer.content_type} if answer else {}, body)
        with lab.visit(f"write.{sink}", faults=[Fault("a 422", change, on_data(index), times=None)]) as visit:
            writing = visit.write(sink)
            bodies = [seen.body for seen in visit.asked if seen.index == index]
        lab.holds(len(bodies) == len(set(bodies)), f"{sink}, a 422: it was sent {len(bodies)} times")
        if several and writing.raised is not None:
            # A whole request was refused: which of its records is wrong, nobody knows.
            failure = lab.sdk_error(writing, f"{sink}, a 422")
            lab.holds(not failure.retryable, f"{sink}, a 422: {shown(failure)} says that it may pass")
            continue
        if writing.raised is not None:
            lab.fails(f"{sink}, a 422: one refused record ended the write with {shown(writing.raised)}")
        letters = [each for each in writing.outcomes if each.disposition == "dead_lettered"]
        applied = writing.applied
        lab.holds(bool(letters), f"{sink}, a 422: no record became a dead letter")
        lab.holds(
            several or (len(letters) == 1 and applied == len(writing.outcomes) - 1),
            f"{sink}, one 422: {len(letters)} dead letters, {applied} of {len(writing.outcomes)} applied",
        )
        codes = _codes(answer)
        for each in letters:
            lab.holds(bool(each.code), f"{sink}, a 422: the dead letter has no code")
            own = not codes or each.code.rpartition(":")[2] in codes
            lab.holds(own, f"{sink}, a 422: the dead letter does not have the code that the system gave")


@rule("WRT-13", Tier.BRONZE, gate="write", requires=("WRT-01",), faults=True)
def a_page_for_people_is_no_receipt(lab: Lab) -> None:
    """A page of HTML with status 200 in answer to a write is never taken for success.

    A login page or a proxy's notice says nothing of the record: it did not reach the system, and is lost if
    it is called applied.
    """
    for errand in errands(lab):
        if errand.writes:
            _never_applied(lab, errand, "a page of HTML", html())


def _lost_answer(index: int) -> Fault:
    return Fault("a reset after the write took effect", reset(), on_data(index), stores=True)


def _never_applied(lab: Lab, errand: Errand, name: str, change: Change) -> None:
    """Assert that, with such answers, nothing is said to be written, and nothing is read."""
    during = f"{errand.collection}, {name}"
    aim = on_writes() if errand.writes else on_data(lab.anatomy(errand.collection).pages[0])
    with lab.visit(errand.scenario, faults=[Fault(name, change, aim, times=None)]) as visit:
        tried = errand.done(visit)
    if not isinstance(tried, Writing):
        lab.sdk_error(tried, during)
        lab.holds(not tried.records, f"{during}: {len(tried.records)} records came of it")
        return
    if tried.raised is not None:
        lab.sdk_error(tried, during)
    applied = tried.applied
    lab.holds(applied == 0, f"{during}: {applied} records are said to be applied")


def _disguised(member: Member) -> Change:
    def change(_seen: object, reply: Reply) -> Reply:
        tree = parse(reply.body) if reply.body[:1] == b"{" else {}
        tree = put(tree, member.path, member.value)
        if not find(tree, member.path):
            telling = member.value
            for name in reversed(member.path.removeprefix("$").strip(".").split(".")):
                telling = {name: telling}
            tree = telling
        headers = {**reply.headers, "Content-Type": "application/json"}
        return Reply(200, headers, as_text(tree))

    return change


def _refused(lab: Lab, sink: str) -> Iterator[bool]:
    """Tell of each record of `rejected` whether the book's answer refuses it."""
    roles = lab.book.roles(sink)
    for exchange in writes(lab.book, sink, "rejected").values():
        count = len(find(exchange.body, roles.input)) if exchange.asks_json else 0
        yield from refusals(exchange, roles, count)


def _dispositions(lab: Lab, sink: str, writing: Writing, refused: list[bool]) -> None:
    if writing.raised is not None:
        lab.fails(f"{sink}, some records refused: the write ended with {shown(writing.raised)}")
    for number, (outcome, no) in enumerate(zip(writing.outcomes, refused, strict=True), 1):
        due = "dead_lettered" if no else "applied"
        lab.holds(
            outcome.disposition == due,
            f"{sink}, some records refused: record {number} is {outcome.disposition} instead of {due}",
        )


def _covers(sent: Any, record: Any) -> bool:
    """Tell whether what was sent is the record, with whatever else the system wants beside it."""
    if not isinstance(sent, dict) or not isinstance(record, dict):
        return same_value(sent, record)
    return all(name in sent and same_value(value, sent[name]) for name, value in record.items())


def _refusal(lab: Lab, sink: str) -> Exchange | None:
    """Return the exchange in which the book's system refuses a request for what is in it, if it has one."""
    exchanges = writes(lab.book, sink, "rejected").values()
    return next((each for each in exchanges if each.status in {400, 409, 422}), None)


def _codes(answer: Exchange | None) -> frozenset[str]:
    """Return the texts in a refusal that can only be codes."""
    tree = answer.response if answer and answer.answers_json else None
    return frozenset(text for _, text in leaves(tree) if is_text(text) and _CODE.fullmatch(text))
