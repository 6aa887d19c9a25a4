"""AUT: credentials are asked for once, renewed when they run out, and shown to nobody else."""

from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

from connector_sdk.conformance.anatomy import Anatomy
from connector_sdk.conformance.book import changed, find
from connector_sdk.conformance.catalogue import rule
from connector_sdk.conformance.comparing import shown
from connector_sdk.conformance.errands import Errand, errands
from connector_sdk.conformance.lab import Lab, Visit
from connector_sdk.conformance.outcome import Tier
from connector_sdk.conformance.player import Fault, Seen
from connector_sdk.conformance.player.aim import Aim, on_data, on_token
from connector_sdk.conformance.player.faults import answering, with_body

ENOUGH: Final = 3
"""Requests that show whether credentials are used again."""
_TIMES: Final = 3
SERVER: Final = "${SERVER}"
_REFUSED: Final = b'{"error":"invalid_client"}'
_JSON: Final = {"Content-Type": "application/json"}
_SHOWING: Final = frozenset({"authorization", "proxy-authorization", "cookie"})
"""Headers that hold nothing but credentials."""


@rule("AUT-01", Tier.BRONZE, gate="auth", requires=("CAP-01",))
def one_login_for_all(lab: Lab) -> None:
    """Credentials are obtained once, and used for all requests while they are good.

    Systems limit logins far more strictly than calls, and count them as sessions: a login for each request
    locks the integration's user out, and often others with it.
    """
    for errand in errands(lab):
        with lab.visit(errand.scenario) as visit:
            for _time in range(_TIMES):
                errand.done(visit)
                if len(visit.asked) >= ENOUGH:
                    break
                visit.player.play(errand.scenario)
            asked, logins = len(visit.asked), _logins(visit)
        lab.holds(logins == 1, f"{errand.collection}: {logins} logins for {asked} requests")
        lab.facts.append(f"{errand.collection}: one login for {asked} requests")


@rule("AUT-02", Tier.BRONZE, gate="auth", requires=("AUT-01",), faults=True)
def refused_credentials_end_it(lab: Lab) -> None:
    """Where the system refuses the client's credentials, it is asked once, and the error says why.

    Asking again with what was refused locks the client out; an error that seems to pass makes a scheduler do
    just that, all night.
    """
    for status in (400, 401):
        for errand in errands(lab):
            during = f"{errand.collection}, a login refused with {status}"
            fault = Fault("a login refused", answering(status, _JSON, _REFUSED), on_token(), times=None)
            with lab.visit(errand.scenario, faults=[fault]) as visit:
                tried = errand.done(visit)
                asked, logins = len(visit.asked), _logins(visit)
            failure = lab.sdk_error(tried, during)
            named = failure.is_a("AuthenticationError")
            lab.holds(named, f"{during}: it ended with {shown(failure)}, no AuthenticationError")
            lab.holds(not failure.retryable, f"{during}: {shown(failure)} says that it may pass")
            lab.holds(logins <= 1, f"{during}: {logins} logins were tried")
            lab.holds(asked == 0, f"{during}: {asked} requests were sent all the same")


@rule("AUT-03", Tier.SILVER, gate="auth", requires=("AUT-01", "RD-01", "WRT-01"), faults=True)
def renewed_once_when_they_run_out(lab: Lab) -> None:
    """Where credentials run out, at any request, they are renewed once, and the same comes of it.

    They run out in the middle of every long run. A connector that gives up then needs a person each time;
    one that skips the request, or begins anew, loses or doubles records.
    """
    for errand in errands(lab):
        for index in range(len(errand.data)):
            during = f"{errand.collection}, credentials running out at request {index + 1}"
            fault = Fault("a 401", answering(401), on_data(index))
            with lab.visit(errand.scenario, faults=[fault]) as visit:
                errand.well(visit, errand.done(visit), during)
                renewals = _logins(visit) - 1
            lab.holds(renewals == 1, f"{during}: they were renewed {renewals} times")


