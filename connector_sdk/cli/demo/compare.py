"""Compare a target with its source value by value, with Python's own readers and nothing of the SDK."""

import csv
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

Record = dict[str, Any]


class Compared(NamedTuple):
    """How many values the source has, and how many of them the target does not hold exactly so."""

    values: int
    different: int


def compare(source: Path, database: Path, query: str, key: tuple[str, ...]) -> Compared:
    """Look each value of the source up in what the query selects; a row too many counts as a difference."""
    with closing(sqlite3.connect(database)) as connection:
        connection.row_factory = sqlite3.Row
        rows = {tuple(row[name] for name in key): row for row in connection.execute(query)}
    values = different = found = 0
    for record in _jsonl(source) if source.suffix == ".jsonl" else _csv(source):
        row = rows.get(tuple(record[name] for name in key))
        values += len(record)
        if row is None:
            different += len(record)
            continue
        found += 1
        # What the record does not have, the row must not have either.
        expected = {name: None for name in row.keys() if not name.startswith("_")} | record  # noqa: SIM118 - a Row yields values
        different += sum(not _same(value, row[name]) for name, value in expected.items())
    return Compared(values, different + len(rows) - found)


def _same(expected: object, held: object) -> bool:
    return type(expected) is type(held) and expected == held


def _jsonl(path: Path) -> Iterator[Record]:
    """Yield records; a decimal as its digits, because that is what must arrive."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line, parse_float=str)


def _csv(path: Path) -> Iterator[Record]:
    """Yield rows; Python's reader does not tell null from empty, and these files have no empty text."""
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield {name: value or None for name, value in row.items()}
