"""What is known of a wheel before anything of it is run."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from connector_sdk.hookspecs import COMPANY, PROJECT

CONNECTORS: Final = PROJECT
"""The entry-point group that connectors stand in."""
SCRIPTS: Final = "console_scripts"
GROUPS: Final = frozenset({CONNECTORS, COMPANY, SCRIPTS})
"""The only entry-point groups a connector's wheel may use."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry point: `name = value` in a group."""

    group: str
    name: str
    value: str

    @property
    def top(self) -> str:
        """The top-level module that it leads to."""
        return self.value.partition(":")[0].partition(".")[0].strip()


@dataclass(frozen=True, slots=True)
class WheelFacts:
    """A wheel as its bytes show it.

    `sha256` (`sha256:` and 64 hexadecimal digits) is the file's own, `files` has the digits alone for each
    file in it by path. `code` is the digest of the package's files, by which an installed copy is known
    again. `problems` say in sentences what forbids to install it; where there are any, the other facts may
    be incomplete.
    """

    path: Path
    sha256: str
    name: str = ""
    version: str = ""
    requires: tuple[str, ...] = ()
    entry_points: tuple[Entry, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    code: str = ""
    problems: tuple[str, ...] = ()

    @property
    def connectors(self) -> tuple[str, ...]:
        """The names of the connectors that it brings."""
        return tuple(entry.name for entry in self.entry_points if entry.group == CONNECTORS)