@rule("AUT-04", Tier.SILVER, gate="auth", requires=("AUT-01",), faults=True)
def not_renewed_for_ever(lab: Lab) -> None:
    """Where fresh credentials are not accepted either, it ends with an error that says so.

    Renewing them again and again is a flood of logins that looks like an attack, and is answered like one.
    """
    for errand in errands(lab):
        during = f"{errand.collection}, no credentials accepted"
        fault = Fault("a 401", answering(401), on_data(), times=None, expect=(1, None))
        with lab.visit(errand.scenario, faults=[fault]) as visit:
            tried = errand.done(visit)
            logins = _logins(visit)
        failure = lab.sdk_error(tried, during)
        named = failure.is_a("AuthenticationError")
        lab.holds(named, f"{during}: it ended with {shown(failure)}, no AuthenticationError")
        lab.holds(logins <= 2, f"{during}: {logins} logins were tried")  # noqa: PLR2004 - first and renewal


@rule("AUT-07", Tier.BRONZE, requires=("CAP-01",), faults=True)
def shown_to_nobody_else(lab: Lab) -> None:
    """Neither a redirect nor a link to another origin carries credentials there.

    Whoever can answer one request, or change one record with a link in it, would otherwise be handed what
    opens the whole system.
    """
    for errand in errands(lab):
        for status in (302, 307):
            _elsewhere(lab, errand, status, on_data(), "a request")
            if "auth" in lab.capabilities:
                _elsewhere(lab, errand, status, on_token(), "a login")
    for parts in lab.anatomies():
        _link_elsewhere(lab, parts)


def _elsewhere(lab: Lab, errand: Errand, status: int, aim: Aim, what: str) -> None:
    during = f"{errand.collection}, {what} redirected with {status}"
    with lab.visit(errand.scenario) as visit:
        place = {"Location": f"{visit.player.elsewhere.url}/elsewhere"}
        visit.player.inject(Fault(f"{what} redirected", answering(status, place), aim, times=None))
        errand.done(visit)
        _nothing_arrived(lab, visit, during)


def _link_elsewhere(lab: Lab, parts: Anatomy) -> None:
    """Let the first page lead to another origin, where it leads by an address at all."""
    first = parts.pages[0]
    links = find(parts.data()[first].response, parts.next) if parts.next else []
    if not any(SERVER in link for link in links if isinstance(link, str)):
        return
    with lab.visit(parts.scenario()) as visit:
        origin = visit.player.elsewhere.url

        def led(tree: Any) -> Any:
            return changed(tree, parts.next, lambda link: link.replace(visit.player.url, origin))

        visit.player.inject(Fault("a link elsewhere", with_body(led), on_data(first), times=None))
        reading = visit.read(parts.stream)
        _nothing_arrived(lab, visit, f"{parts.stream}, a link elsewhere")
    lab.sdk_error(reading, f"{parts.stream}, a link elsewhere")


def _nothing_arrived(lab: Lab, visit: Visit, during: str) -> None:
    """Assert that what another origin was asked carries no credentials."""
    hidden = [*lab.book.secrets, *visit.player.tokens, *_secret_settings(lab)]
    arrived = list(visit.player.elsewhere.asked)
    for asked in arrived:
        leaks = _leaks(asked.headers, asked.target, asked.body, hidden)
        lab.holds(not leaks, f"{during}: another origin got credentials ({', '.join(leaks)})")


def _leaks(headers: Mapping[str, str], target: str, body: bytes, hidden: list[str]) -> list[str]:
    """Name where in a request credentials stand."""
    found = [
        f"header {name}"
        for name, value in headers.items()
        if name in _SHOWING or any(secret in value for secret in hidden)
    ]
    found += ["address"] if any(secret in target for secret in hidden) else []
    return found + (["body"] if any(secret.encode() in body for secret in hidden) else [])


def _secret_settings(lab: Lab) -> list[str]:
    """Return the texts that the book's configuration gives to settings that are secret."""
    secret = {each.name for each in lab.examination.described.settings if each.secret}
    values = (value for name, value in lab.book.config.items() if name in secret)
    return [value for value in values if isinstance(value, str) and value]


def _logins(visit: Visit) -> int:
    """Count logins; one may take several requests, each another exchange of the book."""
    counted = Counter(_exchange(seen) for seen in visit.logins)
    return max(counted.values(), default=0)


def _exchange(seen: Seen) -> str:
    return seen.exchange or ""
