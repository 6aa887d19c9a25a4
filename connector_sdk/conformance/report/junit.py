"""The results as JUnit XML, for the viewers of build servers. It proves nothing: no hash, no signature."""

import re
from html import escape
from typing import Final

from connector_sdk.conformance.certificate import Report
from connector_sdk.conformance.outcome import Result, Status
from connector_sdk.conformance.report.wording import group_of
from connector_sdk.logs import printable

_NO_XML: Final = re.compile("[\ufffe\uffff]")
"""What is printable and yet no character of XML 1.0 (section 2.2)."""

# A rule that is blocked did not pass: viewers that show it as skipped would call the build a success.
_ELEMENTS: Final = {
    Status.FAIL: "failure",
    Status.ERROR: "error",
    Status.BLOCKED: "error",
    Status.OMIT: "skipped",
}


def junit(report: Report) -> str:
    """Return one test suite with one case for each rule."""
    ended = report.counts
    counts = {
        "tests": len(report.results),
        "failures": ended[Status.FAIL],
        "errors": ended[Status.ERROR] + ended[Status.BLOCKED],
        "skipped": ended[Status.OMIT],
        "time": f"{report.seconds:.3f}",
        "timestamp": report.started.isoformat(timespec="seconds"),
    }
    head = "".join(f" {name}={_quoted(str(value))}" for name, value in counts.items())
    cases = "".join(_case(report, rule, result) for rule, result in report.results.items())
    name = _quoted(f"conformance {report.edition} of {report.connector}")
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n<testsuite name={name}{head}>\n'
        f"{cases}</testsuite>\n</testsuites>\n"
    )


def _case(report: Report, rule: str, result: Result) -> str:
    head = (
        f"<testcase classname={_quoted(f'{report.tiers[rule].value}: {group_of(rule)}')} "
        f'name={_quoted(rule)} time="{result.seconds:.3f}"'
    )
    element = _ELEMENTS.get(result.status)
    if element is None:
        return f"{head}/>\n"
    text = _text("; ".join(result.facts))
    said = f"<{element} message={_quoted(f'{result.status.value}: {result.reason}')}>{text}</{element}>"
    return f"{head}>{said}</testcase>\n"


def _quoted(text: str) -> str:
    return f'"{_text(text)}"'


def _text(text: str) -> str:
    return escape(_NO_XML.sub("\ufffd", printable(text)))
