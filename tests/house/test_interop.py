"""What `make interop` installs is pinned by hash and names no place, as the other lock is."""

import json
import re

from tests.house.tree import ROOT

LOCK = (ROOT / "requirements-interop.lock").read_text(encoding="utf-8")
NPM = json.loads((ROOT / "tests/interop/package-lock.json").read_text(encoding="utf-8"))


def test_every_python_distribution_is_pinned_with_hashes_and_from_anywhere() -> None:
    entries = re.split(r"^(?=[A-Za-z0-9])", LOCK, flags=re.MULTILINE)[1:]
    assert len(entries) > 10
    for entry in entries:
        assert re.match(r"[A-Za-z0-9._-]+==\S+", entry), entry
        assert re.search(r"--hash=sha256:[0-9a-f]{64}\b", entry), entry
    assert not re.search(r"://|@ |^-|file:|/", LOCK, re.MULTILINE)


def test_every_npm_package_is_pinned_with_its_hash_and_from_anywhere() -> None:
    packages = {name: each for name, each in NPM["packages"].items() if name}
    assert packages
    for name, each in packages.items():
        assert each["integrity"].startswith("sha512-"), name
        assert "resolved" not in each, f"{name} names a registry"


def test_continuous_integration_runs_it() -> None:
    assert (ROOT / ".ci/run").read_text(encoding="utf-8").splitlines()[-4:] == [
        "make check",
        "make test",
        "make interop",
        "make torture",
    ]
