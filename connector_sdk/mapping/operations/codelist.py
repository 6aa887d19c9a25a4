"""codelist: one code for another, as a list says; a code that is not in it is never guessed."""

from collections.abc import Callable
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field

from connector_sdk.config import Config
from connector_sdk.documents.wording import quote
from connector_sdk.errors import RecordError
from connector_sdk.mapping.operations.operation import Convert, Operation, Produced, Use
from connector_sdk.schema import FieldType

GivenType = Literal["string", "integer", "decimal", "boolean"]
_INT64 = range(-(2**63), 2**63)


class CodelistArgs(Config):
    """`map`: the list, from the source's codes to the target's. `type`: the type of the target's codes."""

    map: Annotated[dict[str, str | bool | int | Decimal], Field(min_length=1)]
    unmapped: Literal["dead_letter", "keep"] = "dead_letter"
    type: GivenType | None = None


def _integer(spelled: str) -> int | None:
    """Read a whole number that is spelled as JSON spells it, so that no code has two entries."""
    digits = spelled.removeprefix("-")
    if not (digits.isascii() and digits.isdigit()) or len(spelled) > len(str(_INT64.start)):
        return None
    number = int(spelled)
    return number if str(number) == spelled and number in _INT64 else None


_READ: dict[FieldType, tuple[str, Callable[[str], Any]]] = {
    FieldType.STRING: ("a text", lambda spelled: spelled),
    FieldType.INTEGER: ('an integer, spelled like "12"', _integer),
    FieldType.BOOLEAN: ('"true" or "false"', {"true": True, "false": False}.get),
}
"""By the source's type: how its codes are spelled in words, and what a spelling means (None: nothing)."""

_GIVEN: dict[FieldType, Callable[[Any], bool]] = {
    FieldType.STRING: lambda value: type(value) is str,
    FieldType.INTEGER: lambda value: type(value) is int and value in _INT64,
    FieldType.DECIMAL: lambda value: type(value) in (int, Decimal),
    FieldType.BOOLEAN: lambda value: type(value) is bool,
}
"""By the target's type: whether a value of the document is one of its values."""


def _compile(use: Use, args: CodelistArgs) -> Produced:
    given = FieldType(args.type) if args.type else use.wanted or FieldType.STRING
    if use.source.type not in _READ:
        message = f"a code list reads {_words(_READ)}; field {quote(use.source.name)} is {use.source.type}"
        use.findings.wrong((*use.at, "from"), "mapping-type", message, "copy the field instead")
        return Produced(given)
    if given not in _GIVEN:
        message = f"a code list gives {_words(_GIVEN)}; the destination's contract says {given}"
        hint = "change the contract, or copy the field"
        use.findings.wrong((*use.at, "to"), "mapping-type", message, hint)
        return Produced(given)
    if args.unmapped == "keep" and given is not use.source.type:
        message = f"a code that is not in the list cannot be kept: it is {use.source.type}, not {given}"
        hint = "give the list's values the type of the source, or take `unmapped: dead_letter`"
        use.findings.wrong((*use.at, "args", "unmapped"), "mapping-type", message, hint)
    table = _table(use, args, given)
    if args.unmapped == "keep":
        return Produced(given, lambda value: table.get(value, value))
    return Produced(given, _strictly(table, use))


def _words(types: dict[FieldType, Any]) -> str:
    return ", ".join(types)


def _table(use: Use, args: CodelistArgs, given: FieldType) -> dict[Any, Any]:
    """Return the list by the values that records hold, telling what in it can mean nothing."""
    spelling, read = _READ[use.source.type]
    fits = _GIVEN[given]
    table: dict[Any, Any] = {}
    for code, value in args.map.items():
        at = (*use.at, "args", "map", code)
        if (known := read(code)) is None:
            message = f"{quote(code)} can never be met: field {quote(use.source.name)} is {use.source.type}"
            use.findings.wrong(at, "codelist-entry", message, f"write {spelling}", on_key=True)
        if not fits(value):
            message = f"the target's code for {quote(code)} is not of the type {given}"
            hint = "text is put in quotes, numbers and switches are not; `type` names the type of all"
            use.findings.wrong(at, "codelist-entry", message, hint)
        table[known] = value
    return table


def _strictly(table: dict[Any, Any], use: Use) -> Convert:
    message = f"{use.to!r}: the code in field {use.source.name!r} is not in the list"

    def convert(value: Any) -> Any:
        try:
            return table[value]
        except KeyError:
            raise RecordError(
                message,
                code="code-not-mapped",
                hint="add the code to the rule's `map`, or have it mended at the source",
            ) from None

    return convert


CODELIST = Operation(CodelistArgs, _compile)
