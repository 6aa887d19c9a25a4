"""Shared by the tests of connector-files."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from connector_files import Files, FilesConfig

from connector_sdk.connector import Call, Page


@pytest.fixture
def pages() -> Callable[..., list[Page]]:
    """Read a file from a position, as configured."""

    def read(
        path: Path, position: Any = None, *, page_size: int = 1000, name: str = "any", **config: Any
    ) -> list[Page]:
        stream = Files(FilesConfig(path=path, **config)).stream(name)
        return list(stream.read(Call(page_size=page_size), position))

    return read


@pytest.fixture
def records(pages: Callable[..., list[Page]]) -> Callable[..., list[Any]]:
    """Read all records of a file."""

    def read(path: Path, position: Any = None, **config: Any) -> list[Any]:
        return [record for page in pages(path, position, **config) for record in page.records]

    return read


@pytest.fixture(scope="session")
def cdisc() -> Path:
    """Return the folder of the CDISC pilot study's tabulations."""
    root = Path(__file__).parents[3]
    data = Path(os.environ.get("CONNECTOR_SDK_DATA", root.parent / "shared" / "data")) / "cdisc-pilot"
    if not data.is_dir():
        pytest.skip("the CDISC pilot data are absent: set CONNECTOR_SDK_DATA")
    return data


@pytest.fixture
def xport() -> Callable[..., bytes]:
    """Make the bytes of an XPORT file by hand: cards, descriptors, observations."""
    return make_xport


def card(text: str) -> bytes:
    return text.encode().ljust(80)


def header(kind: str, numbers: str) -> bytes:
    return card(f"HEADER RECORD*******{kind:8}HEADER RECORD!!!!!!!{numbers}")


def make_xport(*members: tuple[str, Sequence[tuple[str, bool, int, str]], bytes], width: int = 140) -> bytes:
    """Each member is its name, its variables (name, numeric, length, format) and its observations."""
    made = [header("LIBRARY", "0" * 30), card("SAS     SAS     SASLIB  9.4"), card("01JAN26:00:00:00")]
    for name, variables, observations in members:
        described, start = b"", 0
        for number, (variable, numeric, length, shown) in enumerate(variables, 1):
            described += (
                (1 if numeric else 2).to_bytes(2, "big")
                + bytes(2)
                + length.to_bytes(2, "big")
                + number.to_bytes(2, "big")
                + variable.encode().ljust(8)
                + b" " * 40
                + shown.encode().ljust(8)
                + bytes(8)
                + b" " * 8
                + bytes(4)
                + start.to_bytes(4, "big")
            ).ljust(width, b"\0")
            start += length
        made += [
            header("MEMBER", f"{0:017}16{0:06}{width:05}"),
            header("DSCRPTR", "0" * 30),
            card(f"SAS     {name:8}SASDATA 9.4"),
            card("01JAN26:00:00:00"),
            header("NAMESTR", f"{len(variables):010}{0:020}"),
            described + b" " * (-len(described) % 80),
            header("OBS", "0" * 30),
            observations + b" " * (-len(observations) % 80),
        ]
    return b"".join(made)
