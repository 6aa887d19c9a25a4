"""Made-up deliveries of a clinical study, the same on every machine. The people in them do not exist."""

import csv
from collections.abc import Iterator
from pathlib import Path
from random import Random

SEED = 20_260_329
VISITS_A_SUBJECT = 4

_PEOPLE = (
    "Zoë Ångström",
    "José Núñez",
    "Łukasz Żółty",
    "Ayşe Öztürk",
    "Νίκη Ιωάννου",
    "山田 花子",
    "O’Neill, Seán",
)
_COMMENTS = ("fasting", "repeat in 14 d", "left arm ☤", 'said: \\"fine\\"', "naïve to treatment")
_FELT = ("no pain", "sleeps well", "dizzy")
_TESTS = (("ALT", "U/L"), ("AST", "U/L"), ("CREA", "µmol/L"), ("K", "mmol/L"))


def visits(path: Path, count: int) -> None:
    """Write visits as JSON Lines: leading zeros, decimals such as 1.10, integers beyond 2^53, all of Unicode.

    `dose_mg` may be null and `comment` may be absent.
    """
    random = Random(SEED)  # noqa: S311 - made-up data, no secrets
    _write(path, (_visit(number, random) for number in range(count)))


def _visit(number: int, random: Random) -> str:
    subject, visit = divmod(number, VISITS_A_SUBJECT)
    dose = "null" if random.randrange(10) == 0 else f"{random.randrange(1, 20)}.{random.randrange(10)}0"
    comment = f',"comment":"{random.choice(_COMMENTS)}"' if random.randrange(10) in {1, 2, 3} else ""
    return (
        f'{{"subject":"{subject + 1:06d}","visit":{visit + 1},"site":"{random.randrange(1, 60):03d}",'
        f'"investigator":"{random.choice(_PEOPLE)}",'
        f'"recorded":"2026-03-{random.randrange(1, 32):02d}T{random.randrange(6, 20):02d}:30:00+02:00",'
        f'"device":{2**53 + random.randrange(10**6)},'
        f'"weight_kg":{random.randrange(42, 120)}.{random.randrange(10)}0,"dose_mg":{dose}{comment}}}'
    )


def notes(path: Path, count: int, *, subject: str = "subject") -> None:
    """Write notes as CSV (RFC 4180): texts with line breaks, quotes and commas; an empty `reviewed` is null.

    `subject` is how the header calls the column of the subject's number.
    """
    random = Random(SEED)  # noqa: S311 - made-up data, no secrets
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["note", subject, "author", "reviewed", "text"])
        for number in range(1, count + 1):
            day = random.randrange(1, 29)
            reviewed = "" if random.randrange(5) == 0 else f"2026-04-{day:02d}"
            text = f'Visit on 2026-03-{day:02d}, told:\n"{random.choice(_FELT)}"'
            rows.writerow([f"{number:05d}", f"{number:06d}", random.choice(_PEOPLE), reviewed, text])


def labs(path: Path, count: int) -> None:
    """Write laboratory results as JSON Lines."""
    random = Random(SEED)  # noqa: S311 - made-up data, no secrets
    _write(path, (_lab(number, random) for number in range(count)))


def damage(path: Path, numbers: tuple[int, int, int]) -> list[str]:
    """Make three results bad: one cut off, one with its value twice, one whose number became a text.

    `numbers` are the lines, counted from 1. Returns the lines as they should have been.
    """
    lines = path.read_text(encoding="utf-8").splitlines()
    cut, twice, text = (number - 1 for number in numbers)
    right = [lines[number] for number in (cut, twice, text)]
    lines[cut] = lines[cut][:-25]
    lines[twice] = lines[twice].replace('"value":', '"value":0.10,"value":')
    lines[text] = lines[text].replace('"value":', '"value":"').replace(',"unit"', ' approx.","unit"')
    _write(path, iter(lines))
    return right


def append(path: Path, lines: list[str]) -> None:
    """Add lines to a delivery."""
    with path.open("a", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in lines)


def _lab(number: int, random: Random) -> str:
    value = f"{random.randrange(1, 400)}.{random.randrange(10)}0"
    test, unit = _TESTS[number % len(_TESTS)]
    return f'{{"sample":"{number + 1:07d}","test":"{test}","value":{value},"unit":"{unit}"}}'


def _write(path: Path, lines: Iterator[str]) -> None:
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
