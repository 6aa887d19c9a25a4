"""SAS XPORT version 5 as a stream: observations of fixed length, one after the other."""

import struct
from collections.abc import Iterator
from typing import Any

from connector_files.config import FilesConfig
from connector_files.prefix import OpenFile
from connector_files.source import RECORD_BYTES, FileStream, Piece
from connector_files.xport_header import CARD, Member, read_members
from connector_files.xport_values import InexactValueError, converter, logical_type
from connector_sdk.connector import Call, Unreadable
from connector_sdk.errors import ConfigurationError
from connector_sdk.schema import Field, Schema


class XportStream(FileStream):
    """One member of an XPORT file; where there are several, the stream's name chooses."""

    def reader(self, source: OpenFile) -> "XportReader":
        return XportReader(source, self._member(source), self.config)

    def schema(self, call: Call) -> Schema:
        """Return the variables: numbers are nullable (missing), texts are not, as SAS has no null text."""
        del call
        return self.look(self._describe)

    def _describe(self, source: OpenFile) -> Schema:
        key = self.config.primary_key
        fields = (
            Field(
                name=variable.name,
                type=logical_type(variable),
                nullable=variable.numeric and variable.name not in key,
            )
            for variable in self._member(source).variables
        )
        return Schema(fields=tuple(fields), key=key)

    def _member(self, source: OpenFile) -> Member:
        members = read_members(source)
        chosen = [member for member in members if member.name.upper() == self.name.upper()]
        if len(members) == 1 or len(chosen) == 1:
            return (chosen or members)[0]
        raise ConfigurationError(
            f"{source.path} has {len(members)} members, and `stream` names none of them",
            code="xport-member",
            hint=f"set `stream` to one of: {', '.join(member.name for member in members)}",
            location="stream",
        )


class XportReader:
    """Reads the observations of one member."""

    def __init__(self, source: OpenFile, member: Member, config: FilesConfig) -> None:
        self._source = source
        self._member = member
        self._names = [variable.name for variable in member.variables]
        self._converters = [
            converter(variable, config.encoding, special_as_null=config.special_missing == "null")
            for variable in member.variables
        ]
        self._split = struct.Struct("".join(f"{variable.length}s" for variable in member.variables))
        self.begin = member.begin

    def continues(self, offset: int) -> bool:
        return (offset - self.begin) % self._member.length == 0

    def pieces(self, offset: int, records: int, call: Call) -> Iterator[Piece]:
        length = self._member.length
        left = count_observations(self._source, self._member) - records
        self._source.file.seek(offset)
        while left > 0:
            taken = min(left, call.page_size, max(1, RECORD_BYTES // length))
            raw = self._source.file.read(taken * length)
            if len(raw) < taken * length:
                raise self._source.changed()
            found = [
                self._record(fields, records + number)
                for number, fields in enumerate(self._split.iter_unpack(raw), 1)
            ]
            yield Piece(found, raw)
            records += taken
            left -= taken

    def _record(self, fields: tuple[bytes, ...], number: int) -> dict[str, Any] | Unreadable:
        record: dict[str, Any] = {}
        for name, convert, raw in zip(self._names, self._converters, fields, strict=True):
            try:
                record[name] = convert(raw)
            except InexactValueError as fault:
                return Unreadable(b"".join(fields), fault.code, f"record {number}, field {name}: {fault}")
        return record


def count_observations(source: OpenFile, member: Member) -> int:
    """Count a member's observations: TS-140 keeps no count, only cards padded with blanks at the end.

    Less than a card of blanks pads the last observation. Where observations are shorter than a card, blank
    ones at the very end could be padding or records; as in SAS they are padding, yet only within the last
    card: whatever begins before it is a record. Raises IncompleteResponseError where an observation is cut.
    """
    length, size = member.length, member.end - member.begin
    count, rest = divmod(size, length)
    if source.at(member.end - rest, rest).strip(b" ") or rest >= CARD:
        raise source.cut(f"its last observation has {rest} of {length} bytes")
    while (count - 1) * length > size - CARD:
        if source.at(member.begin + (count - 1) * length, length).strip(b" "):
            break
        count -= 1
    return count
