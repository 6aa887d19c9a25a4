"""A wheel is read strictly: what is not exactly itself is never installed."""

import hashlib
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from connector_sdk.conformance.wheel import archive
from connector_sdk.conformance.wheel.inspection import inspect
from connector_sdk.errors import ConfigurationError
from tests.conformance.wheel.building import INFO, METADATA, POINTS, Files, build

Change = Callable[[Files], None]


def _adding(name: str, data: bytes = b"x = 1\n") -> Change:
    return lambda files: files.update({name: data})


def _metadata(old: str, new: str) -> Change:
    assert old in METADATA
    return lambda files: files.update({f"{INFO}/METADATA": METADATA.replace(old, new).encode()})


def _points(text: str) -> Change:
    return lambda files: files.update({f"{INFO}/entry_points.txt": text.encode()})


def _record(old: bytes, new: bytes) -> Change:
    def change(files: Files) -> None:
        assert old in files[f"{INFO}/RECORD"]
        files[f"{INFO}/RECORD"] = files[f"{INFO}/RECORD"].replace(old, new)

    return change


def test_a_sound_wheel_has_facts_and_no_problem(tmp_path: Path) -> None:
    path = build(tmp_path)
    facts = inspect(path)
    assert facts.problems == ()
    assert (facts.name, facts.version, facts.connectors) == ("acme", "1.0", ("acme",))
    assert facts.requires == ("connector-sdk>=0.1,<0.2",)
    assert facts.sha256 == f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"
    assert facts.files["acme/py.typed"] == hashlib.sha256(b"").hexdigest()
    assert len(facts.files) == 6


def test_a_connector_of_one_module_and_its_hooks_and_commands_are_sound(tmp_path: Path) -> None:
    def change(files: Files) -> None:
        files["acme.py"] = files.pop("acme/__init__.py")
        del files["acme/py.typed"]
        files[f"{INFO}/licenses/LICENSE"] = b"text"
        files[f"{INFO}/entry_points.txt"] = (
            f"{POINTS}[connector_sdk_hooks]\nacme = acme\n[console_scripts]\nacme-tool = acme:main\n".encode()
        )

    assert inspect(build(tmp_path, change)).problems == ()


def test_the_code_digest_is_of_the_packages_files_alone(tmp_path: Path) -> None:
    plain = inspect(build(tmp_path / "1")).code
    described = inspect(
        build(tmp_path / "2", _metadata("Requires-Python", "Summary: other\nRequires-Python"))
    )
    assert described.code == plain
    assert inspect(build(tmp_path / "3", _adding("acme/more.py"))).code != plain


FOREIGN = {
    "a file that Python runs at every start": (
        _adding("acme.pth", b"import os\n"),
        "run whenever Python starts",
    ),
    "the same inside the package": (_adding("acme/x.pth"), "run whenever Python starts"),
    "a conftest for all": (_adding("conftest.py"), "conftest.py lies outside the package"),
    "sitecustomize": (_adding("sitecustomize.py"), "lies outside the package"),
    "tests of its own at the top": (_adding("tests/test_acme.py"), "lies outside the package"),
    "another package": (_adding("httpx/__init__.py"), "lies outside the package"),
    "a data file at the top": (_adding("acme.txt"), "lies outside the package"),
    "a file below a flat module's name": (_adding("acme.dist/x.py"), "lies outside the package"),
    "the SDK": (_adding("connector_sdk/evil.py"), "stands in for the SDK"),
    "the SDK in its own package": (_adding("acme/vendor/connector_sdk/__init__.py"), "a copy of it"),
    "the SDK as a module": (_adding("connector_sdk.py"), "stands in for the SDK"),
    "scripts past the package": (_adding("acme-1.0.data/scripts/python"), "lies outside the package"),
    "packages past the package": (_adding("acme-1.0.data/purelib/x.pth"), "run whenever Python starts"),
    "compiled code": (_adding("acme/__pycache__/__init__.cpython-311.pyc"), "compiled code"),
    "compiled code beside its source": (_adding("acme/x.pyc"), "compiled code"),
    "a mark that it is edited elsewhere": (
        _adding(f"{INFO}/direct_url.json", b"{}"),
        "for installers to write",
    ),
}


