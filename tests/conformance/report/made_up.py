"""A made-up report of every kind of outcome."""

from dataclasses import replace
from datetime import UTC, datetime

from connector_sdk.conformance.catalogue import Rule
from connector_sdk.conformance.certificate import BookFacts, Report, Subject
from connector_sdk.conformance.outcome import Result, Status, Tier

RULES = {
    "PKG-01": (Tier.BRONZE, Result(Status.PASS, "", 0.01, ("installed without an index",))),
    "PAG-01": (Tier.BRONZE, Result(Status.PASS, "", 0.41, ("samples: 3 pages, 7 records",))),
    "PAG-04": (Tier.SILVER, Result(Status.FAIL, "samples: the read went round 12 times", 1.234)),
    "INC-01": (Tier.SILVER, Result(Status.BLOCKED, "PAG-04 did not pass")),
    "RTY-03": (Tier.SILVER, Result(Status.ERROR, "the connector's process failed: it did not answer", 20.0)),
    "WRT-01": (Tier.BRONZE, Result(Status.OMIT, "the manifest does not declare `write`")),
}


def report(**changes: object) -> Report:
    """Return the report, with changes."""
    made = Report(
        subject=Subject(
            "acme_lims-1.4.0-py3-none-any.whl",
            f"sha256:{'ab' * 32}",
            "acme-lims",
            "1.4.0",
            f"sha256:{'cd' * 32}",
        ),
        connector="acme",
        edition="2026.1",
        catalogue=f"sha256:{'01' * 32}",
        suite=f"sha256:{'02' * 32}",
        seed=4242,
        started=datetime(2026, 11, 22, 9, 0, tzinfo=UTC),
        seconds=21.7,
        capabilities=frozenset({"read", "paging", "next", "wheel"}),
        book=BookFacts(
            f"sha256:{'03' * 32}",
            ("documentation", "sandbox"),
            ("https://developer.acme.example/api",),
            "2026-10-01",
            "2026-01",
        ),
        environment={"python": "3.11.7", "platform": "linux-x86_64", "connector-sdk": "0.1.0"},
        results={name: result for name, (_, result) in RULES.items()},
        tiers={name: tier for name, (tier, _) in RULES.items()},
        highest=Tier.SILVER,
        caps=(),
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # whatever fields a test names


def rules() -> dict[str, Rule]:
    """Return the rules that the report is about."""
    return {
        name: Rule(
            name,
            tier,
            "",
            (),
            False,
            False,
            f"What {name} asserts holds, whatever the system answers.",
            f"A connector that breaks {name} loses <records> & nobody notices before the auditors do.",
            lambda _lab: None,
        )
        for name, (tier, _) in RULES.items()
    }
