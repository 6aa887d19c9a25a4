"""Prove that every source field is spoken of exactly: read by a rule or dropped with a reason."""

from connector_sdk.documents.wording import listed, nearest, quote
from connector_sdk.mapping.document import MappingDocument
from connector_sdk.mapping.findings import Findings
from connector_sdk.schema import Schema


def check_coverage(document: MappingDocument, source: Schema, findings: Findings) -> None:
    """Tell of fields that the source lacks, and of fields of it that are left unmentioned or named twice."""
    definition = document.definition
    used = {rule.source for rule in definition.rules}
    for index, rule in enumerate(definition.rules):
        _require_known(rule.source, source, ("rules", index, "from"), findings)
    dropped: set[str] = set()
    for index, entry in enumerate(definition.unmapped_source):
        at = ("unmapped_source", index, "field")
        _require_known(entry.field, source, at, findings)
        if entry.field in used:
            name = document.rules_using(entry.field)[0]
            message = f"field {quote(entry.field)} is said to be dropped, but a rule reads it"
            findings.wrong(
                at, "mapping-field-not-dropped", message, f"remove the entry, or the rule {quote(name)}"
            )
        elif entry.field in dropped:
            message = f"field {quote(entry.field)} is dropped twice"
            findings.wrong(at, "mapping-field-not-dropped", message, "keep one of the entries")
        dropped.add(entry.field)
    left = [name for name in source.names if name not in used | dropped]
    if left:
        _tell_left(left, document, findings)


def check_targets(document: MappingDocument, findings: Findings) -> None:
    """Tell of target fields that two rules fill."""
    first: dict[str, int] = {}
    for index, rule in enumerate(document.rules):
        if rule.to in first:
            message = f"target field {quote(rule.to)} is filled by two rules"
            hint = f"the other one reads {quote(document.rules[first[rule.to]].source)}: keep one of them"
            findings.wrong(("rules", index, "to"), "mapping-target-twice", message, hint)
        first.setdefault(rule.to, index)


def _require_known(name: str, source: Schema, at: tuple[str | int, ...], findings: Findings) -> None:
    if name in source:
        return
    near = nearest(name, source.names)
    findings.wrong(
        at,
        "mapping-field-unknown",
        f"the contract of the stream has no field {quote(name)}",
        f"its fields: {', '.join(source.names)}",
        label=f"did you mean {quote(near)}?" if near else "",
    )


def _tell_left(left: list[str], document: MappingDocument, findings: Findings) -> None:
    fields = "fields" if len(left) > 1 else "field"
    verb = "are" if len(left) > 1 else "is"
    findings.wrong(
        ("unmapped_source",) if document.definition.unmapped_source else ("rules",),
        "mapping-field-unmapped",
        f"source {fields} {listed(map(quote, left), 'and')} {verb} neither mapped nor dropped",
        f'add rules, or to unmapped_source: {{field: {left[0]}, decision: drop, reason: "…"}}',
        on_key=True,
    )
