"""Synthetic records of a realistic shape: 20 fields, about 650 bytes of JSON each."""

import json
import random
from pathlib import Path
from typing import Any


def record(number: int, chance: random.Random) -> dict[str, Any]:
    """Return one record; equal numbers and equal chance make equal records."""
    return {
        "id": f"003{number:015d}",
        "first_name": "Anna",
        "last_name": f"Müller {number}",
        "email": f"a{number}@example.org",
        "phone": "+41 44 000 00 00",
        "street": "Bahnhofstrasse 1",
        "city": "Zürich",
        "zip": "08001",
        "country": "CH",
        "speciality": "ONC",
        "npi": f"{number:010d}",
        "score": chance.randrange(100_000) / 1000,
        "amount": f"{chance.randrange(10**7) / 100:.2f}",
        "active": True,
        "updated_at": "2026-01-01T00:00:00.000Z",
        "created_at": "2020-01-01T00:00:00Z",
        "owner": None,
        "tags": ["kol", "speaker"],
        "note": "x" * 180,
        "version": number,
    }


def write_records(path: Path, count: int) -> int:
    """Write JSON Lines and return the file's size in bytes."""
    chance = random.Random(1)
    with path.open("w", encoding="utf-8") as file:
        for number in range(count):
            file.write(json.dumps(record(number, chance), ensure_ascii=False) + "\n")
    return path.stat().st_size
