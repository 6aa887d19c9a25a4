"""How a run gets on, for people who watch: one moving line on the terminal, and nothing elsewhere."""

import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from connector_sdk.pipeline.flow import Progress


def _is_no_end(record: logging.LogRecord) -> bool:
    return record.levelno < logging.ERROR


@contextmanager
def shown(name: str) -> Iterator[Callable[["Progress"], None]]:
    """Yield what a run calls after each batch.

    People read how the run ended in its summary, and need no log line for it as well.
    """
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console  # only people pay for rich
    from rich.progress import Progress as Bar
    from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        TextColumn("{task.completed:,.0f} records"),
        TextColumn("{task.fields[pace]}"),
        TextColumn("batch {task.fields[batch]}"),
        TimeElapsedColumn(),
    )
    log = logging.getLogger("connector_sdk.run")
    with ExitStack() as stack:
        log.addFilter(_is_no_end)
        stack.callback(log.removeFilter, _is_no_end)
        bar = stack.enter_context(Bar(*columns, console=Console(file=sys.stderr), transient=True))
        task = bar.add_task(name, total=None, batch="-", pace="")

        def advance(progress: "Progress") -> None:
            speed = bar.tasks[0].speed
            pace = f"{speed:,.0f}/s" if speed else ""
            bar.update(task, completed=progress.read, batch=progress.standing.seq, pace=pace)

        yield advance
