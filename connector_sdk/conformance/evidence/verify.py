"""Verify evidence without a network: who signed it, what it is about, and what it really comes to.

A tier is never taken from what is claimed: it is worked out from the result of every rule and the catalogue
that this version of the SDK has.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import PurePath

from packaging.utils import canonicalize_name

from connector_sdk.conformance.certificate import Report, Subject
from connector_sdk.conformance.evidence.assurance import COUNTERSIGNER, Assurance
from connector_sdk.conformance.evidence.checks import (
    edition_of,
    recomputed,
    unsound_book,
    unsound_results,
    unsound_summary,
    unsound_time,
)
from connector_sdk.conformance.evidence.claim import read_claim
from connector_sdk.conformance.evidence.doubt import Doubt, Refused
from connector_sdk.conformance.evidence.editions import Edition, known_editions
from connector_sdk.conformance.evidence.envelope import Sealed, unseal
from connector_sdk.conformance.evidence.keys import public_key
from connector_sdk.conformance.evidence.trust import TrustedKey, TrustList
from connector_sdk.conformance.outcome import Tier
from connector_sdk.conformance.wheel.facts import WheelFacts
from connector_sdk.documents.wording import quote


@dataclass(frozen=True, slots=True)
class Verdict:
    """What verification found.

    `report` is what the evidence says with the tier that it really comes to, None where it cannot be read.
    `strangers` are ids of keys that signed and that nobody here knows. Any reason means: refused, no tier.
    """

    report: Report | None
    signers: tuple[TrustedKey, ...] = ()
    strangers: tuple[str, ...] = ()
    reasons: tuple[Doubt, ...] = ()
    replayed: bool = False

    @property
    def tier(self) -> Tier:
        """The tier that is proven."""
        return Tier.NONE if self.report is None or self.reasons else self.report.tier

    @property
    def assurance(self) -> Assurance:
        """Who vouches for it."""
        if self.reasons or not self.signers:
            return Assurance.UNSIGNED
        owners = [key.owner for key in self.signers]
        if COUNTERSIGNER in owners and len(set(owners)) > 1:
            return Assurance.COUNTERSIGNED
        return Assurance.REPLAYED if self.replayed else Assurance.SIGNED

    def refused(self, *reasons: Doubt) -> "Verdict":
        """Return the verdict with more reasons against it."""
        return replace(self, reasons=(*self.reasons, *reasons))

    def demanding(self, tier: Tier, assurance: Assurance) -> "Verdict":
        """Return the verdict, refused where it is otherwise good but less than demanded."""
        if self.reasons:
            return self
        reasons = []
        if self.tier.rank < tier.rank:
            reasons.append(Doubt("demand", f"its tier is {self.tier}, demanded is {tier}"))
        if self.assurance < assurance:
            found = f"{self.assurance} ({self.assurance.meaning})"
            kind = "demand" if self.signers else "trust"
            reasons.append(Doubt(kind, f"its assurance is {found}, demanded is {assurance}"))
        return self.refused(*reasons)


def verify(
    evidence: bytes,
    subject: Subject,
    trust: TrustList,
    now: datetime,
    editions: Mapping[str, Edition] | None = None,
) -> Verdict:
    """Return what evidence says about this subject, with every reason not to believe it.

    The subject is what is there, never what is claimed: a wheel by its bytes, or (`sha256` empty) what is
    installed, which is then compared by its code alone.
    """
    try:
        sealed = unseal(evidence)
        claim = read_claim(sealed.payload)
    except Refused as refused:
        return Verdict(None, reasons=(refused.doubt,))
    report = claim.report
    signers, strangers, reasons = _signatures(sealed, trust, report)
    reasons += _mismatches(report.subject, subject)
    reasons += unsound_time(report, now)
    reasons += unsound_book(report.book, now)
    edition = edition_of(report, known_editions() if editions is None else editions)
    if isinstance(edition, Doubt):
        return Verdict(report, signers, strangers, (*reasons, edition))
    reasons += unsound_results(report, edition)
    if not any(reason.kind == "book" for reason in reasons):
        report = recomputed(claim, edition)
        reasons += unsound_summary(claim, report)
    return Verdict(report, signers, strangers, tuple(reasons))


def verify_wheel(
    evidence: bytes,
    wheel: WheelFacts,
    trust: TrustList,
    now: datetime,
    editions: Mapping[str, Edition] | None = None,
) -> Verdict:
    """Return what evidence says about a wheel, as `verify`; a wheel that must not be installed is refused."""
    subject = Subject(wheel.path.name, wheel.sha256, wheel.name, wheel.version, wheel.code)
    verdict = verify(evidence, subject, trust, now, editions)
    reasons = [Doubt("wheel", problem) for problem in wheel.problems]
    if verdict.report is not None and not wheel.problems and verdict.report.connector not in wheel.connectors:
        reasons.append(Doubt("wheel", f"it brings no connector {quote(verdict.report.connector)}"))
    return verdict.refused(*reasons)


def _signatures(
    sealed: Sealed, trust: TrustList, report: Report
) -> tuple[tuple[TrustedKey, ...], tuple[str, ...], list[Doubt]]:
    """Return who signed it that is known here, who is not, and what is wrong with the known ones."""
    signers: list[TrustedKey] = []
    strangers: list[str] = []
    reasons: list[Doubt] = []
    for key_id in sealed.signatures:
        known = trust.keys.get(key_id)
        if known is None:
            strangers.append(key_id)
        elif not sealed.signed_by(public_key(known.public)):
            who = f"the key {key_id[:12]} of {quote(known.owner)}"
            reasons.append(Doubt("signature", f"the signature does not fit the statement: not made by {who}"))
        elif objection := known.objection(report.subject.distribution, report.started):
            reasons.append(objection)
        else:
            signers.append(known)
    return tuple(signers), tuple(strangers), reasons


def _mismatches(claimed: Subject, found: Subject) -> Iterator[Doubt]:
    """Yield where what is claimed to have been examined is not what is there."""
    if found.sha256:
        if claimed.name != found.name or PurePath(claimed.name).name != claimed.name:
            yield Doubt("wheel", f"it is about {quote(claimed.name)}, not {quote(found.name)}")
        if claimed.sha256.removeprefix("sha256:") != found.sha256.removeprefix("sha256:"):
            yield Doubt("wheel", "it is about another file: the SHA-256 differs")
    if canonicalize_name(claimed.distribution) != canonicalize_name(found.distribution):
        there = quote(found.distribution)
        yield Doubt("wheel", f"it is about the project {quote(claimed.distribution)}, not {there}")
    if claimed.version != found.version:
        yield Doubt("wheel", f"it is about version {quote(claimed.version)}, not {quote(found.version)}")
    if claimed.code != found.code:
        yield Doubt("wheel", "it is about other code: the digest of the package's files differs")
