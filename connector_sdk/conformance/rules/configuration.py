"""CFG: settings are checked before anything is done, secrets stay in them, and the way is encrypted."""

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from connector_sdk.conformance.authority import unknown_authority
from connector_sdk.conformance.catalogue import rule
from connector_sdk.conformance.comparing import shown
from connector_sdk.conformance.errands import Errand, errands
from connector_sdk.conformance.hosting import Raised
from connector_sdk.conformance.lab import Lab, since
from connector_sdk.conformance.outcome import Tier
from connector_sdk.conformance.protocol import Failure, Told

SERVER: Final = "${SERVER}"
FAR_HOST: Final = "192.0.2.1"
FAR: Final = f"http://{FAR_HOST}"
"""An address that is nobody's (RFC 5737), and not of this machine."""
IMPATIENT: Final = {"connect": 0.3, "total": 2.0}
MOST: Final = 10
"""Connections at most, to a server that cannot prove who it is."""
TELLING: Final = 6
"""Characters of a text that stands nowhere by chance."""


@rule("CFG-01", Tier.BRONZE, requires=("CAP-01",))
def misspelt_settings_are_told(lab: Lab) -> None:
    """A setting that there is not is refused by name, before anything is asked for.

    A misspelt setting that is passed over leaves its default in force: another tenant, no limit, no filter;
    and nobody notices.
    """
    for name in lab.book.config:
        misspelt = f"{name}{name[-1]}"
        failure, told = _configured(lab, {**lab.book.config, misspelt: lab.book.config[name]})
        if failure is None:
            lab.fails(f"a setting {misspelt!r}, which there is not, was taken")
        _is_of_settings(lab, failure, f"a setting {misspelt!r}")
        named = misspelt in f"{failure.message} {failure.hint} {failure.location}"
        lab.holds(named, f"the error does not name the setting {misspelt!r}")
        lab.holds(not told.connects, f"with a setting {misspelt!r}, a connection was opened")


@rule("CFG-02", Tier.BRONZE, requires=("CAP-01",))
def missing_settings_are_told(lab: Lab) -> None:
    """A connector that lacks a required setting is refused at once, without telling any of the others.

    Found out at the first call, or in the middle, it costs a run; and an error that quotes what was given
    hands out what stands beside what is missing.
    """
    required = [each.name for each in lab.examination.described.settings if each.required]
    for name in required:
        others = {key: value for key, value in lab.book.config.items() if key != name}
        failure, told = _configured(lab, others)
        if failure is None:
            lab.fails(f"without the required setting {name!r}, the connector was made all the same")
        _is_of_settings(lab, failure, f"without {name!r}")
        said = f"{failure.message} {failure.hint} {failure.location}"
        quoted = [key for key, value in others.items() if any(text in said for text in _telling(value))]
        lab.holds(not quoted, f"without {name!r}, the error quotes the value of {', '.join(quoted)}")
        lab.holds(not told.connects, f"without {name!r}, a connection was opened")
    lab.facts.append(f"required: {', '.join(required) or 'nothing'}")


@rule("CFG-04", Tier.BRONZE, requires=("CAP-01", "RD-01", "WRT-01"))
def encrypted_and_proven(lab: Lab) -> None:
    """Nothing is sent unencrypted off this machine, nor to a server that cannot prove who it is.

    Whoever stands between could read patients' data and credentials, and answer in the system's place. A
    company's own authority can be trusted, by naming it.
    """
    places = [name for name, value in lab.book.config.items() if SERVER in str(value)]
    lab.holds(bool(places), "no setting of the book says where the system is")
    for errand in errands(lab):
        _refuses_plain_text(lab, errand)
    with tempfile.TemporaryDirectory(prefix="authority-") as folder:
        tls, bundle = unknown_authority(Path(folder))
        for errand in errands(lab):
            during = f"{errand.collection}, a server that nothing proves"
            with lab.visit(errand.scenario, tls=tls) as visit:
                tried = errand.done(visit)
                answered, connections = len(visit.player.seen), len(visit.told().connects)
            lab.holds(answered == 0, f"{during}: {answered} requests were sent to it")
            failure = lab.sdk_error(tried, during)
            lab.holds(not failure.retryable, f"{during}: {shown(failure)} says that it may pass")
            lab.holds(connections <= MOST, f"{during}: {connections} connections were opened")
            with lab.visit(errand.scenario, tls=tls, ca_bundle=bundle) as visit:
                errand.well(visit, errand.done(visit), f"{errand.collection}, its authority being named")


@rule("CFG-05", Tier.BRONZE, requires=("CAP-01",))
def secrets_are_not_shown(lab: Lab) -> None:
    """No secret stands in what the connector or its configuration show of themselves.

    Debuggers, reports of crashes and careless log lines show whatever objects say that they are.
    """
    for errand in errands(lab):
        with lab.visit(errand.scenario) as visit:
            errand.done(visit)
            texts = lab.child.shown(visit.handle)
            hidden = [*lab.book.secrets, *visit.player.tokens]
        found = sum(1 for text in texts if any(secret in text for secret in hidden))
        lab.holds(found == 0, f"{found} of {len(texts)} ways to show the connector show a secret")
    for name in (each.name for each in lab.examination.described.settings if each.secret):
        value = lab.book.config.get(name)
        if value is not None:
            failure, _told = _configured(lab, {**lab.book.config, name: [value]})
            quoted = failure is not None and any(secret in failure.text for secret in lab.book.secrets)
            lab.holds(not quoted, f"the error about a wrong {name!r} quotes it")


def _configured(lab: Lab, config: Mapping[str, Any]) -> tuple[Failure | None, Told]:
    """Configure the connector, and return what it raised and told."""
    before = lab.child.told()
    failure: Failure | None = None
    try:
        with lab.visit(config=config):
            pass
    except Raised as raised:
        failure = raised.failure
    return failure, since(before, lab.child.told())


def _is_of_settings(lab: Lab, failure: Failure, during: str) -> None:
    right = failure.is_a("ConfigurationError")
    lab.holds(right, f"{during}: it ended with {shown(failure)}, no ConfigurationError")


def _refuses_plain_text(lab: Lab, errand: Errand) -> None:
    """Assert that an address without TLS, off this machine, is refused: at once, or before it is called."""
    during = f"{errand.collection}, {FAR}"
    before = lab.child.told()
    failure: Failure | None
    try:
        failure = errand.done_at(FAR, IMPATIENT).raised
    except Raised as raised:
        failure = raised.failure
        lab.met(failure)
    told = since(before, lab.child.told())
    there = FAR_HOST in [host for host, _port in told.connects]
    lab.holds(not there, f"{during}: a connection without TLS was tried")
    if failure is None:
        lab.fails(f"{during}: an address without TLS was taken")
    lab.holds(failure.from_sdk, f"{during}: {failure.kind} is no error of the SDK")
    lab.holds(not failure.retryable, f"{during}: {shown(failure)} says that it may pass")


def _telling(value: Any) -> list[str]:
    """Return the texts in a setting that can be recognised wherever they stand."""
    if isinstance(value, str):
        return [value] if len(value) >= TELLING and SERVER not in value else []
    if isinstance(value, Mapping):
        return [text for each in value.values() for text in _telling(each)]
    return [text for each in value for text in _telling(each)] if isinstance(value, list | tuple) else []
