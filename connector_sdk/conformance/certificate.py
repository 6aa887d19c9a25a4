"""What one run of the suite found: the report that evidence, pages and verdicts are made of."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from connector_sdk.conformance.outcome import Result, Status, Tier, tier_of


@dataclass(frozen=True, slots=True)
class Subject:
    """What was examined: a wheel by its file name and SHA-256, else (`sha256` empty) what is installed.

    `code` is the digest of the package's files, by which an installed copy is known again.
    """

    name: str
    sha256: str
    distribution: str
    version: str
    code: str


@dataclass(frozen=True, slots=True)
class BookFacts:
    """Where the book comes from. `kinds` are those of its exchanges: documentation, sandbox, simulator."""

    digest: str
    kinds: tuple[str, ...]
    sources: tuple[str, ...]
    recorded: str
    api_version: str


@dataclass(frozen=True, slots=True)
class Report:
    """One run of the suite over one connector.

    `results` are by rule id and hold every rule of the edition; `tiers` are the rules' own tiers, `highest`
    the highest tier that the edition and the book can tell, and `caps` says in words what limits it.
    """

    subject: Subject
    connector: str
    edition: str
    catalogue: str
    suite: str
    seed: int
    started: datetime
    seconds: float
    capabilities: frozenset[str]
    book: BookFacts
    environment: Mapping[str, str]
    results: Mapping[str, Result]
    tiers: Mapping[str, Tier]
    highest: Tier
    caps: tuple[str, ...] = field(default=())

    @property
    def tier(self) -> Tier:
        """The tier reached."""
        statuses = {rule: result.status for rule, result in self.results.items()}
        return tier_of(statuses, self.tiers, self.highest)

    @property
    def counts(self) -> Counter[Status]:
        """How many rules ended in each way."""
        return Counter(result.status for result in self.results.values())

    @property
    def document(self) -> dict[str, Any]:
        """The report as JSON, rule by rule."""
        return {
            "subject": {
                "name": self.subject.name,
                "sha256": self.subject.sha256,
                "distribution": self.subject.distribution,
                "version": self.subject.version,
                "code": self.subject.code,
            },
            "connector": self.connector,
            "tier": self.tier.value,
            "highest": self.highest.value,
            "caps": list(self.caps),
            "edition": self.edition,
            "catalogue": self.catalogue,
            "suite": self.suite,
            "seed": self.seed,
            "started": self.started.isoformat(),
            "seconds": round(self.seconds, 3),
            "capabilities": sorted(self.capabilities),
            "book": {
                "digest": self.book.digest,
                "kinds": list(self.book.kinds),
                "sources": list(self.book.sources),
                "recorded": self.book.recorded,
                "api_version": self.book.api_version,
            },
            "environment": dict(self.environment),
            "rules": [
                {
                    "id": rule,
                    "tier": self.tiers[rule].value,
                    "status": result.status.value,
                    "reason": result.reason,
                    "facts": list(result.facts),
                    "seconds": round(result.seconds, 3),
                }
                for rule, result in self.results.items()
            ],
        }
