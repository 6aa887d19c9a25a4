"""Connectors that can do something else than they say."""

from tests.conformance.mutants.mutant import Mutant

MUTANTS = (
    Mutant(
        rule="CAP-01",
        base="lims",
        words="says something else each time that it is asked what it is",
        saw=r"asked twice, the manifest differs in: vendor",
        changes=(
            (
                'name, vendor, api_versions = "lims", "Lims",',
                'name, vendor, api_versions = "lims", str(__import__("os").getpid()),',
            ),
        ),
    ),
    Mutant(
        rule="CAP-02",
        base="gateway",
        words="reads what it does not say that it can read",
        saw=r"`read` is not declared, and was done all the same",
        changes=(
            (
                "    def auth(self) -> Auth:\n",
                (
                    "    def __init__(self, config: GatewayConfig) -> None:\n"
                    "        super().__init__(config)\n"
                    "        self.stream = Anything\n\n"
                    "    def auth(self) -> Auth:\n"
                ),
            ),
        ),
        spoils="""
from connector_sdk import Page, Stream


class Anything(Stream):
    record = Submission

    def __init__(self, name):
        self.name = name

    def read(self, call, position):
        yield Page([], None)
""",
    ),
    Mutant(
        rule="CAP-04",
        base="safety",
        words="asks for a summary that no documentation knows of",
        saw=r"write\.assessments: the book does not have: GET /r2/assessments/summary",
        changes=(
            (
                "\n\nclass Safety(",
                (
                    "\n    def finish(self, call: Call) -> None:\n"
                    "        import contextlib\n\n"
                    "        with contextlib.suppress(Exception):\n"
                    '            self._connector.http.get("/assessments/summary")\n'
                    "\n\nclass Safety("
                ),
            ),
        ),
    ),
    Mutant(
        rule="CAP-03",
        base="sites",
        words="says that answers lead to the next page, which they do not",
        saw=r"declared, but not in the book: next",
        changes=(
            (
                '    errors = VendorErrors(code="problem.type")\n',
                '    errors = VendorErrors(code="problem.type")\n    capabilities = frozenset({"next"})\n',
            ),
        ),
    ),
    Mutant(
        rule="CAP-05",
        base="lims",
        words="does not say that it renews its credentials, and is spared the rules about it",
        saw=r"in the book, but not declared: auth",
        changes=(('    capabilities = frozenset({"auth"})\n', ""),),
    ),
)
