"""What help says, word for word: `tests/cli/golden`, one file a verb."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from connector_sdk import __version__
from connector_sdk.cli.app import app
from tests.cli.conftest import Call

GOLDEN = Path(__file__).with_name("golden")


def _ways(command: Any, way: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    inner = getattr(command, "commands", {})
    return [way, *(found for name, part in inner.items() for found in _ways(part, (*way, name)))]


WAYS = _ways(get_command(app))


@pytest.mark.parametrize("way", WAYS, ids=" ".join)
def test_help_is_what_was_agreed(call: Call, way: tuple[str, ...]) -> None:
    result = call(*way, "--help")
    assert (result.code, result.err) == (0, "")
    golden = GOLDEN / f"{'-'.join(way) or 'connector-sdk'}.txt"
    assert result.out == golden.read_text(encoding="utf-8")


def test_no_golden_help_is_left_over() -> None:
    assert {path.stem for path in GOLDEN.iterdir()} == {"-".join(way) or "connector-sdk" for way in WAYS}


def test_help_fits_a_terminal_and_is_told_by_a_short_option_as_well(call: Call) -> None:
    result = call("run", "-h")
    assert result.out == call("run", "--help").out
    assert max(map(len, result.out.splitlines())) <= 90


def test_without_a_verb_help_is_shown_and_the_exit_code_says_that_nothing_was_done(call: Call) -> None:
    result = call()
    assert result.code == 2
    assert result.out.startswith("Usage: connector-sdk ")


def test_the_version_is_the_packages(call: Call) -> None:
    assert call("--version") == (0, f"connector-sdk {__version__}\n", "")


LOADED = """
import sys
from connector_sdk.__main__ import main
main(sys.argv[1:])
heavy = {"rich", "pydantic", "sqlalchemy", "cryptography", "yaml", "msgspec", "pluggy", "opentelemetry"}
print(sorted(heavy & set(sys.modules)), file=sys.stderr)
"""


def _loaded(*arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", LOADED, *arguments], capture_output=True, text=True, check=True, timeout=60
    )
    return done.stderr.strip()


def test_help_and_version_load_nothing_heavy() -> None:
    assert _loaded("--help") == "[]"
    assert _loaded("run", "--help") == "[]"
    assert _loaded("--version") == "[]"


def test_listing_connectors_loads_neither_database_nor_terminal_libraries() -> None:
    assert _loaded("connectors") == "['msgspec', 'pluggy', 'pydantic']"
