"""A connector that breaks its process never passes, and whatever it does stays in that process."""

import unittest
from functools import partialmethod
from pathlib import Path

import pytest

from connector_sdk.conformance import catalogue, comparing
from connector_sdk.conformance.certificate import Report, Subject
from connector_sdk.conformance.hosting import Hosts
from connector_sdk.conformance.lab import Lab
from connector_sdk.conformance.outcome import Status, Tier
from connector_sdk.conformance.runner import Request, examine
from tests.conformance.examining import CONNECTORS, SEED, examined, source_of
from tests.conformance.mutants.table import MUTANTS
from tests.conformance.sites import interpreter

WRITING = ("CAP-01", "RD-01", "WRT-01", "WRT-03")
"""What a failure while notes are written concerns, and what it does not."""
BEFORE_A_NOTE = "        for payload in batch.payloads:\n            try:\n"

FAILURES = {
    "ends its process": "__import__('os')._exit(0)",
    "ends its process with a code": "__import__('os')._exit(3)",
    "reads where no memory is": "__import__('ctypes').string_at(0)",
    "aborts": "__import__('os').abort()",
    "hangs": "__import__('threading').Event().wait()",
    "hangs without letting others run": "any(iter(int, 1))",
    "asks for the end": "raise SystemExit(0)",
    "asks for the end as a user does": "raise KeyboardInterrupt",
    "writes to every descriptor": "EVERYWHERE(b'garbage\\n')",
    "writes an answer to every descriptor": "EVERYWHERE(b'{\"value\":[]}\\n')",
    "closes every descriptor": "__import__('os').closerange(0, 256)",
    "leaves no memory for itself": "LEAVE_NO_MEMORY()",
}
HELPERS = """
import os


def EVERYWHERE(data):
    for descriptor in range(3, 256):
        try:
            os.write(descriptor, data)
        except OSError:
            pass


def LEAVE_NO_MEMORY():
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (1 << 20, 1 << 20))
    bytearray(1 << 30)
"""


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for a process a few seconds only."""
    monkeypatch.setattr(Hosts, "child", partialmethod(Hosts.child, deadline=4.0))


@pytest.mark.slow
@pytest.mark.parametrize("act", FAILURES.values(), ids=FAILURES)
def test_what_fails_while_it_writes_does_not_pass_and_other_rules_go_on(tmp_path: Path, act: str) -> None:
    source = source_of("safety")
    assert source.count(BEFORE_A_NOTE) == 1
    source = source.replace(BEFORE_A_NOTE, BEFORE_A_NOTE.replace("try:", f"{act}\n            try:"))
    report = examined(tmp_path / "environment", "safety", source + HELPERS, only=WRITING)
    statuses = {rule: report.results[rule].status for rule in WRITING}
    assert statuses["WRT-01"] in {Status.ERROR, Status.FAIL}
    assert statuses["WRT-03"] is Status.BLOCKED
    assert (statuses["CAP-01"], statuses["RD-01"]) == (Status.PASS, Status.PASS)
    assert report.tier is Tier.NONE


@pytest.mark.slow
@pytest.mark.parametrize(
    "act",
    [
        "__import__('os')._exit(0)",
        "__import__('ctypes').string_at(0)",
        "__import__('threading').Event().wait()",
        "raise SystemExit(0)",
        "raise RuntimeError('not today')",
        "this is no Python",
        "EVERYWHERE(b'{\"value\":{}}\\n')",
    ],
)
def test_what_fails_when_it_is_imported_passes_nothing(tmp_path: Path, act: str) -> None:
    source = f"{source_of('lims')}\n{HELPERS}\n{act}\n"
    report = examined(tmp_path / "environment", "lims", source, only=("CAP-01", "RD-01", "WRT-01"))
    assert report.results["CAP-01"].status in {Status.ERROR, Status.FAIL}
    assert _passed(report) == set()
    assert report.tier is Tier.NONE


@pytest.mark.slow
def test_noise_changes_nothing(tmp_path: Path) -> None:
    noise = (
        "print('{}' * 100_000, flush=True)\nimport sys\nprint(b'\\xff' * 99, file=sys.stderr, flush=True)\n"
    )
    source = f"{source_of('lims')}\n{noise}"
    report = examined(tmp_path / "environment", "lims", source, only=("CAP-01", "RD-01", "RTY-02"))
    assert _passed(report) >= {"CAP-01", "RD-01", "RTY-02"}


PATCHING = """
import builtins, sys, unittest
from connector_sdk.conformance import catalogue, comparing, lab, outcome, runner, watching

