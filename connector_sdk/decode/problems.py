"""The errors of one record: a code, what is wrong and where, never a value."""

from connector_sdk.errors import RecordError

_LONGEST_NAME = 80

_HINTS = {
    "json-malformed": "ask the source for the record again, or have it repaired there",
    "json-duplicate-key": "have the source write each key once: which value counts is not ours to choose",
    "json-depth": "have the source nest less deeply",
    "json-not-object": "a record is one JSON object with a member for each field",
    "record-too-large": "move large content by reference, not inside a record",
    "field-missing": "repair the record, or declare the field `optional` in the contract",
    "field-null": "repair the record, or declare the field `nullable` in the contract",
    "field-unknown": "add the field to the contract, or set `on_new_field: report`",
    "field-type": "repair the record, or declare the type that the source really has",
    "number-out-of-range": "declare the field `decimal`, or repair the record",
    "number-inexact": "declare the field `decimal`: it keeps every digit",
    "time-format": "write it as RFC 3339 does, or declare the field `string`",
    "time-zone": "declare the field `datetime` where the source gives a zone, else `local_datetime`",
    "time-precision": "declare the field `string`: it keeps every digit",
    "text-not-unicode": "repair the text in the source: it holds half of a surrogate pair",
    "text-not-exact": "repair the text, or declare the field `string`",
}


def problem(code: str, what: str) -> RecordError:
    """Make the error of one record; `what` names the field and the place, never a value."""
    return RecordError(what, code=code, hint=_HINTS[code])


def named(name: object) -> str:
    """Write a field's name so that it can stand in one line of a message."""
    shown = repr(name)
    return f"field {shown}" if len(shown) <= _LONGEST_NAME else f"field {shown[:_LONGEST_NAME]}…"


class MismatchError(ValueError):
    """A value does not have its field's type; `problem` is made of it where field and place are known."""

    def __init__(self, code: str, what: str) -> None:
        super().__init__(code, what)
        self.code = code
        self.what = what

    def at(self, name: object, place: str = "") -> RecordError:
        """Turn it into the record's error."""
        return problem(self.code, f"{named(name)}{place}: {self.what}")