@pytest.mark.parametrize(("change", "said"), FOREIGN.values(), ids=FOREIGN)
def test_what_is_not_its_own_is_found(tmp_path: Path, change: Change, said: str) -> None:
    problems = inspect(build(tmp_path, change)).problems
    assert len(problems) == 1
    assert said in problems[0]


METADATA_FAULTS = {
    "no bounds": (_metadata(">=0.1,<0.2", ""), "lower and an upper bound"),
    "no upper bound": (_metadata(">=0.1,<0.2", ">=0.1"), "lower and an upper bound"),
    "no lower bound": (_metadata(">=0.1,<0.2", "<0.2"), "lower and an upper bound"),
    "not required": (_metadata("connector-sdk>=0.1,<0.2", "httpx>=0.2,<1"), "lower and an upper bound"),
    "required now and then": (
        _metadata(">=0.1,<0.2", '>=0.1,<0.2; python_version < "3.0"'),
        "lower and an upper bound",
    ),
    "from an address": (
        _metadata("Requires-Python", "Requires-Dist: x @ file:///x.whl\nRequires-Python"),
        "requires x from an address",
    ),
    "unreadable": (_metadata("Requires-Python", "Requires-Dist: !!\nRequires-Python"), "cannot be read"),
    "another name": (_metadata("Name: acme", "Name: other"), "states the name 'other'"),
    "another version": (_metadata("Version: 1.0\nReq", "Version: 2.0\nReq"), "states the version '2.0'"),
    "no name": (_metadata("Name: acme\n", ""), "states no name"),
    "a plugin of pytest": (_points(f"{POINTS}[pytest11]\nx = acme\n"), "in the group pytest11"),
    "a command that is Python": (
        _points(f"{POINTS}[console_scripts]\npython3 = acme:m\n"),
        "command 'python3'",
    ),
    "a command elsewhere": (_points(f"{POINTS}[console_scripts]\n../x = acme:m\n"), "command '../x'"),
    "a command that is ours": (
        _points(f"{POINTS}[console_scripts]\nconnector-sdk = acme:m\n"),
        "connector-sdk",
    ),
    "into the standard library": (_points("[connector_sdk]\nacme = os.path\n"), "Python's own module os"),
    "no module": (_points("[connector_sdk]\nacme = :x\n"), "names no module"),
    "no sections": (_points("acme = acme\n"), "entry_points.txt cannot be read"),
    "twice": (_points("[connector_sdk]\nacme = acme\nacme = acme.x\n"), "entry_points.txt cannot be read"),
}


@pytest.mark.parametrize(("change", "said"), METADATA_FAULTS.values(), ids=METADATA_FAULTS)
def test_metadata_that_no_connector_may_have_is_found(tmp_path: Path, change: Change, said: str) -> None:
    assert any(said in problem for problem in inspect(build(tmp_path, change)).problems)


@pytest.mark.parametrize("bounds", ["==0.1.0", "~=0.1", ">0,<=1", ">=0.1,<0.2,!=0.1.5"])
def test_bounds_may_be_written_in_any_way(tmp_path: Path, bounds: str) -> None:
    assert inspect(build(tmp_path, _metadata(">=0.1,<0.2", bounds))).problems == ()


RECORD_FAULTS = {
    "other content": (
        lambda files: files.update({"acme/__init__.py": b"import os\n"}),
        "not the file whose digest",
    ),
    "a file that is not listed": (_adding("acme/late.py"), "acme/late.py is not listed"),
    "a file that is not there": (lambda files: files.pop("acme/py.typed"), "which is not there"),
    "no digest": (_record(b"acme/py.typed,sha256=", b"acme/py.typed,"), "states no SHA-256 of acme/py.typed"),
    "a weak digest": (_record(b"acme/py.typed,sha256=", b"acme/py.typed,md5="), "states no SHA-256"),
    "another size": (_record(b"FU,0\n", b"FU,1\n"), "does not have the size"),
    "a line too short": (_record(f"{INFO}/RECORD,,".encode(), f"{INFO}/RECORD".encode()), "3 columns"),
    "a line twice": (
        _record(f"{INFO}/RECORD,,".encode(), f"{INFO}/RECORD,,\n{INFO}/RECORD,,".encode()),
        "twice",
    ),
    "no list": (lambda files: files.pop(f"{INFO}/RECORD"), "RECORD is missing"),
    "no text": (lambda files: files.update({f"{INFO}/RECORD": b"\xff"}), "no CSV in UTF-8"),
}


