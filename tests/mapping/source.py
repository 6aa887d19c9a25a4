"""The stream that the tests of mappings read, and how they write mappings of it."""

from pathlib import Path

from connector_sdk.schema import Field, FieldType, Schema

CONTACT = Schema(
    fields=(
        Field(name="Id", type=FieldType.STRING),
        Field(name="Email", type=FieldType.STRING, nullable=True, personal=True),
        Field(name="Gender", type=FieldType.STRING, nullable=True, optional=True),
        Field(name="Tier", type=FieldType.INTEGER),
        Field(name="Active", type=FieldType.BOOLEAN),
        Field(name="Spend", type=FieldType.DECIMAL, nullable=True),
        Field(name="Modified", type=FieldType.DATETIME),
        Field(name="Notes", type=FieldType.JSON, nullable=True, optional=True),
    ),
    key=("Id",),
    cursor="Modified",
    subject="Id",
)

HEAD = "format: 1\nmapping: {id: contact-to-hcp, version: 1.0.0}\n"


def rules(*given: str) -> str:
    """Return the rules of a mapping, each written as the inside of a flow mapping."""
    return "rules:\n" + "".join(f"  - {{{rule}}}\n" for rule in given)


def dropping(*fields: str) -> str:
    """Return the end of a mapping: what goes nowhere."""
    return "unmapped_source:\n" + "".join(
        f"  - {{field: {field}, decision: drop, reason: not needed}}\n" for field in fields
    )


def write(folder: Path, *given: str, keys: str = "") -> Path:
    """Write a mapping of `CONTACT` with these rules that drops every field they do not read."""
    text = rules(*given)
    left = [name for name in CONTACT.names if f"from: {name}" not in text]
    path = folder / "mapping.yaml"
    path.write_text(HEAD + keys + text + (dropping(*left) if left else ""), encoding="utf-8")
    return path