for module in (comparing, lab):
    module.agree = module.compared = lambda *_: True
lab.Lab.holds = lab.Lab.same = lab.Lab.equal = lab.Lab.sends = lambda *_: None
lab.Lab.fails = runner.judged = runner.examine = lambda *_: None
outcome.Status.FAIL._value_ = "pass"
catalogue.Broken = type("Never", (BaseException,), {})
watching.watch = lambda *_: None
unittest.TestCase.assertEqual = lambda *_: None
builtins.all = builtins.any = lambda *_: True
sys.modules["connector_sdk.conformance.rules.reading"] = None
"""


@pytest.mark.slow
def test_patching_the_oracle_changes_nothing(tmp_path: Path) -> None:
    """The oracle is in another process: whatever the connector makes of its own copy, nobody asks that."""
    before = (catalogue.Broken, comparing.agree, Lab.holds, unittest.TestCase.assertEqual, str(Status.FAIL))
    mutant = MUTANTS["RD-01"]
    report = examined(tmp_path / "environment", mutant.base, f"{mutant.source}\n{PATCHING}", only=("RD-01",))
    assert report.results["RD-01"].status in {Status.FAIL, Status.ERROR}
    assert (
        catalogue.Broken,
        comparing.agree,
        Lab.holds,
        unittest.TestCase.assertEqual,
        str(Status.FAIL),
    ) == before


@pytest.mark.slow
def test_patching_what_runs_it_does_not_make_it_pass(tmp_path: Path) -> None:
    """What it does to the host makes it another connector, and that one is examined."""
    mutant = MUTANTS["RD-01"]
    patch = """
from connector_sdk.conformance.host import reading, serving

serving.begun = lambda *_: iter(())
"""
    report = examined(tmp_path / "environment", mutant.base, f"{mutant.source}\n{patch}", only=("RD-01",))
    assert report.results["RD-01"].status in {Status.FAIL, Status.ERROR}


@pytest.mark.slow
def test_what_pytest_and_python_would_read_has_no_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither the folder it is run from nor environment variables reach what examines and is examined."""
    mutant = MUTANTS["RD-01"]
    python = interpreter(tmp_path / "environment", {mutant.base: mutant.source})
    subject, book = Subject(mutant.base, "", "", "", ""), CONNECTORS / mutant.base / "book"
    mark, elsewhere = tmp_path / "it ran", tmp_path / "project"
    elsewhere.mkdir()
    acting = f"open({str(mark)!r}, 'w').close()\n"
    for name in ("sitecustomize.py", "usercustomize.py", "conftest.py", "evil.py", "msgspec.py", "httpx.py"):
        (elsewhere / name).write_text(acting)
    (elsewhere / "pytest.ini").write_text("[pytest]\naddopts = -p evil --co\n")
    monkeypatch.chdir(elsewhere)
    for name in ("PYTHONPATH", "PYTHONSTARTUP", "PYTEST_PLUGINS", "PYTHONUSERBASE"):
        monkeypatch.setenv(name, str(elsewhere))
    monkeypatch.setenv("PYTEST_ADDOPTS", "-p evil")
    report = examine(Request(subject, mutant.base, python, book, SEED, only=("RD-01",)))
    assert report.results["RD-01"].status is Status.FAIL
    assert not mark.exists()


def _passed(report: Report) -> set[str]:
    return {rule for rule, result in report.results.items() if result.status is Status.PASS}
