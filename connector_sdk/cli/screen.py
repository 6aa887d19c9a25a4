"""What people see on standard output: plain lines, aligned tables, few colours."""

from collections.abc import Iterable, Sequence
from typing import Final, TextIO

from connector_sdk.logs import printable

STYLES: Final = {
    "good": "green",
    "bad": "bold red",
    "warn": "yellow",
    "quiet": "dim",
    "strong": "bold",
}
"""The only styles in use, named for what they say."""

_STATES: Final = {
    "succeeded": "good",
    "ready": "good",
    "ok": "good",
    "applied": "good",
    "running": "strong",
    "warn": "warn",
    "differs": "warn",
    "incomplete": "warn",
    "parked": "warn",
    "open": "warn",
}
_NEUTRAL: Final = frozenset({"unwatched", "redriven", "discarded", "superseded", "filtered", "committed"})

_WHOLE: Final = frozenset({"id", "run", "started", "committed", "status", "state", "disposition"})
"""Columns that are never broken, because their values are copied or compared."""

_GAP: Final = 2
_NARROWEST: Final = 12
"""Columns a broken column may be squeezed to."""

Cells = list[list[str]]


def screen_for(stream: TextIO) -> "Screen":
    """Return the screen for a stream: with colours and breaks at its width where it is a terminal."""
    return TerminalScreen(stream) if stream.isatty() else Screen(stream)


def state_style(state: str) -> str:
    """Return the style of a state: what is neither known to be good nor in between is bad."""
    return _STATES.get(state, "quiet" if state in _NEUTRAL else "bad")


class Screen:
    """Writes text for a file or a pipe: each row on one line. Control characters are escaped."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream

    def line(self, text: str = "", style: str = "") -> None:  # noqa: ARG002 - a file has no styles
        """Write one line."""
        self.stream.write(printable(text) + "\n")

    def flush(self) -> None:
        """Send what was written on its way, before something is written elsewhere."""
        self.stream.flush()

    def table(
        self,
        head: Sequence[str],
        rows: Iterable[Sequence[object]],
        *,
        state: str | None = None,
        right: Sequence[str] = (),
    ) -> None:
        """Write rows under their heads; the column `state` is coloured, the columns `right` hold numbers."""
        self._write(head, _cells(rows), state, right, shown=True)

    def facts(self, pairs: Iterable[tuple[str, object]]) -> None:
        """Write names and values in two columns; a value that is None or empty leaves its line out."""
        rows = _cells((name, value) for name, value in pairs if value not in {None, ""})
        self._write(("name", "value"), rows, None, (), shown=False)

    def _write(
        self, head: Sequence[str], rows: Cells, _state: str | None, right: Sequence[str], *, shown: bool
    ) -> None:
        lines = [list(head), *rows] if shown else rows
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        for line in lines:
            padded = (
                cell.rjust(width) if name in right else cell.ljust(width)
                for name, cell, width in zip(head, line, widths, strict=True)
            )
            self.stream.write("  ".join(padded).rstrip() + "\n")


class TerminalScreen(Screen):
    """Writes text for eyes."""

    def __init__(self, stream: TextIO) -> None:
        from rich.console import Console  # files and programs do without rich

        super().__init__(stream)
        self._console = Console(file=stream, markup=False, highlight=False, emoji=False)

    def line(self, text: str = "", style: str = "") -> None:
        """Write one line, broken between words where the terminal ends."""
        self._console.print(printable(text), style=STYLES.get(style, ""))

    def _write(
        self, head: Sequence[str], rows: Cells, state: str | None, right: Sequence[str], *, shown: bool
    ) -> None:
        from rich.table import Table
        from rich.text import Text

        columns = list(zip(*([list(head), *rows] if shown else rows), strict=True))
        widths = [max(map(len, column)) for column in columns]
        whole = [name in _WHOLE or name in right or (not shown and name == "name") for name in head]
        needed = sum(
            width if kept else min(width, _NARROWEST) for width, kept in zip(widths, whole, strict=True)
        )
        if needed + _GAP * (len(widths) - 1) > self._console.width:
            # Rather let the terminal break the lines than cut a figure off.
            super()._write(head, rows, state, right, shown=shown)
            return
        quiet = STYLES["quiet"]
        table = Table(
            box=None, pad_edge=False, padding=(0, _GAP, 0, 0), show_header=shown, header_style=quiet
        )
        for name, width, kept in zip(head, widths, whole, strict=True):
            table.add_column(
                name,
                justify="right" if name in right else "left",
                overflow="fold",
                no_wrap=kept,
                min_width=width if kept else None,
                style=quiet if name == "name" and not shown else "",
            )
        for row in rows:
            # Among facts, the state is a row and not a column.
            stated = {state} if shown else {"value"} if row[0] in {"status", "verdict"} else set()
            styles = [
                state_style(cell) if name in stated else "" for name, cell in zip(head, row, strict=True)
            ]
            cells = zip(row, styles, strict=True)
            table.add_row(*(Text(cell, style=STYLES.get(style, "")) for cell, style in cells))
        self._console.print(table)


def _cells(rows: Iterable[Sequence[object]]) -> Cells:
    return [["" if value is None else printable(str(value)) for value in row] for row in rows]
