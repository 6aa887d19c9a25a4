"""Connectors that try again too often, too soon, too late, or what cannot succeed."""

from tests.conformance.mutants.mutant import Mutant

MUTANTS = (
    Mutant(
        rule="RTY-01",
        base="lims",
        words="gives up at once after a 502",
        saw=r"502 at page 1: the read ended with UnavailableError",
        spoils="""
from connector_sdk.http.layers import retry

worth = retry._worth_repeating
retry._worth_repeating = lambda error, exchange: error.code != "http-502" and worth(error, exchange)
""",
    ),
    Mutant(
        rule="RTY-02",
        base="lims",
        words="tries fourteen times",
        saw=r"an outage: 14 requests were sent",
        spoils="""
from connector_sdk.http.layers.retry import _Repeats

_Repeats._stop = lambda self, state: state.attempt_number >= 14
""",
    ),
    Mutant(
        rule="RTY-03",
        base="lims",
        words="asks again for what is gone",
        saw=r"after a 410, \d requests were sent instead of one",
        spoils="""
from connector_sdk.http.layers import retry

worth = retry._worth_repeating
retry._worth_repeating = lambda error, exchange: error.code == "http-410" or worth(error, exchange)
""",
    ),
    Mutant(
        rule="RTY-04",
        base="lims",
        words="waits as long as it likes when it is throttled",
        saw=r"it was waited for \d\.\d seconds, not 37",
        spoils="""
from connector_sdk import ThrottledError
from connector_sdk.http.layers.retry import _Repeats

wait = _Repeats._wait


def impatient(self, state):
    error = state.outcome.exception()
    if isinstance(error, ThrottledError):
        error.retry_after = None
    return wait(self, state)


_Repeats._wait = impatient
""",
    ),
    Mutant(
        rule="RTY-05",
        base="lims",
        words="counts to the moment that it is told by a clock of its own",
        saw=r"asked to wait: the read ended with UnavailableError",
        spoils="""
from connector_sdk.http.layers import classify

by_the_date = classify.retry_after


def by_its_own(headers, clock):
    return by_the_date({"Retry-After": headers.get("Retry-After", "")}, clock)


classify.retry_after = by_its_own
""",
    ),
    Mutant(
        rule="RTY-07",
        base="lims",
        words="waits equally long in every process",
        saw=r"the first wait was the same in 6 processes",
        spoils="""
from connector_sdk.http.layers.retry import _Repeats

drawn = _Repeats.__init__


def without_chance(self, policy, clock, observer, draw, quota):
    drawn(self, policy, clock, observer, lambda low, high: high, quota)


_Repeats.__init__ = without_chance
""",
    ),
    Mutant(
        rule="RTY-07",
        base="lims",
        words="waits no longer after the fifth failure than after the first",
        saw=r"the waits do not grow from attempt to attempt",
        spoils="""
import random
from connector_sdk.http.layers.retry import _Repeats

wait = _Repeats._wait


def never_longer(self, state):
    asked = state.outcome.exception().retry_after
    return wait(self, state) if asked else random.uniform(0.2, 1)


_Repeats._wait = never_longer
""",
    ),
    Mutant(
        rule="RTY-07",
        base="lims",
        words="draws its waits by a seed that is the same everywhere",
        saw=r"the first wait was the same in 6 processes",
        spoils="""
import random

random.seed(7)
""",
    ),
    Mutant(
        rule="RTY-02",
        base="lims",
        words="does not say how often it tried",
        saw=r"the error tells of 1 attempts, not 6",
        spoils="""
from connector_sdk.http.layers import retry

honest = retry._honest


def modest(error, exchange):
    error.attempts = 1
    return honest(error, exchange)


retry._honest = modest
""",
    ),
)
