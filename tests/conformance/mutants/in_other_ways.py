"""Connectors that break a rule in another way than its mutant, and are found by another of its assertions."""

from tests.conformance.mutants.mutant import Mutant

IN_OTHER_WAYS = (
    Mutant(
        rule="WRT-08",
        base="lims",
        words="loses what the system calls the mistake",
        saw="does not have the code that the system gave",
        changes=(('        code="errors.0.code",\n', '        code="errors.0.text",\n'),),
    ),
    Mutant(
        rule="CFG-05",
        base="lims",
        words="keeps its secret where everybody sees it",
        saw="ways to show the connector show a secret",
        spoils="""
attach = Lims.attach


def opened(self, connection):
    attach(self, connection)
    self.remembered = self.config.client_secret.reveal()


Lims.attach = opened
""",
    ),
    Mutant(
        rule="ERR-01",
        base="lims",
        words="takes a refusal for an outage",
        saw=r"a 403: UnavailableError \(http-403\) says that it may pass",
        spoils="""
from connector_sdk import UnavailableError
from connector_sdk.http.layers import classify

classify._BY_STATUS[403] = UnavailableError
""",
    ),
    Mutant(
        rule="CON-03",
        base="gateway",
        words="only writes, and keeps its connections when it is closed",
        saw=r"after it was closed, it still held 1 connections",
        spoils="\nGateway.close = lambda self: None\n",
    ),
    Mutant(
        rule="CON-01",
        base="sites",
        words="asks the system of the instance that was opened last",
        saw="read in turns with another",
        spoils="""
attach, own = Sites.attach, Sites.http.fget
LAST = []


def opened(self, connection):
    attach(self, connection)
    LAST[:] = [self]


Sites.attach = opened
Sites.http = property(lambda self: own(LAST[0]))
""",
    ),
)
