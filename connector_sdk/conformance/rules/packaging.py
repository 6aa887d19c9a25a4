"""PKG: a wheel brings one connector and nothing else, and does nothing until it is used."""

from pathlib import PurePath

from connector_sdk.conformance.catalogue import WHEEL, rule
from connector_sdk.conformance.lab import Lab
from connector_sdk.conformance.outcome import Tier

_SHOWN = 5
"""Findings that are told; the rest is counted."""


@rule("PKG-01", Tier.BRONZE, gate=WHEEL, requires=("PKG-03",))
def installs_alone(lab: Lab) -> None:
    """The wheel installs where nothing but its own requirements is, and they fit together.

    What it forgets to require is there on its author's machine and missing on everybody else's: the connector
    then fails at a customer's, on the first day or after an unrelated package was removed.
    """
    problems = lab.examination.problems
    lab.holds(not problems, _told(problems))
    lab.facts.append("installed without an index into a fresh environment; `pip check` found nothing")


@rule("PKG-02", Tier.BRONZE, gate=WHEEL, requires=("PKG-01",))
def does_nothing_when_imported(lab: Lab) -> None:
    """It brings exactly one connector, and importing it connects to nothing, writes and starts nothing.

    Whoever lists what is installed imports every connector: one that then calls its system, writes files or
    starts threads acts without being asked, and without anything that guards a call.
    """
    wheel = lab.examination.wheel
    names = wheel.connectors if wheel else ()
    lab.holds(len(names) == 1, f"it brings {len(names)} connectors instead of one")
    lab.child.describe(lab.connector)
    told = lab.child.told()
    written = [path for path in told.opened_files if "__pycache__" not in PurePath(path).parts]
    for seen, what in (
        (told.connects, "a connection was opened"),
        (told.lookups, "a host's name was looked up"),
        (written, "a file was opened for writing"),
        (told.processes, "a process was started"),
        (told.threads, "a thread was started"),
    ):
        lab.holds(not seen, f"when it was imported, {what}")
    lab.facts.append(f"one entry point, {names[0]!r}; importing it did nothing else")


@rule("PKG-03", Tier.BRONZE, gate=WHEEL)
def brings_only_itself(lab: Lab) -> None:
    """The wheel holds its own package and nothing else, exactly as its list of files says.

    Files beside the package can run whenever Python starts, change what other packages do, or stand in for
    the SDK and its checks. A wheel that holds any is never installed, so that nothing of it is run.
    """
    wheel = lab.examination.wheel
    problems = wheel.problems if wheel else ()
    lab.holds(not problems, _told(problems))
    lab.facts.append(f"{len(wheel.files) if wheel else 0} files, each as RECORD states it")


def _told(problems: tuple[str, ...]) -> str:
    more = f" (and {len(problems) - _SHOWN} more)" if len(problems) > _SHOWN else ""
    return "; ".join(problems[:_SHOWN]) + more
