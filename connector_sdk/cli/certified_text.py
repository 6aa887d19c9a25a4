"""What an examination found, told on a screen."""

from typing import TYPE_CHECKING, Final

from connector_sdk.conformance.catalogue import rules
from connector_sdk.conformance.certificate import Report
from connector_sdk.conformance.outcome import Status, Tier
from connector_sdk.conformance.report.signature import Signature
from connector_sdk.conformance.report.wording import TIERS, said_counts

if TYPE_CHECKING:
    from connector_sdk.cli.certified import Files
    from connector_sdk.cli.screen import Screen


def show_report(
    screen: "Screen", report: Report, signature: Signature, files: "Files | None", only: tuple[str, ...]
) -> None:
    """Tell what was found, what limits it, where it is written, and what to do next."""
    subject, assurance = report.subject, signature.assurance
    tier = (
        "not told: only some rules were asked for" if only else f"{report.tier} (of at most {report.highest})"
    )
    screen.facts(
        [
            ("connector", report.connector),
            (
                "examined",
                subject.name if subject.sha256 else f"{subject.name} {subject.version}, as installed",
            ),
            ("tier", tier),
            ("assurance", f"{assurance} ({assurance.meaning})"),
            ("rules", _counted(report)),
            ("edition", report.edition),
            ("seed", report.seed),
            ("seconds", f"{report.seconds:.1f}"),
        ]
    )
    if not only:
        screen.line()
        screen.line(TIERS[report.tier], "good" if report.tier is not Tier.NONE else "bad")
    for cap in report.caps:
        screen.line(f"Limit: {cap}.", "warn")
    for objection in signature.objections:
        screen.line(f"The evidence is not believed here: {objection}.", "bad")
    _show_rules(screen, report, only)
    if files is not None:
        screen.line()
        screen.facts(
            [
                ("page", files.page),
                ("archive", files.archive),
                ("evidence", files.evidence if signature.evidence else None),
            ]
        )
    screen.line()
    for line in _next(report, signature, files, only):
        screen.line(line, "quiet")


def _show_rules(screen: "Screen", report: Report, only: tuple[str, ...]) -> None:
    """Show every rule, or those asked for: what went wrong first, what held last."""
    for status, heading in _HEADINGS.items():
        rows = [
            (rule, report.tiers[rule].value, status.value, result.reason or _asserted(rule))
            for rule, result in report.results.items()
            if result.status is status and (not only or rule in only)
        ]
        if rows:
            screen.line()
            screen.line(f"{heading} ({len(rows)})", "strong")
            screen.table(("id", "tier", "status", "reason"), rows, state="status")


_HEADINGS: Final = {
    Status.FAIL: "Broken",
    Status.ERROR: "Not known",
    Status.BLOCKED: "Not tried, because of these",
    Status.OMIT: "Not concerned",
    Status.PASS: "Held",
}


def _asserted(rule: str) -> str:
    return rules()[rule].title


def _counted(report: Report) -> str:
    return f"{len(report.results)}: {said_counts(report.counts)}"


def _next(report: Report, signature: Signature, files: "Files | None", only: tuple[str, ...]) -> list[str]:
    broken = [rule for rule, result in report.results.items() if result.status in {Status.FAIL, Status.ERROR}]
    lines = []
    if broken and not only:
        lines.append(
            f"Next: put {broken[0]} right; `connector-sdk certify {report.connector} --book DIR --rule "
            f"{broken[0]} --seed {report.seed}` runs it alone, on what is installed."
        )
    if signature.evidence and files is not None:
        if report.tier is Tier.NONE:
            return lines
        lines.append(
            f"Hand on the wheel with its evidence: connector-sdk verify-evidence WHEEL {files.evidence.name}"
        )
    elif not report.subject.sha256:
        lines.append(
            "An installed connector was examined where it is: this is no evidence. Certify its wheel."
        )
    else:
        lines.append("Nothing was signed: this is no evidence.")
    return lines
