"""What the warehouse holds, held against what Salesforce says: with Python's own sqlite3 and json alone."""

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

COLUMNS: Final = {
    "Id": "hcp_id",
    "Ext_Id__c": "external_id",
    "FirstName": "first_name",
    "LastName": "last_name",
    "Title": "profession",
    "Email": "email",
    "HasOptedOutOfEmail": "no_email",
    "MailingPostalCode": "postal_code",
    "MailingCountry": "country",
    "Hcp_Fee__c": "fee",
    "SystemModstamp": "changed_at",
}
"""Which column must hold a field, as the demo itself knows it."""

CODES: Final = {
    None: None,
    "Cardiologist": "CARD",
    "Oncologist": "ONCO",
    "Pharmacist": "PHAR",
    "Study Nurse": "NURS",
    "Médecin": "PHYS",
    "null": "NONE",
    "N/A": "NONE",
    "Haematologist": "HAEM",
}
DELETED: Final = "IsDeleted"
FIELDS: Final = (*COLUMNS, DELETED)
ROWS: Final = f"SELECT {', '.join(COLUMNS.values())}, _deleted FROM hcp ORDER BY hcp_id"  # noqa: S608 - our names


class Compared(NamedTuple):
    """How many values the source has, and how many of them the target does not hold exactly so."""

    values: int
    different: int


def compare(contacts: Iterable[Mapping[str, Any]], database: Path) -> Compared:
    """Look each contact's values up in the warehouse; a row too many counts as a difference.

    A deleted contact must be there and marked, or never have come.
    """
    rows = {row[0]: row for row in _rows(database)}
    values = different = 0
    for contact in contacts:
        row = rows.pop(contact["Id"], None)
        if row is None and contact[DELETED]:
            continue
        expected = _expected(contact)
        values += len(expected)
        if row is None:
            different += len(expected)
        else:
            different += sum(not _same(*pair) for pair in zip(expected, row, strict=True))
    return Compared(values, different + len(rows))


def fingerprint(database: Path) -> str:
    """Return the SHA-256 of all rows in the order of their keys, the sink's own `_version` left out."""
    whole = hashlib.sha256()
    for row in _rows(database):
        whole.update(json.dumps(row, ensure_ascii=False).encode() + b"\n")
    return whole.hexdigest()


def keys(database: Path, query: str) -> set[str]:
    """Return the keys that a query selects."""
    with closing(sqlite3.connect(database)) as connection:
        return {row[0] for row in connection.execute(query)}


def _rows(database: Path) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute(ROWS).fetchall()


def _expected(contact: Mapping[str, Any]) -> list[Any]:
    """Return the values that the row must have; booleans as SQLite keeps them."""
    fields = {**contact, "Title": CODES[contact["Title"]]}
    stamp = datetime.fromisoformat(contact["SystemModstamp"])
    fields["SystemModstamp"] = stamp
    return [int(value) if isinstance(value, bool) else value for value in map(fields.get, FIELDS)]


def _same(expected: object, held: object) -> bool:
    if isinstance(expected, datetime):
        return isinstance(held, str) and datetime.fromisoformat(held) == expected
    return type(expected) is type(held) and expected == held