@pytest.mark.parametrize(("after", "said"), RECORD_FAULTS.values(), ids=RECORD_FAULTS)
def test_a_list_of_files_that_is_not_exact_is_found(tmp_path: Path, after: Change, said: str) -> None:
    assert any(said in problem for problem in inspect(build(tmp_path, after=after)).problems)


@pytest.mark.parametrize(
    "name", ["/etc/x", "../x", "acme/../../x", "acme\\x", "C:x", "acme/./x", "a\nb", "acme//x", "x "]
)
def test_a_name_that_leads_elsewhere_is_found(tmp_path: Path, name: str) -> None:
    problems = inspect(build(tmp_path, after=_adding(name))).problems
    assert any("no plain relative path" in problem for problem in problems)


@pytest.mark.parametrize(
    ("name", "said"), [("acme/py.typed", "is there twice"), ("ACME/py.typed", "collide")]
)
def test_a_name_that_is_there_twice_is_found(tmp_path: Path, name: str, said: str) -> None:
    path = build(tmp_path)
    with zipfile.ZipFile(path, "a") as archived, pytest.MonkeyPatch.context() as patch:
        patch.setattr(archived, "NameToInfo", {})
        archived.writestr(zipfile.ZipInfo(name), b"other")
    assert any(said in problem for problem in inspect(path).problems)


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFCHR, stat.S_IFDIR])
def test_links_devices_and_what_only_claims_to_be_a_folder_are_found(tmp_path: Path, kind: int) -> None:
    path = build(tmp_path)
    member = zipfile.ZipInfo("acme/odd")
    member.external_attr = (kind | 0o777) << 16
    with zipfile.ZipFile(path, "a") as archived:
        archived.writestr(member, b"/etc/passwd")
    assert any("neither a file nor a folder" in problem for problem in inspect(path).problems)


def test_what_is_too_large_is_not_even_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = build(tmp_path)
    monkeypatch.setattr(archive, "LARGEST", 100)
    facts = inspect(path)
    assert "come to more than" in facts.problems[0]
    assert facts.files == {}
    monkeypatch.setattr(archive, "MOST", 3)
    assert "6 files, at most 3" in inspect(path).problems[0]


def test_a_damaged_file_is_found(tmp_path: Path) -> None:
    path = build(tmp_path)
    data = path.read_bytes()
    path.write_bytes(data.replace(b"class Acme", b"class Evil"))
    assert inspect(path).problems[0] == "acme/__init__.py cannot be read out of the archive"


@pytest.mark.parametrize("folder", ["other-1.0.dist-info", "acme-1.0.dist-info/../x.dist-info"])
def test_several_metadata_folders_are_found(tmp_path: Path, folder: str) -> None:
    assert inspect(build(tmp_path, _adding(f"{folder}/METADATA"))).problems


def test_no_metadata_folder_is_found(tmp_path: Path) -> None:
    def change(files: Files) -> None:
        for name in [name for name in files if name.startswith(INFO)]:
            del files[name]

    facts = inspect(build(tmp_path, after=change))
    assert facts.problems == ("it has 0 metadata folders (.dist-info) instead of one",)
    assert facts.code.startswith("sha256:")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("acme-2.0-py3-none-any.whl", "states the version '1.0', the file name another"),
        ("other-1.0-py3-none-any.whl", "states the name 'acme', the file name another"),
        ("acme.whl", "no wheel's file name"),
    ],
)
def test_a_file_name_that_says_something_else_is_found(tmp_path: Path, name: str, said: str) -> None:
    assert any(said in problem for problem in inspect(build(tmp_path, name=name)).problems)


def test_what_is_no_archive_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.whl"
    with pytest.raises(ConfigurationError) as missing:
        inspect(path)
    path.write_bytes(b"not a wheel")
    with pytest.raises(ConfigurationError) as other:
        inspect(path)
    assert (missing.value.code, other.value.code) == ("wheel-unreadable", "wheel-unreadable")
    assert other.value.location == str(path)
