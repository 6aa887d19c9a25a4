"""What `verify-evidence` tells of a verdict."""

from collections import Counter
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from connector_sdk.cli.answer import Answer, Document, describe
from connector_sdk.conformance.catalogue import WHEEL
from connector_sdk.conformance.evidence.verify import Verdict
from connector_sdk.conformance.outcome import Status
from connector_sdk.conformance.provenance import limits
from connector_sdk.errors import ComplianceError

if TYPE_CHECKING:
    from connector_sdk.cli.screen import Screen

SILENT: Final = (
    "It was run against simulated HTTP that answers as its book says, not against the vendor's live system.",
    "It is about this wheel and no other file.",
    "A signature tells who answers for the results. That they are true, only a replay tells.",
)
"""What evidence cannot say."""


def answer(wheel: Path, evidence: Path, verdict: Verdict, now: datetime) -> Answer:
    """Return the answer to a verdict: 77 where there is any reason against the evidence."""
    document: Document = {
        "wheel": wheel.name,
        "evidence": str(evidence),
        "verdict": "refused" if verdict.reasons else "accepted",
        "tier": verdict.tier.value,
        "assurance": verdict.assurance.value,
        "signed_by": [{"owner": key.owner, "key_id": key.key_id} for key in verdict.signers],
        "unknown_keys": list(verdict.strangers),
        "replayed": verdict.replayed,
        **({} if verdict.reasons else _covers(verdict, now)),
        "cannot_say": list(SILENT),
        "reasons": [{"kind": each.kind, "message": each.message} for each in verdict.reasons],
    }
    if not verdict.reasons:
        return Answer(document, lambda screen: _show(screen, document, verdict))
    more = len(verdict.reasons) - 1
    error = ComplianceError(
        verdict.reasons[0].message + (f" (and {more} more)" if more else ""),
        code="evidence-refused",
        hint=_UNKNOWN if _only_unknown(verdict) else _UNSOUND,
        location=str(evidence),
    )
    document["error"] = describe(error)
    return Answer(document, lambda screen: _show_refused(screen, document), error.exit_code, error)


def _only_unknown(verdict: Verdict) -> bool:
    """Tell whether nothing speaks against the evidence but that nobody here knows its key."""
    kinds = {each.kind for each in verdict.reasons}
    return bool(verdict.strangers) and not verdict.signers and kinds == {"trust"}


def _covers(verdict: Verdict, now: datetime) -> dict[str, Any]:
    """Return what accepted evidence is about."""
    report = verdict.report
    if report is None:
        return {}
    counted = Counter(result.status.value for result in report.results.values())
    book = report.book
    return {
        "connector": report.connector,
        "distribution": report.subject.distribution,
        "version": report.subject.version,
        "edition": report.edition,
        "capabilities": sorted(report.capabilities - {WHEEL}),
        "rules": {status.value: counted[status.value] for status in Status},
        "tested": report.started,
        "seed": report.seed,
        "environment": dict(report.environment),
        "book": {
            "kinds": list(book.kinds),
            "sources": list(book.sources),
            "recorded": book.recorded,
            "age_days": (now.date() - date.fromisoformat(book.recorded)).days,
            "api_version": book.api_version,
        },
        "limits": list(limits(book, now)[1]),
    }


def _show(screen: "Screen", document: Document, verdict: Verdict) -> None:
    rules, book = document["rules"], document["book"]
    told = [f"{rules['pass']} passed", f"{rules['omit']} do not concern it"]
    told += [f"{rules[each]} {word}" for each, word in _WORSE.items() if rules[each]]
    age = "today" if book["age_days"] <= 0 else f"{book['age_days']} days ago"
    api = f", vendor's API {book['api_version']}" if book["api_version"] else ""
    screen.facts(
        [
            ("wheel", document["wheel"]),
            ("verdict", document["verdict"]),
            ("tier", document["tier"]),
            ("assurance", f"{document['assurance']}: {verdict.assurance.meaning}"),
            ("signed by", ", ".join(f"{key.owner} ({key.key_id[:12]})" for key in verdict.signers)),
            ("unknown keys", ", ".join(key_id[:12] for key_id in verdict.strangers)),
            ("connector", f"{document['connector']} of {document['distribution']} {document['version']}"),
            ("declares", ", ".join(document["capabilities"])),
            ("rules", f"edition {document['edition']}: {', '.join(told)}"),
            ("run", f"{document['tested']:%Y-%m-%d %H:%M}Z, seed {document['seed']}"),
            ("book", f"{', '.join(book['kinds'])}; recorded {book['recorded']}, {age}{api}"),
            ("sources", ", ".join(book["sources"])),
        ]
    )
    screen.line()
    for sentence in document["limits"]:
        screen.line(f"{sentence[:1].upper()}{sentence[1:]}.", "warn")
    for sentence in SILENT:
        screen.line(sentence, "quiet")


def _show_refused(screen: "Screen", document: Document) -> None:
    screen.facts(
        [
            ("wheel", document["wheel"]),
            ("verdict", document["verdict"]),
            ("unknown keys", ", ".join(document["unknown_keys"])),
        ]
    )
    screen.line()
    screen.table(("about", "reason"), [(each["kind"], each["message"]) for each in document["reasons"]])
    screen.line()
    error = document["error"]
    screen.facts([("next", error["hint"]), ("more", f"connector-sdk explain {error['code']}")])


_UNSOUND: Final = "do not rely on it; ask who certified the wheel for evidence that holds"
_UNKNOWN: Final = (
    "have the vendor confirm that the unknown key is theirs, by a way that you trust; then enter it in your "
    "list of trusted keys (`connector-sdk explain trust-list-unusable` shows how) and verify again"
)
_WORSE: Final = {"fail": "failed", "error": "ended in an error", "blocked": "could not be tried"}
