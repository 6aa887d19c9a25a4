"""The tutorial works as it stands on its page, in the time that it says, in an environment of its own."""

import socket
import sysconfig
import venv
from pathlib import Path

import pytest

from tests.house.tree import page, section
from tests.house.walk import Typed, Walk

PAGE = page("tutorial.md")
PORT = "8765"
LONGEST = 120
"""Seconds from `new` to a run of the suite that passes, installation included."""

OFFLINE = {"PIP_NO_INDEX": "1", "PIP_NO_BUILD_ISOLATION": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
"""How pip is told to use what is installed; the 0 turns isolation off, as pip's own documentation has it."""

PROGRAM = "#!{python}\nimport sys\nfrom connector_sdk.__main__ import main\nsys.exit(main())\n"


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """Return the commands of an environment that has what is installed here, and takes more."""
    place = tmp_path / "venv"
    venv.create(place, symlinks=True)
    own = Path(sysconfig.get_path("purelib", "venv", vars={"base": str(place), "platbase": str(place)}))
    shared = dict.fromkeys([sysconfig.get_path("purelib"), sysconfig.get_path("platlib")])
    lines = [f"import site; site.addsitedir({path!r})\n" for path in shared]
    (own / "shared.pth").write_text("".join(lines), encoding="utf-8")
    program = place / "bin" / "connector-sdk"
    program.write_text(PROGRAM.format(python=place / "bin" / "python"), encoding="utf-8")
    program.chmod(0o755)
    return program.parent


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_every_command_of_the_page_does_what_it_shows(tmp_path: Path, programs: Path) -> None:
    work = tmp_path / "work"
    work.mkdir()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    environment = {
        "PATH": f"{programs}:/usr/bin:/bin",
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "XDG_DATA_HOME": str(tmp_path / "data"),
        **OFFLINE,
    }
    with Walk(PAGE.replace(PORT, port), work, environment) as walk:
        for typed in walk.go():
            failing = "1 failed" in "\n".join(typed.shown)
            assert (typed.code != 0) == failing, f"$ {typed.command}\n{typed.output}"
            assert not typed.missing(), f"$ {typed.command}\nlacks: {typed.missing()}\n{typed.output}"
    tested = next(typed for typed in walk.typed if typed.command == "make test")
    assert tested.ended <= LONGEST, f"{tested.ended:.0f} seconds from `new` to tests that pass"


def test_the_page_leads_from_new_to_verify_evidence() -> None:
    headings = [line.removeprefix("## ") for line in PAGE.splitlines() if line.startswith("## ")]
    assert headings[0] == "Make it"
    assert "connector-sdk new" in section(PAGE, "Make it")
    assert "connector-sdk certify dist/*.whl --book conformance/" in section(PAGE, "Certify it")
    assert "connector-sdk verify-evidence" in section(PAGE, "Hand it on")


@pytest.mark.parametrize(
    ("shown", "missing"),
    [
        (("… files in acme",), ""),
        (("19  files in acme", "done …"), ""),
        (("done …", "19 files in acme"), "19 files in acme"),
        (("files in acme",), "files in acme"),
    ],
)
def test_what_is_shown_has_to_come_in_its_order(shown: tuple[str, ...], missing: str) -> None:
    assert Typed("", shown, "19 files in acme\n\ndone in 3 s\n", 0, 0.0).missing() == missing
