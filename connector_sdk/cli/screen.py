"""What people see on standard output: plain lines, aligned tables, few colours."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, TextIO

from connector_sdk.logs import printable

if TYPE_CHECKING:
    from rich.table import Table

_UNBROKEN = 10_000
"""Columns where nobody looks: a pipe gets every row on one line."""

STYLES = {
    "good": "green",
    "bad": "bold red",
    "warn": "yellow",
    "quiet": "dim",
    "strong": "bold",
}
"""The only styles in use, named for what they say."""

_STATES = {
    "succeeded": "good",
    "ready": "good",
    "ok": "good",
    "applied": "good",
    "same": "good",
    "running": "strong",
    "warn": "warn",
    "differs": "warn",
    "parked": "warn",
    "open": "warn",
    "killed": "bad",
}
_NEUTRAL = frozenset({"redriven", "discarded", "superseded", "filtered", "committed", "-"})


def state_style(state: str) -> str:
    """Return the style of a state: what is neither known to be good nor in between is bad."""
    return _STATES.get(state, "quiet" if state in _NEUTRAL else "bad")


class Screen:
    """Writes to one stream. All text is shown as it is: no markup, control characters escaped."""

    def __init__(self, stream: TextIO) -> None:
        from rich.console import Console  # noqa: PLC0415 - `--json` and `--help` do without rich

        self.terminal = stream.isatty()
        self._console = Console(
            file=stream,
            width=None if self.terminal else _UNBROKEN,
            markup=False,
            highlight=False,
            emoji=False,
            soft_wrap=True,
        )

    def line(self, text: str = "", style: str = "") -> None:
        """Write one line."""
        self._console.print(printable(text), style=STYLES.get(style, ""))

    def text(self, text: str) -> None:
        """Write several lines, as they are."""
        for line in text.splitlines():
            self.line(line)

    def flush(self) -> None:
        """Send what was written on its way, before something is written elsewhere."""
        self._console.file.flush()

    def blank(self) -> None:
        """Write an empty line."""
        self._console.print()

    def table(
        self,
        head: Sequence[str],
        rows: Iterable[Sequence[object]],
        *,
        state: str | None = None,
        right: Sequence[str] = (),
    ) -> None:
        """Write rows under their heads; the column `state` is coloured, the columns `right` hold numbers."""
        from rich.table import Table  # noqa: PLC0415
        from rich.text import Text  # noqa: PLC0415

        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style=STYLES["quiet"])
        for name in head:
            table.add_column(name, justify="right" if name in right else "left", overflow="fold")
        for row in rows:
            cells = []
            for name, value in zip(head, row, strict=True):
                cell = "" if value is None else printable(str(value))
                cells.append(Text(cell, style=STYLES[state_style(cell)] if name == state and cell else ""))
            table.add_row(*cells)
        self._put(table)

    def facts(self, pairs: Iterable[tuple[str, object]]) -> None:
        """Write names and values in two columns; a value that is None or empty leaves its line out."""
        from rich.table import Table  # noqa: PLC0415
        from rich.text import Text  # noqa: PLC0415

        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=False)
        table.add_column(style=STYLES["quiet"], no_wrap=True)
        table.add_column(overflow="fold")
        for name, value in pairs:
            if value is not None and value != "":
                cell = printable(str(value))
                style = STYLES[state_style(cell)] if name in {"status", "state"} else ""
                table.add_row(name, Text(cell, style=style))
        self._put(table)

    def _put(self, table: "Table") -> None:
        if self.terminal:
            self._console.print(table, soft_wrap=False)
            return
        with self._console.capture() as caught:
            self._console.print(table, soft_wrap=False)
        # Cells are padded up to the widest one; in a file that is only noise.
        self._console.file.writelines(f"{line.rstrip()}\n" for line in caught.get().splitlines())
