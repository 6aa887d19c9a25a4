"""Connectors that break a rule where nobody looks at first: respelled, elsewhere, or the next time."""

from tests.conformance.mutants.mutant import Mutant

_GIVEN_OUT = "            if records:\n"
_FIRST = """class First(RestStream):
    def read(self, call, position):
        for page in super().read(call, position):
            page.records[1:] = []
            yield page


"""
_ANEW = """class Anew(RestSink):
    def write(self, call, batch):
        import dataclasses, uuid
        keys = [uuid.uuid4().hex for _ in batch.payloads]
        return super().write(call, dataclasses.replace(batch, idempotency_keys=keys))


"""


def _reading(words: str, place: str, act: str) -> Mutant:
    return Mutant(
        rule="PHI-01",
        base="safety",
        words=words,
        saw=f"{place} held a personal value",
        changes=((_GIVEN_OUT, f"            {act}\n{_GIVEN_OUT}"),),
        spoils="import os\n",
    )


IN_HIDDEN_WAYS = (
    Mutant(
        rule="RD-03",
        base="safety",
        words="gives each record twice, spelled in another way",
        saw=r"5 of 10 records came more than once",
        changes=((_GIVEN_OUT, f"            records += [b' ' + each for each in records]\n{_GIVEN_OUT}"),),
    ),
    Mutant(
        rule="RD-01",
        base="sites",
        words="reads pages well, and loses records where there is but one page",
        saw=r"countries: 1 of 3 records came",
        changes=(
            ("countries = RestStream(", "countries = First("),
            ("class Site(Record):", f"{_FIRST}class Site(Record):"),
        ),
    ),
    _reading("logs what it reads in lower case", "a log line", "call.log.info(str(records).lower())"),
    _reading(
        "puts what it reads into the environment",
        "an environment variable",
        'os.environ["CASES"] = str(records)',
    ),
    _reading(
        "writes what it reads into a file that gets its name later",
        "a file",
        'open("tmp/new", "ab").writelines(records); os.replace("tmp/new", "tmp/cases")',
    ),
    Mutant(
        rule="PHI-01",
        base="safety",
        words="keeps the last record in its cursor",
        saw="a cursor held a personal value",
        changes=(("yield Page(records, None, came", "yield Page(records, {'last': str(records[-1])}, came"),),
    ),
    Mutant(
        rule="PHI-01",
        base="safety",
        words="gives a note that was refused as the reason",
        saw="the reason of a dead letter held a personal value",
        changes=(("yield rejected(error.code, str(error))", "yield rejected(error.code, payload.decode())"),),
    ),
    Mutant(
        rule="WRT-02",
        base="lims",
        words="makes a new key for a batch that it is given again",
        saw=r"results, a batch written again: 3 records are there twice",
        changes=(
            ("results = RestSink(", "results = Anew("),
            ("class LimsConfig(Config):", f"{_ANEW}class LimsConfig(Config):"),
        ),
    ),
)
