"""One page about one examination, for those who review it: no script, nothing loaded from anywhere."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date
from functools import cache
from html import escape
from importlib.resources import files
from itertools import groupby
from string import Template
from typing import Final

from connector_sdk.conformance.catalogue import WHEEL, Rule
from connector_sdk.conformance.certificate import Report
from connector_sdk.conformance.outcome import Result, Status, Tier
from connector_sdk.conformance.report.signature import Signature
from connector_sdk.conformance.report.wording import (
    OUTCOMES,
    TIERS,
    UNSAID,
    group_of,
    said_counts,
    said_kinds,
)
from connector_sdk.logs import printable

LOCK: Final = "lock"
"""In a report's environment: the digest of all that was installed there."""

_STYLES: Final = {
    Status.PASS: "good",
    Status.FAIL: "bad",
    Status.ERROR: "bad",
    Status.BLOCKED: "warn",
    Status.OMIT: "quiet",
}


def page(report: Report, rules: Mapping[str, Rule], signature: Signature) -> str:
    """Return the page; `rules` are those of the report's edition, `signature` says who signed the results."""
    subject = report.subject
    name = f"{subject.distribution} {subject.version}".strip() or subject.name
    return _template().substitute(
        title=_text(f"{name}: {report.tier.value} (conformance {report.edition})"),
        edition=_text(report.edition),
        heading=_text(name),
        introduction=_introduction(report),
        tier=_text(report.tier.value.upper() if report.tier is not Tier.NONE else "NO TIER"),
        tier_style=_tier_style(report),
        highest=_text(f"of at most {report.highest.value}"),
        meaning=_text(TIERS[report.tier]),
        assurance=_text(f"{signature.assurance}: {signature.assurance.meaning}"),
        counts=_counts(report),
        limits=_limits(report),
        subject=_rows(_subject(report, signature)),
        book=_rows(_book(report)),
        unsaid=_items(UNSAID),
        overview=_overview(report),
        legend="".join(
            f"<li>{_pill(status)} {_text(meaning)}</li>"
            for status, meaning in OUTCOMES.items()
            if any(result.status is status for result in report.results.values())
        ),
        groups="".join(_groups(report, rules)),
        checking=_checking(report, signature),
    )


@cache
def _template() -> Template:
    return Template(files(__package__).joinpath("page.html").read_text(encoding="utf-8"))


def _tier_style(report: Report) -> str:
    if report.tier is Tier.NONE:
        return "bad"
    return "good" if report.tier is report.highest else "warn"


def _introduction(report: Report) -> str:
    what = "the wheel" if report.subject.sha256 else "an installed copy, no wheel, of"
    name, where = _text(report.connector), _text(report.subject.name)
    return f"The connector <code>{name}</code>, in {what} <code>{where}</code>."


def _counts(report: Report) -> str:
    return f"{len(report.results)} rules: {_text(said_counts(report.counts))}"


def _limits(report: Report) -> str:
    """Say what stands between the connector and a higher tier."""
    broken = [
        f'<li>{_pill(result.status)} <a href="#{_text(rule)}">{_text(rule)}</a> ({report.tiers[rule].value}) '
        f"{_text(result.reason)}</li>"
        for rule, result in report.results.items()
        if not result.stands
    ]
    caps = [f"<li>{_text(cap[:1].upper() + cap[1:])}.</li>" for cap in report.caps]
    if not broken and not caps:
        return ""
    return f"<section><h2>What limits it</h2><ul>{''.join(caps + broken)}</ul></section>"


def _subject(report: Report, signature: Signature) -> Iterable[tuple[str, str]]:
    subject = report.subject
    code = "<code>{}</code>".format
    yield ("File" if subject.sha256 else "Installed", code(_text(subject.name)))
    if subject.sha256:
        yield "SHA-256", code(_text(subject.sha256.removeprefix("sha256:")))
    yield "Package", _text(f"{subject.distribution} {subject.version}")
    yield "Digest of its code", code(_text(subject.code))
    yield "Declares", _text(", ".join(sorted(report.capabilities - {WHEEL})) or "nothing")
    yield (
        "Examined",
        _text(f"{report.started.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC, in {report.seconds:.1f} s"),
    )
    versions = {name: value for name, value in report.environment.items() if name != LOCK}
    yield "With", _text(", ".join(f"{name} {value}" for name, value in versions.items()))
    if LOCK in report.environment:
        yield "Digest of what was there", code(_text(report.environment[LOCK]))
    yield "Seed", code(str(report.seed))
    yield "Rules", f"edition {_text(report.edition)}, {code(_text(report.catalogue))}"
    yield "Suite", code(_text(report.suite))
    if signature.key:
        yield "Signed by the key", code(_text(signature.key))


