"""The headers of a SAS XPORT file, version 5: which members it has, and how their observations are laid out.

Source: SAS technical note TS-140, "Record Layout of a SAS Version 5 or 6 Data Set in SAS Transport Format".
Everything is made of cards of 80 bytes; integers are big-endian.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from connector_files.prefix import OpenFile
from connector_sdk.errors import ConfigurationError, ContractError

CARD = 80
_BLOCK = CARD << 13
_LIBRARY = b"HEADER RECORD*******LIBRARY HEADER RECORD!!!!!!!"
_MEMBER = b"HEADER RECORD*******MEMBER  HEADER RECORD!!!!!!!"
_NAMESTR = b"HEADER RECORD*******NAMESTR HEADER RECORD!!!!!!!"
_OBS = b"HEADER RECORD*******OBS     HEADER RECORD!!!!!!!"
_VERSION_8 = (b"HEADER RECORD*******LIBV8", b"HEADER RECORD*******LIBV9")
_DESCRIPTOR = struct.Struct(">hhhh8s40s8shhh2s8shhl")
_MAX_LENGTH = 1 << 24
_NUMERIC, _CHARACTER = 1, 2
_NUMBER_LENGTHS = range(2, 9)


@dataclass(frozen=True, slots=True)
class Variable:
    """A column: number or text, `length` and `start` in bytes, and its format's name without width."""

    name: str
    numeric: bool
    length: int
    start: int
    format: str


@dataclass(frozen=True, slots=True)
class Member:
    """A data set of the file: its observations lie from `begin` up to `end` (bytes), padded to a card."""

    name: str
    variables: tuple[Variable, ...]
    begin: int
    end: int

    @property
    def length(self) -> int:
        """The length of an observation in bytes."""
        return sum(variable.length for variable in self.variables)


def read_members(source: OpenFile) -> list[Member]:
    """Find all members.

    Raises ConfigurationError where this is not XPORT version 5, ContractError where a header makes no sense,
    IncompleteResponseError where the file is cut.
    """
    _check_library(source)
    starts = list(_member_starts(source))
    if not starts:
        raise source.cut("it has no member")
    return [
        _read_member(source, start, end)
        for start, end in zip(starts, [*starts[1:], source.size], strict=True)
    ]


def _check_library(source: OpenFile) -> None:
    head = source.at(0, CARD)
    if head.startswith(_VERSION_8):
        raise ConfigurationError(
            f"{source.path} is XPORT version 8, and only version 5 is read",
            code="xport-version",
            hint="write it anew as version 5, the form that regulators take (SAS: libname x xport)",
            location=str(source.path),
        )
    if not head.startswith(_LIBRARY) and not _LIBRARY.startswith(head):
        raise ConfigurationError(
            f"{source.path} is not a SAS XPORT file",
            code="xport-foreign",
            hint="check `format`; files of PROC CPORT are another format, write them with the XPORT engine",
            location=str(source.path),
        )
    if source.size % CARD or len(head) < CARD:
        raise source.cut(f"its {source.size} bytes are not a whole number of {CARD}-byte cards")


def _member_starts(source: OpenFile) -> Iterator[int]:
    """Yield the offsets of the cards that begin a member; memory stays flat."""
    for offset in range(0, source.size, _BLOCK):
        block = source.at(offset, _BLOCK)
        found = block.find(_MEMBER)
        while found >= 0:
            if found % CARD == 0:
                yield offset + found
            found = block.find(_MEMBER, found + 1)


def _read_member(source: OpenFile, start: int, end: int) -> Member:
    cards = source.at(start, 5 * CARD)
    if end - start < 5 * CARD:
        raise source.cut("it ends within the headers of a member")
    names = cards[4 * CARD :]
    size, count = cards[74:78], names[54:58]
    if not names.startswith(_NAMESTR) or size not in {b"0140", b"0136"} or not count.isdigit():
        raise _senseless(source, "a member's headers do not have the layout of version 5")
    width = int(size) * int(count)
    padded = -(-width // CARD) * CARD
    begin = start + 6 * CARD + padded
    if begin > end:
        raise source.cut("it ends within the descriptions of its variables")
    table = source.at(start + 5 * CARD, padded + CARD)
    if not table[padded:].startswith(_OBS):
        raise _senseless(source, "the header of the observations is not where the variables end")
    descriptors = [table[at : at + int(size)] for at in range(0, width, int(size))]
    variables = sorted((_variable(source, each) for each in descriptors), key=lambda each: each.start)
    member = Member(_text(source, cards[2 * CARD + 8 : 2 * CARD + 16]), tuple(variables), begin, end)
    _check_layout(source, member)
    return member


def _variable(source: OpenFile, descriptor: bytes) -> Variable:
    kind, _, length, _, name, _, shown, _, _, _, _, _, _, _, start = _DESCRIPTOR.unpack_from(descriptor)
    if kind not in {_NUMERIC, _CHARACTER} or (kind == _NUMERIC and length not in _NUMBER_LENGTHS):
        raise _senseless(source, "a variable is neither text nor a number of 2 to 8 bytes")
    return Variable(_text(source, name), kind == _NUMERIC, length, start, _text(source, shown).upper())


def _text(source: OpenFile, raw: bytes) -> str:
    try:
        return raw.decode("ascii").rstrip(" \0")
    except UnicodeDecodeError as error:
        raise _senseless(source, "a name is not ASCII") from error


def _check_layout(source: OpenFile, member: Member) -> None:
    """Prove that the variables fill the observation without gap or overlap, each under its own name."""
    expected = 0
    for variable in member.variables:
        if variable.length < 1 or variable.start != expected or not variable.name:
            raise _senseless(source, f"the variables of member {member.name!r} do not fill an observation")
        expected += variable.length
    names = {variable.name for variable in member.variables}
    if not names or len(names) < len(member.variables) or expected > _MAX_LENGTH:
        raise _senseless(
            source, f"the variables of member {member.name!r} are none, too long, or named twice"
        )


def _senseless(source: OpenFile, detail: str) -> ContractError:
    return ContractError(
        f"{source.path}: {detail}",
        code="xport-header",
        hint="write the file anew; if SAS reads it, report it with the output of PROC CONTENTS",
        location=str(source.path),
    )
