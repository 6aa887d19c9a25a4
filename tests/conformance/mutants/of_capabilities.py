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
