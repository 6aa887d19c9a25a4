"""Run the command line as a user does: in a child process."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

COMMAND = (sys.executable, "-m", "connector_sdk")


class Ended(NamedTuple):
    """How a child process ended, and the one JSON document it printed."""

    code: int
    document: Any
    errors: str


def environment() -> dict[str, str]:
    """Return an environment in which nothing but the standard settings counts."""
    kept = ("PATH", "HOME", "LANG", "TMPDIR", "PYTHONPATH")
    return {name: os.environ[name] for name in kept if name in os.environ}


def start(*arguments: str | Path, folder: Path | None = None) -> subprocess.Popen[str]:
    """Start a verb with `--json` and leave it running."""
    return subprocess.Popen(
        [*COMMAND, *map(str, arguments), "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=folder,
        env=environment(),
    )


def ended(process: subprocess.Popen[str]) -> Ended:
    """Wait for a verb started before."""
    out, errors = process.communicate(timeout=120)
    return Ended(process.returncode, json.loads(out) if out else None, errors)


def call(*arguments: str | Path, folder: Path | None = None) -> Ended:
    """Run a verb with `--json` to its end."""
    return ended(start(*arguments, folder=folder))


def write_pipeline(folder: Path, text: str, name: str = "pipeline.yaml") -> Path:
    """Write a pipeline document and return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(text)
    return path


def write_lines(path: Path, records: Sequence[Any]) -> None:
    """Write JSON Lines."""
    path.write_text("".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records))
