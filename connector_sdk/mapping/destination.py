"""Hold what a mapping gives against the destination's contract, before there are records."""

from collections.abc import Sequence

from connector_sdk.documents.wording import listed, nearest, quote
from connector_sdk.mapping.findings import Findings
from connector_sdk.mapping.target import Made
from connector_sdk.schema import Schema


def check_destination(made: Sequence[Made], given: Schema, agreed: Schema, findings: Findings) -> None:
    """Tell of every target field that the contract lacks, knows otherwise or waits for in vain."""
    for each in made:
        if each.rule.to in agreed:
            _check_field(each, given, agreed, findings)
        else:
            near = nearest(each.rule.to, agreed.names)
            findings.wrong(
                (*each.at, "to"),
                "mapping-target-unknown",
                f"the destination's contract has no field {quote(each.rule.to)}",
                f"its fields: {', '.join(agreed.names)}",
                label=f"did you mean {quote(near)}?" if near else "",
            )
    filled = {each.rule.to for each in made}
    empty = [field.name for field in agreed.fields if field.name not in filled and not agreed.optional(field)]
    if empty:
        message = (
            f"no rule fills {listed(map(quote, empty), 'and')}, which the destination's contract demands"
        )
        hint = "add a rule, or declare the field `optional` in that contract"
        findings.wrong(("rules",), "mapping-target-missing", message, hint, on_key=True)
    if agreed.key and agreed.key != given.key:
        message = f"the key is {_key(given)}, but {_key(agreed)} in the destination's contract"
        hint = f"write keys: {{business: [{', '.join(agreed.key)}]}}, or change that contract"
        findings.wrong(("rules",), "mapping-key", message, hint, on_key=True)


def _key(schema: Schema) -> str:
    return listed(map(quote, schema.key), "and") if schema.key else "empty"


def _check_field(each: Made, given: Schema, agreed: Schema, findings: Findings) -> None:
    have, want = each.field, agreed[each.rule.to]
    shown, at = quote(have.name), (*each.at, "to")
    if have.type is not want.type:
        message = f"field {shown} is {want.type} in the destination's contract; the rule gives {have.type}"
        hint = "change the operation, its `type`, or that contract"
        findings.wrong(at, "mapping-type", message, hint)
    if given.nullable(have) and not agreed.nullable(want):
        message = f"field {shown} may be null, which the destination's contract does not permit"
        hint = 'add `"null": dead_letter` to the rule, or declare the field `nullable` in that contract'
        findings.wrong(at, "mapping-null", message, hint)
    if given.optional(have) and not agreed.optional(want):
        message = f"field {shown} may be absent, which the destination's contract does not permit"
        findings.wrong(at, "mapping-null", message, "declare the field `optional` in that contract")
