"""Connectors that suites of other projects let pass; several rules find each of these."""

from tests.conformance.mutants.mutant import Mutant

MISSED_ELSEWHERE = (
    Mutant(
        rule="WRT-01",
        base="safety",
        words="throws every note away, and calls it applied",
        saw=r"notes: 2 of 2 records are said to be applied, and are not there",
        changes=(
            (
                "        for payload in batch.payloads:\n",
                ("        yield from [APPLIED] * len(batch)\n        for payload in []:\n"),
            ),
        ),
    ),
    Mutant(
        rule="PAG-01",
        base="lims",
        words="reads the first page only",
        saw=r"samples: 5 of 8 records never came",
        changes=(('BodyCursor("next")', 'BodyCursor("following")'), (', total="total"', "")),
    ),
)
