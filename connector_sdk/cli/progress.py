"""How a run gets on, for people who watch: one moving line on the terminal, and nothing elsewhere."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from connector_sdk.pipeline.flow import Progress


@contextmanager
def shown(name: str) -> Iterator[Callable[["Progress"], None]]:
    """Yield what a run calls after each batch."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console  # noqa: PLC0415 - only people pay for rich
    from rich.progress import Progress as Bar  # noqa: PLC0415
    from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn  # noqa: PLC0415

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        TextColumn("{task.completed:,.0f} records"),
        TextColumn("{task.fields[pace]}"),
        TextColumn("batch {task.fields[batch]}"),
        TimeElapsedColumn(),
    )
    with Bar(*columns, console=Console(file=sys.stderr), transient=True) as bar:
        task = bar.add_task(name, total=None, batch="-", pace="")

        def advance(progress: "Progress") -> None:
            speed = bar.tasks[0].speed
            pace = f"{speed:,.0f}/s" if speed else ""
            bar.update(task, completed=progress.read, batch=progress.standing.seq, pace=pace)

        yield advance
