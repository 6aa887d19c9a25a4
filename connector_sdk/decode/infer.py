"""The exact schema of JSON objects seen, in memory that does not grow with their number."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from connector_sdk.decode.strict import Number, read_object
from connector_sdk.decode.tokens import quotes
from connector_sdk.errors import RecordError
from connector_sdk.schema import Field, FieldType, Schema

_MOST_SHAPES = 1000
_INT64 = range(-(2**63), 2**63)
_WHOLE = re.compile(r"-?[0-9]{1,19}")
_MINUS_ZERO = re.compile(rb"-0\s*[,}\]]")
_NULL = type(None)
_KINDS: dict[type, FieldType] = {
    str: FieldType.STRING,
    int: FieldType.INTEGER,
    float: FieldType.DECIMAL,
    bool: FieldType.BOOLEAN,
    dict: FieldType.JSON,
    list: FieldType.JSON,
}
_Int64 = Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)]
_Value = _Int64 | float | str | bool | list[Any] | dict[str, Any] | None
_READ = msgspec.json.Decoder(dict[str, _Value]).decode
_REFUSED = (msgspec.DecodeError, ValueError, RecursionError)

Shape = tuple[tuple[str, ...], tuple[type, ...]]


def infer_schema(
    pages: Iterable[Sequence[bytes]], key: tuple[str, ...] = (), *, usual: bool = False
) -> Schema:
    """Return the schema that all records of the pages have; texts that do not decode are passed over.

    integer: whole numbers within 64 bits · decimal: other numbers (fractions, exponents, `-0`, wider ones) ·
    json: objects, arrays, kinds that differ between records, and fields that are never but null (`unseen`:
    whatever comes later, json keeps it) · otherwise string or boolean. Nullable where null was seen, optional
    where absent from a record, in the order of first appearance. Fields of the key are neither.

    With `usual` a field whose kinds differ has the kind that most of its values have: what a source is like,
    whatever a few of its records are.
    """
    seen = _Seen()
    for texts in pages:
        seen.page(texts)
    return seen.schema(key, usual=usual)


class _Seen:
    """What is known of the fields so far; `_shapes` are the distinct records' names and types."""

    def __init__(self) -> None:
        self._shapes: Counter[Shape] = Counter()
        self._types: dict[str, Counter[type]] = {}
        self._optional: set[str] = set()
        self._any = False

    def page(self, texts: Sequence[bytes]) -> None:
        shapes = self._shapes
        signed = _MINUS_ZERO.search(b"\n".join(texts))
        for text in texts:
            try:
                members = _READ(text)
            except _REFUSED:
                members = None
            if members is None or signed or not _sound(text, members):
                members = _slowly(text)
            if members is not None:
                shapes[tuple(members), tuple(map(type, members.values()))] += 1
        if len(shapes) > _MOST_SHAPES:
            self._fold()

    def schema(self, key: tuple[str, ...], *, usual: bool = False) -> Schema:
        self._fold()
        fields = (
            Field(
                name=name,
                type=_field_type(types, usual=usual),
                nullable=_NULL in types and name not in key,
                optional=name in self._optional and name not in key,
                unseen=types.keys() == {_NULL},
            )
            for name, types in self._types.items()
        )
        return Schema(fields=tuple(fields), key=key)

    def _fold(self) -> None:
        for (names, types), count in self._shapes.items():
            self._optional |= self._types.keys() - set(names)
            for name, kind in zip(names, types, strict=True):
                if name not in self._types and self._any:
                    self._optional.add(name)
                self._types.setdefault(name, Counter())[kind] += count
            self._any = True
        self._shapes.clear()


def _field_type(types: Counter[type], *, usual: bool) -> FieldType:
    kinds: Counter[FieldType] = Counter()
    for kind, count in types.items():
        if kind is not _NULL:
            kinds[_KINDS[kind]] += count
    if FieldType.DECIMAL in kinds:
        kinds[FieldType.DECIMAL] += kinds.pop(FieldType.INTEGER, 0)
    if len(kinds) == 1 or (usual and kinds):
        return kinds.most_common(1)[0][0]
    return FieldType.JSON


def _sound(text: bytes, members: dict[str, Any]) -> bool:
    """Prove that no key was there twice; what nests goes the slow way."""
    kinds = tuple(map(type, members.values()))
    if dict in kinds or list in kinds:
        return False
    return quotes(text) == 2 * (len(members) + kinds.count(str))


def _slowly(text: bytes) -> dict[str, Any] | None:
    """Read strictly; each value stands for its type."""
    try:
        members = read_object(text)
    except RecordError:
        return None
    return {name: _example(value) if type(value) is Number else value for name, value in members.items()}


def _example(number: Number) -> float | int:
    whole = _WHOLE.fullmatch(number) and number != "-0" and int(number) in _INT64
    return 0 if whole else 0.0
