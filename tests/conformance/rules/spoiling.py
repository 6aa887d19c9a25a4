"""One rule, held against a good connector that was made wrong on purpose."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from connector_sdk.conformance.outcome import Status
from tests.conformance.examining import examined, source_of


@dataclass(frozen=True, slots=True)
class Spoiled:
    """`base` with `old` replaced by `new`, and `code` run at the end of its module.

    `saw` is in the reason that the rule must give.
    """

    rule: str
    base: str
    words: str
    saw: str
    old: str = ""
    new: str = ""
    code: str = ""

    def __str__(self) -> str:
        return f"{self.rule} {self.words}"

    @property
    def source(self) -> str:
        """The module's source."""
        text = source_of(self.base)
        assert not self.old or text.count(self.old) == 1
        return (text.replace(self.old, self.new) if self.old else text) + self.code


def assert_found(folder: Path, spoiled: Spoiled) -> None:
    """Assert that the rule fails, for the reason that it is about."""
    report = examined(folder, spoiled.base, spoiled.source, only=[spoiled.rule])
    result = report.results[spoiled.rule]
    assert (result.status, spoiled.saw in result.reason) == (Status.FAIL, True), result


def assert_kept(folder: Path, base: str, rules: Sequence[str]) -> None:
    """Assert that a good connector keeps the rules that count for it."""
    report = examined(folder, base, only=rules)
    broken = {rule: report.results[rule] for rule in rules if not report.results[rule].stands}
    assert not broken
    assert any(report.results[rule].status is Status.PASS for rule in rules)