def _book(report: Report) -> Iterable[tuple[str, str]]:
    book = report.book
    age = (report.started.date() - date.fromisoformat(book.recorded)).days
    yield "Origin", _text(said_kinds(book.kinds))
    yield "Sources", "<br>".join(f"<code>{_text(source)}</code>" for source in book.sources) or "none stated"
    when = f"{age} days before the examination" if age > 0 else "on the day of the examination"
    yield "Recorded", _text(f"{book.recorded}, {when}")
    yield "Vendor's API version", _text(book.api_version or "not stated")
    yield "Digest", f"<code>{_text(book.digest)}</code>"


def _overview(report: Report) -> str:
    used = [status for status in Status if any(each.status is status for each in report.results.values())]
    head = "".join(f'<th class="number">{status.value}</th>' for status in used)
    lines = [f"<tr><th>Tier</th>{head}</tr>"]
    for tier in list(Tier)[1:]:
        found = [result.status for rule, result in report.results.items() if report.tiers[rule] is tier]
        if found:
            cells = "".join(f'<td class="number">{found.count(status) or "–"}</td>' for status in used)
            lines.append(f"<tr><td>{tier.value}</td>{cells}</tr>")
    return "".join(lines)


def _groups(report: Report, rules: Mapping[str, Rule]) -> Iterable[str]:
    ordered = sorted(report.results.items(), key=lambda item: item[0])
    for group, members in groupby(ordered, key=lambda item: group_of(item[0])):
        blocks = "".join(_rule(report, rules.get(rule), rule, result) for rule, result in members)
        yield f'<h3>{_text(group)}</h3><div class="card">{blocks}</div>'


def _rule(report: Report, rule: Rule | None, name: str, result: Result) -> str:
    title = rule.title if rule else "This rule is not of the edition at hand."
    why = f'<p class="why">{_text(rule.why)}</p>' if rule else ""
    seen = f'<p class="seen">Seen: {_text(result.reason)}</p>' if result.reason else ""
    facts = f"<ul>{_items(result.facts)}</ul>" if result.facts else ""
    took = "not run" if result.status in {Status.OMIT, Status.BLOCKED} else f"{result.seconds:.2f} s"
    side = f"<b>{_text(name)}</b>{report.tiers[name].value}{_pill(result.status)}{took}"
    said = f'<p class="says">{_text(title)}</p>{why}{seen}{facts}'
    return f'<div class="rule" id="{_text(name)}"><div class="side">{side}</div><div>{said}</div></div>'


def _checking(report: Report, signature: Signature) -> str:
    if not signature.evidence:
        return (
            "<p>These results are not signed: they are no evidence. "
            "<code>connector-sdk certify</code> signs those of a wheel.</p>"
        )
    command = f"connector-sdk verify-evidence {report.subject.name} {signature.evidence} --replay"
    return (
        "<p>This page is for reading: only the signed file beside the wheel is evidence. Whoever has both "
        "can verify them without a network, and run the whole examination again with the same seed:</p>"
        f"<pre><code>{_text(command)}</code></pre>"
    )


def _rows(pairs: Iterable[tuple[str, str]]) -> str:
    return "".join(f"<tr><th>{_text(name)}</th><td>{value}</td></tr>" for name, value in pairs)


def _items(texts: Iterable[str]) -> str:
    return "".join(f"<li>{_text(text)}</li>" for text in texts)


def _pill(status: Status) -> str:
    return f'<span class="pill {_STYLES[status]}">{status.value}</span>'


def _text(text: str) -> str:
    return escape(printable(text))
