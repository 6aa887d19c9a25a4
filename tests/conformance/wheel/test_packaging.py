"""The rules about wheels, run as `certify` runs them."""

from dataclasses import replace
from pathlib import Path

import pytest

from connector_sdk.conformance.certificate import Report, Subject
from connector_sdk.conformance.certification import examine_installed, examine_wheel
from connector_sdk.conformance.outcome import Status
from connector_sdk.conformance.runner import Request, examine
from connector_sdk.conformance.wheel.inspection import inspect
from connector_sdk.errors import ConfigurationError
from tests.conformance.examining import CONNECTORS, SEED, source_of
from tests.conformance.sites import interpreter
from tests.conformance.wheel.building import INFO, METADATA, build, of_module

BOOK = CONNECTORS / "lims" / "book"
RULES = ("PKG-01", "PKG-02", "PKG-03")


def _statuses(report: Report) -> dict[str, Status]:
    return {rule: report.results[rule].status for rule in RULES}


@pytest.mark.slow
def test_a_sound_wheel_passes_where_nothing_else_is_installed(tmp_path: Path) -> None:
    wheel = build(tmp_path / "di st", of_module("lims", source_of("lims")))
    steps: list[str] = []
    report = examine_wheel(wheel, BOOK, SEED, only=RULES, step=steps.append)
    assert set(_statuses(report).values()) == {Status.PASS}
    assert (report.connector, report.subject.name) == ("lims", wheel.name)
    assert report.subject.sha256 == inspect(wheel).sha256
    assert report.environment["lock"].startswith("sha256:")
    assert steps[0] == "reading the wheel"
    assert steps[-1] == "starting the connector"


def test_nothing_of_a_wheel_with_other_files_is_run(tmp_path: Path) -> None:
    mark = tmp_path / "it ran"
    change = of_module("lims", f"open({str(mark)!r}, 'w').close()\n")
    wheel = build(tmp_path, lambda files: (change(files), files.update({"x.pth": b"import connector_lims"})))
    report = examine_wheel(wheel, BOOK, SEED)
    assert report.results["PKG-03"].status is Status.FAIL
    assert "x.pth would be run whenever Python starts" in report.results["PKG-03"].reason
    others = {result.status for rule, result in report.results.items() if rule != "PKG-03"}
    assert others == {Status.BLOCKED}
    assert not mark.exists()


def test_nothing_of_a_wheel_that_lacks_a_requirement_is_run(tmp_path: Path) -> None:
    change = of_module("lims", source_of("lims"))
    needs = (METADATA + "Requires-Dist: no-such-thing\n").encode()
    wheel = build(tmp_path, lambda files: (change(files), files.update({f"{INFO}/METADATA": needs})))
    report = examine_wheel(wheel, BOOK, SEED)
    assert report.results["PKG-01"].status is Status.FAIL
    assert "no no-such-thing is installed beside the SDK" in report.results["PKG-01"].reason
    passed = [rule for rule, result in report.results.items() if result.status is Status.PASS]
    assert passed == ["PKG-03"]


ACTS = {
    "a connection": (
        "import socket\nsocket.socket().connect_ex(('127.0.0.1', 9))",
        "a connection was opened",
    ),
    "a name": ("import socket\nsocket.getaddrinfo('localhost', 80)", "a host's name was looked up"),
    "a file": ("open('mark', 'w').close()", "a file was opened for writing"),
    "a process": ("import subprocess\nsubprocess.run(['true'])", "a process was started"),
    "a thread": ("import threading\nthreading.Thread(target=int).start()", "a thread was started"),
}


@pytest.mark.slow
@pytest.mark.parametrize(("act", "said"), ACTS.values(), ids=ACTS)
def test_what_acts_when_it_is_imported_is_found(tmp_path: Path, act: str, said: str) -> None:
    source = f"{source_of('lims')}\n{act}\n"
    result = _installed(tmp_path, source, build(tmp_path, of_module("lims", source))).results["PKG-02"]
    assert (result.status, result.reason) == (Status.FAIL, f"when it was imported, {said}")


@pytest.mark.slow
def test_a_wheel_brings_one_connector(tmp_path: Path) -> None:
    change = of_module("lims", source_of("lims"))
    points = b"[connector_sdk]\nlims = connector_lims\nother = connector_lims\n"
    wheel = build(tmp_path, lambda files: (change(files), files.update({f"{INFO}/entry_points.txt": points})))
    result = _installed(tmp_path, source_of("lims"), wheel).results["PKG-02"]
    assert (result.status, result.reason) == (Status.FAIL, "it brings 2 connectors instead of one")


def _installed(folder: Path, source: str, wheel: Path) -> Report:
    facts = inspect(wheel)
    assert facts.problems == ()
    subject = Subject(wheel.name, facts.sha256, facts.name, facts.version, facts.code)
    python = interpreter(folder / "site", {"lims": source})
    return examine(Request(subject, "lims", python, BOOK, SEED, facts, ("PKG-02",)))


def test_a_wheel_of_another_connector_than_the_books_is_refused(tmp_path: Path) -> None:
    wheel = build(tmp_path, of_module("other", source_of("lims")))
    steps: list[str] = []
    with pytest.raises(ConfigurationError) as refused:
        examine_wheel(wheel, BOOK, SEED, step=steps.append)
    assert refused.value.code == "book-other-connector"
    assert steps == ["reading the wheel"], "before anything is installed"


def test_a_rule_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    wheel = build(tmp_path, of_module("lims", source_of("lims")))
    steps: list[str] = []
    with pytest.raises(ConfigurationError) as refused:
        examine_wheel(wheel, BOOK, SEED, only=("PKG-99",), step=steps.append)
    assert refused.value.code == "unknown-rule"
    assert steps == ["reading the wheel"]


def test_a_wheel_without_a_connector_is_told_under_the_name_of_the_book(tmp_path: Path) -> None:
    change = of_module("lims", "")
    wheel = build(tmp_path, lambda files: (change(files), files.pop(f"{INFO}/entry_points.txt")))
    report = examine_wheel(wheel, BOOK, SEED)
    assert report.connector == "lims"
    assert report.results["PKG-03"].status is Status.FAIL


@pytest.mark.slow
def test_an_installed_connector_is_examined_without_the_rules_about_wheels(tmp_path: Path) -> None:
    book = tmp_path / "book"
    book.mkdir()
    for file in BOOK.iterdir():
        (book / file.name).write_bytes(file.read_bytes().replace(b"connector: lims", b"connector: rest"))
    report = examine_installed("rest", book, SEED, only=("CAP-01", *RULES))
    assert set(_statuses(report).values()) == {Status.OMIT}
    assert report.results["CAP-01"].status is Status.PASS
    subject = replace(report.subject, code="")
    assert subject == Subject("connector-rest", "", "connector-rest", "0.1.0", "")
