"""Read a wheel's name, version, requirements and entry points, and say what forbids to install it.

Source: core metadata and entry points specifications (PyPA).
"""

import configparser
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from packaging.metadata import parse_email
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename
from packaging.version import InvalidVersion, Version

from connector_sdk.conformance.wheel.facts import GROUPS, SCRIPTS, Entry

SDK: Final = "connector-sdk"

_LOWER, _UPPER, _BOTH = frozenset({">=", ">"}), frozenset({"<=", "<"}), frozenset({"==", "~=", "==="})
_SCRIPT: Final = re.compile(r"(?!python|pip|activate|connector-sdk)[a-z0-9_][a-z0-9._-]*", re.IGNORECASE)
"""Names of commands that cannot stand in for the environment's own."""
_MODULE: Final = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Metadata:
    """What METADATA says."""

    name: str
    version: str
    requires: tuple[str, ...]


def read_metadata(text: bytes) -> tuple[Metadata, list[str]]:
    """Return what METADATA says, and what is wrong with it."""
    raw, _unread = parse_email(text)
    found = Metadata(raw.get("name", ""), raw.get("version", ""), tuple(raw.get("requires_dist", ())))
    problems = [f"METADATA states no {name}" for name in ("name", "version") if not getattr(found, name)]
    return found, problems + list(_requirements(found.requires))


def misnamed(file_name: str, folder: str, stated: Metadata) -> Iterator[str]:
    """Yield how the names of the file and its metadata folder contradict METADATA."""
    try:
        name, version, _build, _tags = parse_wheel_filename(file_name)
    except InvalidWheelFilename:
        yield f"{file_name} is no wheel's file name (NAME-VERSION-PYTHON-ABI-PLATFORM.whl)"
        return
    inner, _, its_version = folder.removesuffix(".dist-info").partition("-")
    for where, (its_name, its) in {
        "the file name": (str(name), str(version)),
        "the metadata folder": (inner, its_version),
    }.items():
        if canonicalize_name(its_name) != canonicalize_name(stated.name):
            yield f"METADATA states the name {stated.name!r}, {where} another"
        if _version(its) is None or _version(its) != _version(stated.version):
            yield f"METADATA states the version {stated.version!r}, {where} another"


def read_entry_points(text: bytes) -> tuple[tuple[Entry, ...], list[str]]:
    """Return the entry points, and which of them no connector may have."""
    parser = configparser.ConfigParser(delimiters=("=",), interpolation=None, default_section="\0")
    parser.optionxform = str  # type: ignore[method-assign,assignment]  # names keep their case: documented use
    try:
        parser.read_string(text.decode())
    except (UnicodeDecodeError, configparser.Error):
        return (), ["entry_points.txt cannot be read"]
    found = tuple(
        Entry(group, name, value) for group in parser.sections() for name, value in parser.items(group)
    )
    return found, [problem for entry in found for problem in _forbidden(entry)]


def _forbidden(entry: Entry) -> Iterator[str]:
    if entry.group not in GROUPS:
        yield f"an entry point in the group {entry.group}: only {', '.join(sorted(GROUPS))} are a connector's"
    if entry.group == SCRIPTS and not _SCRIPT.fullmatch(entry.name):
        yield f"a command {entry.name!r}, which could stand in for one of the environment's own"
    if not _MODULE.fullmatch(entry.value.partition(":")[0].strip()):
        yield f"the entry point {entry.name!r} names no module"
    elif entry.top in sys.stdlib_module_names:
        yield f"the entry point {entry.name!r} leads into Python's own module {entry.top}"


def _requirements(requires: tuple[str, ...]) -> Iterator[str]:
    ours: list[Requirement] = []
    for text in requires:
        try:
            need = Requirement(text)
        except InvalidRequirement:
            yield "METADATA has a Requires-Dist that cannot be read"
            continue
        if need.url:
            yield f"it requires {need.name} from an address instead of by version"
        if canonicalize_name(need.name) == SDK and need.marker is None:
            ours.append(need)
    if not any(_bounded(need) for need in ours):
        yield f"it does not require {SDK} with a lower and an upper bound, such as `{SDK}>=1.2,<2`"


def _bounded(need: Requirement) -> bool:
    operators = {each.operator for each in need.specifier}
    return bool(operators & _BOTH) or bool(operators & _LOWER and operators & _UPPER)


def _version(text: str) -> Version | None:
    try:
        return Version(text)
    except InvalidVersion:
        return None
