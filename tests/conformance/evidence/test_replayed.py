"""A replay runs what was signed, with the book that was signed, and nothing that was refused before."""

import stat
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from connector_sdk.conformance.certificate import Report
from connector_sdk.conformance.evidence import archive
from connector_sdk.conformance.evidence.archive import archive_beside, unpack_book
from connector_sdk.conformance.evidence.assurance import Assurance
from connector_sdk.conformance.evidence.doubt import Doubt, Refused
from connector_sdk.conformance.evidence.replayed import Replay, replayed
from connector_sdk.conformance.evidence.verify import Verdict, verify_wheel
from connector_sdk.conformance.outcome import Status, Tier
from connector_sdk.errors import ConfigurationError
from tests.conformance.evidence.samples import BOOK, EDITIONS, NOW, Case, with_status


@pytest.fixture
def evidence(case: Case) -> Path:
    """Return where evidence would lie, with the archive of its book beside it."""
    path = case.wheel.path.with_name("acme.intoto.jsonl")
    with zipfile.ZipFile(archive_beside(path, case.wheel.path.name), "w") as opened:
        opened.writestr("report.json", "{}")
        opened.writestr("book/book.yaml", "book: 1\n")
        opened.writestr("book/answers/one.json", "[]")
    return path


def digest_of(folder: Path) -> str:
    """Know the book that the evidence was made with."""
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    return BOOK if files == {"book.yaml", "answers/one.json"} else "sha256:" + "0" * 64


def finding(report: Report, asked: list[int] | None = None) -> Replay:
    """Return a suite that finds this."""

    def replay(wheel: Path, book: Path, seed: int) -> Report:
        assert wheel.exists()
        assert (book / "book.yaml").exists()
        if asked is not None:
            asked.append(seed)
        return report

    return replay


def look(case: Case) -> Verdict:
    return verify_wheel(case.evidence, case.wheel, case.trust, NOW, EDITIONS)


def test_the_same_again_is_a_higher_assurance(case: Case, evidence: Path) -> None:
    asked: list[int] = []
    again = replace(case.report, seconds=1.0, started=NOW)
    verdict = replayed(look(case), case.wheel.path, evidence, None, finding(again, asked), digest_of)
    assert (verdict.reasons, verdict.tier, verdict.assurance) == ((), Tier.SILVER, Assurance.REPLAYED)
    assert asked == [4242]


def test_a_replay_says_nothing_about_who_signed(case: Case, evidence: Path) -> None:
    stranger = replace(look(case), signers=())
    verdict = replayed(stranger, case.wheel.path, evidence, None, finding(case.report), digest_of)
    assert (verdict.replayed, verdict.assurance) == (True, Assurance.UNSIGNED)


OTHERWISE: dict[str, tuple[Callable[[Report], Report], str]] = {
    "a rule": (
        lambda each: with_status(each, RTY_02=Status.FAIL),
        "RTY-02: the evidence says pass, here it is fail",
    ),
    "a better rule": (lambda each: with_status(each, WRT_01=Status.PASS), "WRT-01: the evidence says omit"),
    "a rule less": (
        lambda each: replace(each, results={name: each.results[name] for name in list(each.results)[1:]}),
        "PKG-01: the evidence says pass, here it is not there",
    ),
    "a capability": (lambda each: replace(each, capabilities=each.capabilities | {"next"}), "capabilities"),
    "the catalogue": (lambda each: replace(each, catalogue="sha256:" + "0" * 64), "the catalogue"),
    "the code": (lambda each: replace(each, subject=replace(each.subject, code="x")), "package's files"),
    "the wheel": (lambda each: replace(each, subject=replace(each.subject, sha256="x")), "SHA-256"),
    "the book": (lambda each: replace(each, book=replace(each.book, digest="x")), "the book's digest"),
    "its origin": (
        lambda each: replace(each, book=replace(each.book, kinds=("simulator",))),
        "book's origin",
    ),
}


@pytest.mark.parametrize("what", OTHERWISE)
def test_what_is_otherwise_here_is_refused(case: Case, evidence: Path, what: str) -> None:
    change, words = OTHERWISE[what]
    verdict = replayed(look(case), case.wheel.path, evidence, None, finding(change(case.report)), digest_of)
    assert (verdict.tier, verdict.assurance) == (Tier.NONE, Assurance.UNSIGNED)
    assert [each.kind for each in verdict.reasons] == ["replay"]
    assert words in verdict.reasons[0].message


def _never(wheel: Path, book: Path, seed: int) -> Report:
    raise AssertionError("it was run")


def test_nothing_is_run_of_what_is_refused_already(case: Case, evidence: Path) -> None:
    before = look(case).refused(Doubt("wheel", "it is another"))
    assert replayed(before, case.wheel.path, evidence, None, _never, digest_of) is before


