"""The schema that a mapping gives: fields by its rules, their marks from the source, and its key."""

from collections.abc import Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from connector_sdk.documents import Loc
from connector_sdk.documents.wording import listed, nearest, quote
from connector_sdk.mapping.definition import Rule
from connector_sdk.mapping.findings import Findings
from connector_sdk.mapping.operations import Produced
from connector_sdk.schema import Field, FieldType, Schema


@dataclass(frozen=True, slots=True)
class Made:
    """A rule in its place, the source field it reads, and what it gives."""

    at: Loc
    rule: Rule
    source: Field
    produced: Produced

    @property
    def copied(self) -> bool:
        """Whether the target's values are the source's."""
        return self.produced.convert is None

    @property
    def field(self) -> Field:
        """The target field, if nothing but the rule decides."""
        return replace(
            self.source,
            name=self.rule.to,
            type=self.produced.type,
            nullable=self.source.nullable and self.rule.null == "keep",
            unseen=False,
        )


def target_schema(
    made: Sequence[Made], source: Schema, business: tuple[str, ...] | None, findings: Findings
) -> Schema:
    """Return the target's schema, telling `findings` why records would have no key.

    Cursor and subject are those of the source where they are copied, and so is the key where `business`
    names none.
    """
    copies: dict[str, str] = {}
    for each in made:
        if each.copied:
            copies.setdefault(each.source.name, each.rule.to)
    fields = {each.rule.to: each.field for each in made}
    return Schema(
        fields=tuple(fields.values()),
        key=_named(business, fields, findings) if business else _copied(source, copies, findings),
        cursor=copies.get(source.cursor or ""),
        subject=copies.get(source.subject or ""),
    )


def _named(names: tuple[str, ...], fields: dict[str, Field], findings: Findings) -> tuple[str, ...]:
    key: list[str] = []
    for index, name in enumerate(names):
        at = ("keys", "business", index)
        if name not in fields:
            near = nearest(name, fields)
            label = f"did you mean {quote(near)}?" if near else ""
            message = f"no rule fills the key's field {quote(name)}"
            findings.wrong(at, "mapping-key", message, f"filled are: {', '.join(fields)}", label=label)
        elif name in key:
            message = f"the key names {quote(name)} twice"
            findings.wrong(at, "mapping-key", message, "name each field once")
        elif fields[name].type is FieldType.JSON:
            message = f"field {quote(name)} cannot be part of a key: json has no one spelling"
            findings.wrong(at, "mapping-key", message, "name a field of another type")
        else:
            key.append(name)
    return tuple(key)


def _copied(source: Schema, copies: dict[str, str], findings: Findings) -> tuple[str, ...]:
    lost = [name for name in source.key if name not in copies]
    if lost:
        message = f"the stream's key {listed(map(quote, lost), 'and')} is copied to no target field"
        hint = "copy it, or say which target fields tell records apart: keys: {business: [...]}"
        findings.wrong(("rules",), "mapping-key", message, hint, on_key=True)
    return tuple(copies[name] for name in source.key if name in copies)
