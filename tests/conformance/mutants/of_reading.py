"""Connectors that alter, double, lose or hoard what they read."""

from tests.conformance.mutants.mutant import Mutant

MUTANTS = (
    Mutant(
        rule="RD-01",
        base="safety",
        words="says of every case that it is not serious",
        saw=r"cases: record 1 is none that the system sent",
        changes=(("[bytes(each.case) for", "[bytes(each.case).replace(b'true', b'false') for"),),
    ),
    Mutant(
        rule="RD-02",
        base="safety",
        words="collects all pages before it gives out the first",
        saw=r"3 of 3 pages were asked for, where 1 were due",
        changes=(
            (
                "    def read(self, call: Call, position: Any) -> Iterator[Page]:\n",
                (
                    "    def read(self, call: Call, position: Any) -> Iterator[Page]:\n"
                    "        return iter(list(self.collected(call, position)))\n\n"
                    "    def collected(self, call: Call, position: Any) -> Iterator[Page]:\n"
                ),
            ),
        ),
    ),
    Mutant(
        rule="RD-03",
        base="safety",
        words="gives out the last record twice",
        saw=r"1 of 6 records came more than once",
        changes=(
            (
                "            if records:\n",
                "            records += [] if after else records[-1:]\n            if records:\n",
            ),
        ),
    ),
    Mutant(
        rule="PAG-01",
        base="safety",
        words="asks for every page, and leaves one out",
        saw=r"2 of 5 records never came",
        changes=(("            if records:\n", "            if records and came != 4:\n"),),
    ),
    Mutant(
        rule="PAG-02",
        base="lims",
        words="takes a page without records for the last",
        saw=r"page 2 being empty: the read ended with IncompleteResponseError",
        changes=(
            (
                "class Lims(",
                (
                    "class UntilEmpty(BodyCursor):\n"
                    "    def after(self, answer, pages, records):\n"
                    "        return super().after(answer, pages, records) if answer.records else None\n\n\n"
                    "class Lims("
                ),
            ),
            ('BodyCursor("next")', 'UntilEmpty("next")'),
        ),
    ),
    Mutant(
        rule="PAG-04",
        base="safety",
        words="follows pages that lead in a circle",
        saw=r"pages repeating: no error was raised",
        changes=(("            if after in asked and after:\n", "            if not self:\n"),),
    ),
    Mutant(
        rule="PAG-05",
        base="safety",
        words="takes it for an error that there is nothing",
        saw=r"having no records: the read ended with IncompleteResponseError",
        changes=(
            (
                "            if not after and came != found.meta.count:",
                "            if (not after and came != found.meta.count) or not came:",
            ),
        ),
    ),
    Mutant(
        rule="TRU-05",
        base="safety",
        words="reads the number of cases and compares it with nothing",
        saw=r"one record short of the total: no error was raised",
        changes=(("if not after and came != found.meta.count", "if not after and came < 0"),),
    ),
    Mutant(
        rule="SCH-01",
        base="safety",
        words="fails on a field that it does not know",
        saw=r"a new field is an error",
        changes=(
            (
                "            if records:\n",
                (
                    "            known = set(Case.__struct_fields__)\n"
                    "            if any(msgspec.json.decode(each).keys() - known for each in records):\n"
                    '                raise _incomplete("safety:fields", "fields that nobody knows")\n'
                    "            if records:\n"
                ),
            ),
        ),
    ),
    Mutant(
        rule="SCH-02",
        base="safety",
        words="takes a case for harmless that does not say whether it is serious",
        saw=r"without 'serious': it was taken as if nothing were wrong",
        changes=(
            (
                "            if records:\n",
                (
                    "            records = [\n"
                    "                each if b'\"serious\"' in each else b'{\"serious\":false,' + each[1:]\n"
                    "                for each in records\n"
                    "            ]\n"
                    "            if records:\n"
                ),
            ),
        ),
    ),
    Mutant(
        rule="SCH-03",
        base="safety",
        words="takes a patient of another type for none",
        saw=r"with a list as 'patient': it was taken as if nothing were wrong",
        changes=(
            (
                "            if records:\n",
                (
                    "            for at, each in enumerate(records):\n"
                    "                members = msgspec.json.decode(each)\n"
                    '                if isinstance(members.get("patient"), list | dict):\n'
                    '                    records[at] = msgspec.json.encode({**members, "patient": None})\n'
                    "            if records:\n"
                ),
            ),
        ),
    ),
    Mutant(
        rule="RD-03",
        base="safety",
        words="gives out the records of its last page five times",
        saw=r"4 of 9 records came more than once",
        changes=(
            (
                "            if records:\n",
                "            records *= 1 if after else 5\n            if records:\n",
            ),
        ),
    ),
)
