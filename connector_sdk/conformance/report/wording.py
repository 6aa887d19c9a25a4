"""What tiers, assurances, outcomes and groups of rules mean, in words for people."""

from collections.abc import Mapping
from typing import Final

from connector_sdk.conformance.outcome import Status, Tier

TIERS: Final = {
    Tier.NONE: "A rule did not pass whose breach silently loses, corrupts or leaks data.",
    Tier.BRONZE: "No rule is broken whose breach silently loses, corrupts or leaks data.",
    Tier.SILVER: "No rule is broken whose breach silently loses, corrupts or leaks data, or causes an outage "
    "that could be avoided.",
    Tier.GOLD: "No rule of silver is broken, and none about operating it: watching, stopping, diagnosing.",
    Tier.PLATINUM: "No rule of gold is broken, and none about evidence for regulated use and budgets.",
}

OUTCOMES: Final = {
    Status.PASS: "what the rule asserts held, and every fault that it injects was seen to strike",
    Status.FAIL: "what the rule asserts did not hold",
    Status.ERROR: "nobody knows: the examination itself went wrong, which counts as not passed",
    Status.BLOCKED: "a rule that this one builds upon did not pass, which counts as not passed",
    Status.OMIT: "the connector does not declare the capability that the rule is about",
}

GROUPS: Final = {
    "PKG": "Packaging and discovery",
    "CAP": "Honest capabilities",
    "CFG": "Configuration and secrets",
    "AUT": "Authentication",
    "RD": "Reading",
    "PAG": "Pages",
    "INC": "Incremental reading and state",
    "WRT": "Writing",
    "ERR": "Errors",
    "RTY": "Retries",
    "LIM": "Rate limits",
    "TMO": "Timeouts",
    "TRU": "Cut and malformed answers",
    "SCH": "Schemas",
    "OBS": "Being watched",
    "AUD": "Audit",
    "PHI": "Personal data and secrets",
    "CON": "Concurrency and resources",
    "PRF": "Performance",
    "DOC": "Documentation",
}

KINDS: Final = {
    "documentation": "written down from the vendor's documentation",
    "sandbox": "recorded from a sandbox of the vendor's system",
    "simulator": "recorded from the connector's own simulator",
}

UNSAID: Final = (
    "It is about this one file: another version, or another build, needs a report of its own.",
    "It is about behaviour towards recorded answers: the vendor's live system was not asked, and may differ.",
    "It says nothing about what the rules of this edition do not ask.",
    "A connector is no compliant system: the report is evidence for those who validate one.",
)


def group_of(rule: str) -> str:
    """Return the heading of the group that a rule belongs to."""
    prefix = rule.partition("-")[0]
    return GROUPS.get(prefix, prefix)


def said_counts(counts: Mapping[Status, int]) -> str:
    """Say how many rules ended in which way."""
    return ", ".join(f"{counts[status]} {status.value}" for status in Status if counts.get(status))


def said_kinds(kinds: tuple[str, ...]) -> str:
    """Say where exchanges come from."""
    return "; ".join(KINDS.get(kind, kind) for kind in kinds)