def test_another_book_is_refused_before_anything_is_run(case: Case, evidence: Path, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    verdict = replayed(look(case), case.wheel.path, evidence, tmp_path / "other", _never, digest_of)
    assert [each.message for each in verdict.reasons] == [
        "the book is not the one that the evidence was made with"
    ]


def test_a_book_that_is_given_needs_no_archive(case: Case, evidence: Path, tmp_path: Path) -> None:
    book = unpack_book(archive_beside(evidence, case.wheel.path.name), tmp_path / "unpacked")
    archive_beside(evidence, case.wheel.path.name).unlink()
    verdict = replayed(look(case), case.wheel.path, evidence, book, finding(case.report), digest_of)
    assert verdict.assurance is Assurance.REPLAYED


def test_without_a_book_the_refusal_says_where_it_was_looked_for(case: Case, evidence: Path) -> None:
    archive_beside(evidence, case.wheel.path.name).unlink()
    verdict = replayed(look(case), case.wheel.path, evidence, None, _never, digest_of)
    (reason,) = verdict.reasons
    assert "'acme_lims-1.4.0-conformance.zip' is not beside the evidence" in reason.message


def test_a_replay_that_cannot_be_done_is_a_refusal(case: Case, evidence: Path) -> None:
    def failing(wheel: Path, book: Path, seed: int) -> Report:
        raise ConfigurationError("no interpreter", code="x")

    verdict = replayed(look(case), case.wheel.path, evidence, None, failing, digest_of)
    assert [each.message for each in verdict.reasons] == ["it could not be replayed: no interpreter"]


def _member(name: str, mode: int = stat.S_IFREG | 0o644) -> zipfile.ZipInfo:
    member = zipfile.ZipInfo(name)
    member.external_attr = mode << 16
    return member


@pytest.mark.parametrize(
    "member",
    [
        _member("/etc/book.yaml"),
        _member("book/../../book.yaml"),
        _member("book//book.yaml"),
        _member("book/./book.yaml"),
        _member("book\\..\\x"),
        _member("c:/book.yaml"),
        _member("book/\x07"),
        _member("book/link", stat.S_IFLNK | 0o777),
        _member("book/pipe", stat.S_IFIFO | 0o644),
        _member("book/BOOK.yaml"),
    ],
    ids=lambda member: repr(member.filename),
)
def test_an_archive_with_an_odd_file_is_not_unpacked(tmp_path: Path, member: zipfile.ZipInfo) -> None:
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as opened:
        opened.writestr("book/book.yaml", "book: 1\n")
        opened.writestr(member, "target")
    target = tmp_path / "target"
    with pytest.raises(Refused, match=r"no plain file|twice"):
        unpack_book(path, target)
    assert not target.exists()


def _zip(path: Path, **files: str) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, text in files.items():
            opened.writestr(name.replace("__", "/"), text)
    return path


def test_an_archive_without_a_book_or_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="has no book"):
        unpack_book(_zip(tmp_path / "a.zip", other="x"), tmp_path / "a")
    (tmp_path / "b.zip").write_bytes(b"PK\x03\x04 garbage")
    with pytest.raises(Refused, match="no sound ZIP archive"):
        unpack_book(tmp_path / "b.zip", tmp_path / "b")
    with pytest.raises(Refused, match="cannot be read"):
        unpack_book(tmp_path / "missing.zip", tmp_path / "c")


def test_a_damaged_file_in_an_archive_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as opened:
        opened.writestr("book/book.yaml", "book: one\n")
    path.write_bytes(path.read_bytes().replace(b"book: one", b"book: two"))
    with pytest.raises(Refused, match="no sound ZIP archive"):
        unpack_book(path, tmp_path / "a")


def test_an_archive_is_unpacked_up_to_a_size_whatever_its_headers_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = _zip(tmp_path / "a.zip", book__a="x" * 600, book__b="x" * 600)
    monkeypatch.setattr(archive, "MAX_BYTES", 1000)
    with pytest.raises(Refused, match="larger than"):
        unpack_book(path, tmp_path / "a")
    monkeypatch.setattr(archive, "MAX_BYTES", 1200)
    assert unpack_book(path, tmp_path / "b").is_dir()
    monkeypatch.setattr(archive, "MAX_FILES", 1)
    with pytest.raises(Refused, match="more than 1 files"):
        unpack_book(path, tmp_path / "c")
    monkeypatch.setattr(archive, "MAX_ARCHIVE", 10)
    with pytest.raises(Refused, match="larger than 10 bytes"):
        unpack_book(path, tmp_path / "d")
