"""Connectors that write twice, not at all, or say something else than what became of it."""

from tests.conformance.mutants.mutant import Mutant

MUTANTS = (
    Mutant(
        rule="WRT-01",
        base="safety",
        words="adds every note twice",
        saw=r"notes: 2 records are there twice, or are none that were given",
        changes=(
            (
                "                refuse_markup(answer)\n",
                (
                    "                refuse_markup(answer)\n"
                    '                self._connector.http.request("POST", "/notes", content=payload, '
                    "headers=_JSON, repeatable=False)\n"
                ),
            ),
        ),
    ),
    Mutant(
        rule="WRT-02",
        base="lims",
        words="makes a new key for each attempt",
        saw=r"the answer to write 1 lost: 1 records are there twice",
        changes=(("        return OAuth2ClientCredentials(", "        return Inventive("),),
        spoils="""
import uuid


class Inventive(OAuth2ClientCredentials):
    def apply(self, request, send):
        super().apply(request, send)
        if "Idempotency-Key" in request.headers:
            request.headers["Idempotency-Key"] = uuid.uuid4().hex
""",
    ),
    Mutant(
        rule="WRT-03",
        base="safety",
        words="sends a note again that may have been added",
        saw=r"notes, the answer to write 1 lost: it was sent \d times",
        changes=(("repeatable=False", "repeatable=True"),),
    ),
    Mutant(
        rule="WRT-05",
        base="safety",
        words="does not read what became of each assessment",
        saw=r"record 2 is applied instead of dead_lettered",
        changes=(("[_outcome(each) for each in results]", "[APPLIED for each in results]"),),
    ),
    Mutant(
        rule="WRT-06",
        base="lims",
        words="goes by the status alone",
        saw=r"samples, a failure with status 200: no error was raised",
        changes=(
            ('        when=ErrorWhen("status", "FAILURE"),\n', ""),
            ('frozenset({"auth"})', 'frozenset({"auth", "envelope"})'),
        ),
    ),
    Mutant(
        rule="WRT-08",
        base="safety",
        words="ends at the first note that is refused",
        saw=r"notes, a 422: one refused record ended the write with InvalidInputError",
        changes=(("                yield rejected(error.code, str(error))\n", "                raise\n"),),
    ),
    Mutant(
        rule="WRT-13",
        base="safety",
        words="does not look at what answers when it adds a note",
        saw=r"notes, a page of HTML: 2 records are said to be applied",
        changes=(("                refuse_markup(answer)\n", ""),),
    ),
)
