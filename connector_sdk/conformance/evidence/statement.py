"""A report as an in-toto Statement (v1) about a wheel, of predicate type test-result v0.1.

Readers of in-toto ignore what they do not know. That is safe here: `error` and `blocked` stand among the
failed tests and `omit` among the warned ones, so whoever ignores `x-conformance` sees no laxer picture
(https://github.com/in-toto/attestation, spec/v1, "Parsing rules", the monotonic principle).
"""

from typing import Any, Final

from connector_sdk.clock import timestamp
from connector_sdk.conformance.certificate import Report
from connector_sdk.conformance.outcome import Result, Status
from connector_sdk.digest import canonical, digest

STATEMENT_TYPE: Final = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE: Final = "https://in-toto.io/attestation/test-result/v0.1"
EXTENSION: Final = "x-conformance"

_LISTS: Final = {
    "passedTests": {Status.PASS},
    "warnedTests": {Status.OMIT},
    "failedTests": {Status.FAIL, Status.ERROR, Status.BLOCKED},
}


def payload(report: Report) -> bytes:
    """Return the bytes that are signed: the statement in its canonical form."""
    return canonical(statement(report))


def statement(report: Report) -> dict[str, Any]:
    """Return the statement; raises ValueError for a report that is not about a wheel."""
    if not report.subject.sha256:
        raise ValueError("evidence is about a wheel")
    lists = {
        name: sorted(rule for rule, result in report.results.items() if result.status in statuses)
        for name, statuses in _LISTS.items()
    }
    word = "FAILED" if lists["failedTests"] else "WARNED" if lists["warnedTests"] else "PASSED"
    return {
        "_type": STATEMENT_TYPE,
        "subject": [{"name": report.subject.name, "digest": {"sha256": _hexadecimal(report.subject.sha256)}}],
        "predicateType": PREDICATE_TYPE,
        "predicate": {
            "result": word,
            "configuration": _configuration(report),
            **lists,
            EXTENSION: {
                "format": 1,
                "tier": report.tier.value,
                "highest": report.highest.value,
                "caps": list(report.caps),
                "seed": report.seed,
                "started": timestamp(report.started),
                "results": {
                    rule: _outcome(result, report.tiers[rule].value)
                    for rule, result in report.results.items()
                },
            },
        },
    }


def _configuration(report: Report) -> list[dict[str, Any]]:
    """Return what the results depend on, in one order, each named by its digest."""
    subject, book = report.subject, report.book
    return [
        _named("connector-sdk-conformance", report.suite, {"edition": report.edition}),
        _named("rule-catalogue", report.catalogue),
        _named(
            "exchange-book",
            book.digest,
            {
                "kinds": list(book.kinds),
                "sources": list(book.sources),
                "recorded": book.recorded,
                "apiVersion": book.api_version,
            },
        ),
        _described("capabilities", {"declared": sorted(report.capabilities)}),
        _described("environment", dict(report.environment)),
        _named(
            "subject-code",
            subject.code,
            {
                "distribution": subject.distribution,
                "version": subject.version,
                "connector": report.connector,
            },
        ),
    ]


def _named(name: str, its: str, annotations: dict[str, Any] | None = None) -> dict[str, Any]:
    described: dict[str, Any] = {"name": name, "digest": {"sha256": _hexadecimal(its)}}
    return {**described, "annotations": annotations} if annotations else described


def _described(name: str, annotations: dict[str, Any]) -> dict[str, Any]:
    """Return a resource that is nothing but its annotations: in-toto demands a digest of every one."""
    return {**_named(name, digest(annotations)), "annotations": annotations}


def _outcome(result: Result, tier: str) -> dict[str, str]:
    outcome = {"status": result.status.value, "tier": tier}
    return {**outcome, "reason": result.reason} if result.reason else outcome


def _hexadecimal(text: str) -> str:
    return text.removeprefix("sha256:")
