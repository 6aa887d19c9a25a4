"""A package's own files are known by one digest, in a wheel and installed, also for editing."""

from importlib.metadata import distribution
from pathlib import Path

import pytest

from connector_sdk.conformance.wheel import code
from connector_sdk.conformance.wheel.code import installed_code, is_code
from connector_sdk.errors import ConfigurationError
from tests.conformance.wheel.building import INFO, build
from tests.conformance.wheel.test_inspection import inspect


class _Installed:
    """A distribution as an installer left it in a folder."""

    name, version = "acme", "1.0"
    entry_points = ()

    def __init__(self, files: list[Path] | None, origin: str | None = None) -> None:
        self.files = files
        self.origin = origin

    def read_text(self, name: str) -> str | None:
        return self.origin if name == "direct_url.json" else None

    def locate_file(self, path: object) -> Path:
        return Path("nowhere") / str(path)


@pytest.mark.parametrize(
    ("path", "own"),
    [
        ("acme/__init__.py", True),
        ("acme.py", True),
        ("acme/data/x.pth", True),
        ("acme/__pycache__/x.pyc", False),
        (f"{INFO}/METADATA", False),
        ("acme.pth", False),
        ("../../bin/acme", False),
        ("/etc/acme", False),
    ],
)
def test_only_the_packages_own_files_count(path: str, own: bool) -> None:
    assert is_code(path) is own


def test_an_editable_package_has_the_digest_of_its_wheel(tmp_path: Path) -> None:
    package = next(
        file.parent
        for _path, file in code.code_files(distribution("connector-rest"))
        if file.name == "__init__.py"
    )

    def change(files: dict[str, bytes]) -> None:
        del files["acme/__init__.py"], files["acme/py.typed"]
        for file in package.rglob("*"):
            if file.is_file() and "__pycache__" not in file.parts:
                files[f"connector_rest/{file.relative_to(package).as_posix()}"] = file.read_bytes()

    assert inspect(build(tmp_path, change)).code == installed_code("connector-rest")


def test_a_package_that_is_not_there_is_refused() -> None:
    with pytest.raises(ConfigurationError) as refused:
        installed_code("no-such-thing")
    assert refused.value.code == "distribution-unknown"


@pytest.mark.parametrize("origin", [None, '{"dir_info": {"editable": true}}'])
def test_a_package_whose_files_nobody_knows_is_refused(
    monkeypatch: pytest.MonkeyPatch, origin: str | None
) -> None:
    monkeypatch.setattr(code, "distribution", lambda _name: _Installed(None, origin))
    with pytest.raises(ConfigurationError) as refused:
        installed_code("acme")
    assert refused.value.code == "distribution-unlisted"
