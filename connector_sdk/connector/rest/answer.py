"""One answer of a collection: its records byte for byte, and what stands around them, read exactly."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import msgspec

from connector_sdk.decode import parse_plain
from connector_sdk.errors import IncompleteResponseError, RecordError
from connector_sdk.http.answers import require_json
from connector_sdk.http.vendor_errors import at_path

if TYPE_CHECKING:
    from httpx import Response  # noqa: TID251 - a type; what it comes from is `http`

_MEMBERS: Final = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_ELEMENTS: Final = msgspec.json.Decoder(list[msgspec.Raw]).decode
_REFUSED: Final = (msgspec.DecodeError, ValueError, RecursionError)


@dataclass(frozen=True, slots=True)
class Answer:
    """`records` are the bytes of each; `total` is how many the whole collection has, where it is told."""

    records: list[bytes]
    total: int | None
    _around: Any

    def at(self, path: str) -> Any:
        """Return what stands at a dotted path outside the records, None where there is nothing."""
        return at_path(self._around, path) if path else self._around


def read_answer(response: "Response", records: str, total: str) -> Answer:
    """Read an answer whose list of records stands at the dotted path `records`, "" being the answer itself.

    Raises IncompleteResponseError (not-json, records-missing, records-no-list, total-unusable).
    """
    text = _list_at(response, records)
    try:
        elements = _ELEMENTS(text)
    except _REFUSED:
        raise IncompleteResponseError(
            f"the answer has at {records or 'its top'!r} no list of records",
            code="records-no-list",
            hint="compare `records`, a dotted path, with an answer of the system",
        ) from None
    around = _around(response, text)
    return Answer([bytes(element) for element in elements], _total(around, total), around)


def _list_at(response: "Response", path: str) -> bytes:
    """Return the text that stands at a path; proves that the whole body is JSON."""
    try:
        text = bytes(msgspec.json.decode(response.content, type=msgspec.Raw))
    except _REFUSED:
        raise _not_json(response) from None
    for step in path.split(".") if path else ():
        try:
            text = bytes(_MEMBERS(text)[step])
        except (*_REFUSED, KeyError):
            raise IncompleteResponseError(
                f"the answer has nothing at {path!r}, where its records should be",
                code="records-missing",
                hint="compare `records`, a dotted path, with an answer of the system; where this is how it "
                "says that something failed, describe that with `error_when`",
            ) from None
    return text


def _around(response: "Response", text: bytes) -> Any:
    """Read strictly what stands around the records; these are the decoder's, which refuses them one by one.

    Where their text is there more than once, nobody need know which one it is: all of it is read.
    """
    body = response.content
    rest = body.replace(text, b"[]") if body.count(text) == 1 else body
    try:
        return parse_plain(rest)
    except RecordError:
        raise _not_json(response) from None


def _total(around: Any, path: str) -> int | None:
    if not path:
        return None
    total = at_path(around, path)
    if type(total) is int and total >= 0:
        return total
    raise IncompleteResponseError(
        f"the answer has at {path!r} no count of records",
        code="total-unusable",
        hint="compare `total`, a dotted path, with an answer of the system, or remove it where it tells none",
    )


def _not_json(response: "Response") -> IncompleteResponseError:
    try:
        require_json(response)
    except IncompleteResponseError as error:
        return error
    return IncompleteResponseError(
        "the answer is JSON to one reader and none to another",
        code="not-json",
        hint="ask the system's vendor; nothing of it was taken for data",
    )
