"""Hold connectors of the tests to the rules: the good ones as they are, or made wrong on purpose."""

from collections.abc import Callable, Sequence
from pathlib import Path

from connector_sdk.conformance.certificate import Report, Subject
from connector_sdk.conformance.certification import examine_wheel
from connector_sdk.conformance.outcome import Result
from connector_sdk.conformance.runner import Request, examine
from tests.conformance.sites import interpreter
from tests.conformance.wheel.building import Files, build, of_module

CONNECTORS = Path(__file__).parent / "connectors"
GOOD = tuple(sorted(path.parent.name for path in CONNECTORS.glob("*/connector.py")))
"""Connectors that break no rule, each made in another way."""
SEED = 20260101


def source_of(name: str) -> str:
    """Return the source of a good connector."""
    return (CONNECTORS / name / "connector.py").read_text(encoding="utf-8")


def examined(
    folder: Path,
    name: str,
    source: str | None = None,
    *,
    only: Sequence[str] = (),
    seed: int = SEED,
    injecting: bool = True,
    book: Path | None = None,
    progress: Callable[[str, Result], None] = lambda _rule, _result: None,
) -> Report:
    """Examine a good connector, or another source or book, in an environment made in `folder`."""
    python = interpreter(folder, {name: source_of(name) if source is None else source})
    return examine(
        Request(
            subject=Subject(name, "", "", "", ""),
            connector=name,
            python=python,
            book=CONNECTORS / name / "book" if book is None else book,
            seed=seed,
            only=tuple(only),
            injecting=injecting,
        ),
        progress,
    )


def examined_wheel(
    folder: Path, name: str, source: str, packing: Callable[[Files], None], *, only: Sequence[str] = ()
) -> Report:
    """Examine a source as the wheel that `packing` makes of it."""
    into_module = of_module(name, source)

    def change(files: Files) -> None:
        into_module(files)
        packing(files)

    return examine_wheel(build(folder, change), CONNECTORS / name / "book", SEED, only=tuple(only))
