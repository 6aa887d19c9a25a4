"""Connectors that show what they read, each in another place."""

from tests.conformance.mutants.mutant import Mutant

_GIVEN_OUT = "            if records:\n"
_WORDS = "a personal value"
_PLACES = {
    "a log line": ("logs the cases that it reads", 'call.log.debug("read %s", records)'),
    "a log line, beside its text": (
        "hangs the cases that it reads on a log line",
        'call.log.debug("read", extra={"cases": records})',
    ),
    "the process's output": ("prints the cases that it reads", "print(records)"),
    "a warning": (
        "warns of the cases that it reads",
        '__import__("warnings").warn(str(records), stacklevel=1)',
    ),
    "a span": (
        "puts the cases that it reads into a span",
        'trace.get_tracer("x").start_span("read", attributes={"cases": str(records)}).end()',
    ),
    "a span, in an event": (
        "puts the cases that it reads into an event of a span",
        'span = trace.get_tracer("x").start_span("read"); span.add_event(str(records)); span.end()',
    ),
    "a metric": (
        "counts cases by what is in them",
        'metrics.get_meter("x").create_counter("cases").add(1, {"case": str(records)})',
    ),
    "the name of a file": (
        "names a file after a patient",
        'for each in records: open(f"tmp/{msgspec.json.decode(each).get(\'patient\')}", "w").close()',
    ),
    "a file": (
        "keeps the cases that it reads in a file",
        'open("tmp/cases", "wb").writelines(records)',
    ),
}


def _showing(place: str, words: str, act: str) -> Mutant:
    return Mutant(
        rule="PHI-01",
        base="safety",
        words=words,
        saw=f"{place.partition(',')[0]} held a personal value",
        changes=((_GIVEN_OUT, f"            {act}\n{_GIVEN_OUT}"),),
        spoils="import os\nfrom opentelemetry import metrics, trace\n",
    )


MUTANTS = (
    *(_showing(place, words, act) for place, (words, act) in _PLACES.items()),
    Mutant(
        rule="PHI-01",
        base="safety",
        words="quotes in an error what it could not understand",
        saw=r"an error \(IncompleteResponseError\) held a personal value",
        changes=(('"something else than its documentation says"', "body.decode(errors='replace')"),),
    ),
    Mutant(
        rule="PHI-01",
        base="safety",
        words="hides in an error's cause what it could not understand",
        saw=r"an error \(IncompleteResponseError\) held a personal value",
        changes=(
            (
                '"something else than its documentation says") from None',
                '"something else than its documentation says") from ValueError(body)',
            ),
        ),
    ),
)
