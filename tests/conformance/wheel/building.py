"""Build small wheels, sound ones and others, byte by byte."""

import base64
import hashlib
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

INFO = "acme-1.0.dist-info"
METADATA = (
    "Metadata-Version: 2.1\nName: acme\nVersion: 1.0\nRequires-Dist: connector-sdk>=0.1,<0.2\n"
    "Requires-Python: >=3.11\n"
)
POINTS = "[connector_sdk]\nacme = acme\n"
WHEEL = "Wheel-Version: 1.0\nGenerator: by hand\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
CODE = """\
from connector_sdk.connector import Connector
from connector_sdk.config import Config
from connector_sdk.hookspecs import hookimpl


class Acme(Connector[Config]):
    name, vendor, api_versions = "acme", "Acme", ("1",)


@hookimpl
def connector_register(register):
    register(Acme)
"""

Files = dict[str, bytes]


def sound() -> Files:
    """Return the files of a sound wheel, without its RECORD."""
    return {
        "acme/__init__.py": CODE.encode(),
        "acme/py.typed": b"",
        f"{INFO}/METADATA": METADATA.encode(),
        f"{INFO}/WHEEL": WHEEL.encode(),
        f"{INFO}/entry_points.txt": POINTS.encode(),
    }


def of_module(name: str, source: str) -> Callable[[Files], None]:
    """Return the change that makes it the wheel of a connector of one module, with no other file."""

    def change(files: Files) -> None:
        del files["acme/__init__.py"], files["acme/py.typed"]
        files[f"connector_{name}.py"] = source.encode()
        files[f"{INFO}/entry_points.txt"] = f"[connector_sdk]\n{name} = connector_{name}\n".encode()

    return change


def record(files: Mapping[str, bytes], folder: str = INFO) -> bytes:
    """Return the list of files as it must be."""
    lines = [f"{name},sha256={_digest(data)},{len(data)}" for name, data in files.items()]
    return "\n".join([*lines, f"{folder}/RECORD,,", ""]).encode()


def build(
    folder: Path,
    change: Callable[[Files], None] = lambda _: None,
    *,
    after: Callable[[Files], None] = lambda _: None,
    name: str = "acme-1.0-py3-none-any.whl",
) -> Path:
    """Write a wheel; `change` alters its files before RECORD is made, `after` once it is there."""
    files = sound()
    change(files)
    files[f"{INFO}/RECORD"] = record(files)
    after(files)
    return write(folder / name, files)


def write(path: Path, files: Mapping[str, bytes]) -> Path:
    """Write an archive of these files."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        for member, data in files.items():
            archive.writestr(zipfile.ZipInfo(member), data)
    return path


def _digest(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip("=")
