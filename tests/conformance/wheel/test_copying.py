"""What is copied into another environment is a package's own, and nothing that runs by itself."""

from importlib.metadata import PathDistribution
from pathlib import Path

from connector_sdk.conformance.wheel.code import code_files
from connector_sdk.conformance.wheel.copying import copy_distribution

INFO = "tool-1.0.dist-info"
FILES = (
    "tool/__init__.py",
    "tool/data.pth",
    "tool.pth",
    "../bin/tool",
    f"{INFO}/METADATA",
    f"{INFO}/direct_url.json",
)


def _installed(site: Path) -> PathDistribution:
    for name in FILES:
        path = site / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("Name: tool\nVersion: 1.0\n" if name.endswith("METADATA") else "{}")
    compiled = site / "tool" / "__pycache__" / "__init__.cpython-311.pyc"
    compiled.parent.mkdir()
    compiled.write_bytes(b"")
    (site / INFO / "RECORD").write_text("".join(f"{name},,\n" for name in FILES))
    return PathDistribution(site / INFO)


def test_only_the_package_and_its_metadata_are_copied(tmp_path: Path) -> None:
    found = _installed(tmp_path / "old" / "site")
    new = tmp_path / "new" / "site"
    new.mkdir(parents=True)
    copy_distribution(found, new)
    copied = {
        path.relative_to(tmp_path / "new").as_posix() for path in new.parent.rglob("*") if path.is_file()
    }
    copied = {name for name in copied if "__pycache__" not in name}
    assert copied == {"site/tool/__init__.py", f"site/{INFO}/METADATA"}


def test_compiled_files_are_no_part_of_the_code(tmp_path: Path) -> None:
    found = _installed(tmp_path / "site")
    assert [path for path, _file in code_files(found)] == ["tool/__init__.py", "tool/data.pth"]
