"""How an examination gets on: one moving line and what is broken on a terminal, log lines elsewhere."""

import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from connector_sdk.conformance.outcome import Result

LOG: Final = logging.getLogger("connector_sdk.certify")


@dataclass(frozen=True, slots=True)
class Watch:
    """What an examination calls: before the first rule with a step in words, then after each rule."""

    step: Callable[[str], None]
    ended: Callable[[str, Result], None]


@contextmanager
def shown(name: str) -> Iterator[Watch]:
    """Yield what tells people, or programs, how the examination of `name` gets on."""
    if not sys.stderr.isatty():
        yield Watch(lambda text: LOG.info("%s: %s", name, text), _log)
        return
    from rich.console import Console  # only people pay for rich
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        SpinnerColumn,
        TextColumn,
        TimeElapsedColumn,
    )

    from connector_sdk.conformance.catalogue import rules
    from connector_sdk.logs import printable

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(20),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    console = Console(file=sys.stderr, markup=False, highlight=False, emoji=False)
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(name, total=len(rules()))

        def step(text: str) -> None:
            bar.update(task, description=f"{name}: {text}")

        def ended(rule: str, result: Result) -> None:
            if not result.stands:
                console.print(printable(f"{rule:<7} {result.status.value:<8} {result.reason}"))
            bar.update(task, advance=1, description=f"{name}: {rule}")

        yield Watch(step, ended)


def _log(rule: str, result: Result) -> None:
    LOG.info("%s %s in %.2f s", rule, result.status.value, result.seconds)
