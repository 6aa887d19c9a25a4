"""Connectors that go on from another place than where they were."""

from tests.conformance.mutants.mutant import Mutant

MUTANTS = (
    Mutant(
        rule="INC-01",
        base="lims",
        words="keeps in its cursor everything that it ever met",
        saw=r"a cursor has \d{5,} bytes",
        spoils="""
from connector_sdk.connector.rest.position import Position

kept = Position.json
Position.json = lambda self: {**kept(self), "history": "x" * 70_000}
""",
    ),
    Mutant(
        rule="INC-02",
        base="lims",
        words="keeps a cursor, and never sends it",
        saw=r"the second read asked what the first had asked, without a cursor",
        spoils="""
from connector_sdk.connector.rest.steps import Steps

Steps.since = None
""",
    ),
    Mutant(
        rule="INC-03",
        base="lims",
        words="takes only what changed later than the cursor",
        saw=r"a record tying with the cursor: \d+ records came where \d+ certain ones were due",
        spoils="""
from connector_sdk.connector.rest.steps import Steps

take = Steps.take


def later_only(self, records, looks):
    fresh = take(self, records, looks)
    ties = {record for record, look in zip(records, looks) if self._start and look.value <= self._start.value}
    return [record for record in fresh if record not in ties]


Steps.take = later_only
""",
    ),
    Mutant(
        rule="INC-05",
        base="lims",
        words="moves its cursor with each page, though the pages are in no order",
        saw=r"after an error at page \d",
        spoils="""
from connector_sdk.connector.rest.steps import Steps

Steps.under_way = Steps.ended
""",
    ),
    Mutant(
        rule="INC-09",
        base="lims",
        words="begins anew with a cursor that it cannot read",
        saw=r"a cursor of another make was taken",
        spoils="""
from connector_sdk import ConfigurationError
from connector_sdk.connector.rest import position, walk


def lenient(cursor):
    try:
        return position.position_of(cursor)
    except ConfigurationError:
        return position.Position()


walk.position_of = lenient
""",
    ),
)
