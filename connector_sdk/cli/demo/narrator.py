"""How the demo is told: plain lines of one width, few colours, and something that moves while one waits."""

import shlex
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from textwrap import wrap
from typing import TYPE_CHECKING, TextIO

from connector_sdk.cli.demo.shell import typed
from connector_sdk.cli.screen import STYLES
from connector_sdk.logs import printable

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

WIDEST = 96
_NARROWEST = 40
_FILE_WIDTH = 80
_MARGIN = "   "
_FIGURES = 13
"""Columns for a figure: of a run's id, so many characters tell it from others."""

Part = tuple[str, str]
"""A text and the name of its style."""


class Narrator:
    """Writes to one stream, or nowhere; as plain text where the stream is not a terminal.

    `unwritable` is what ended the writing: a full disk, or a reader who stopped reading.
    """

    def __init__(self, stream: TextIO | None) -> None:
        self.unwritable: OSError | None = None
        self._console = None if stream is None else _console(stream)
        self._marks = _marks(stream)
        self._terminal = self._console is not None and self._console.is_terminal
        width = self._console.width if self._console is not None and self._terminal else _FILE_WIDTH
        self.width = max(_NARROWEST, min(width, WIDEST))

    def blank(self) -> None:
        """Leave a line empty."""
        self._line()

    def title(self, text: str, aside: str = "") -> None:
        """Write a heading; `aside` says more in quiet words."""
        self._line((text, "strong"), (f"  {aside}" if aside else "", "quiet"))

    def heading(self, text: str) -> None:
        """Begin a part."""
        rule = "─" if self._marks[0] == "✓" else "-"
        self.blank()
        self._line((f"{text} ", "strong"), (rule * max(0, self.width - len(text) - 1), "quiet"))
        self.blank()

    def say(self, text: str, style: str = "") -> None:
        """Write a paragraph."""
        self._paragraph(text, _MARGIN, style)

    def quote(self, text: str) -> None:
        """Write what a verb said, word for word."""
        self._paragraph(text, f"{_MARGIN}  | ", "warn")

    def command(self, arguments: Sequence[str], exit_code: int, seconds: float) -> None:
        """Write a command as one would type it, and how it ended."""
        ended = "killed (SIGKILL)" if exit_code < 0 else f"exit {exit_code}"
        self._ended_with(
            arguments, ((ended, "warn" if exit_code else "good"), (f"{seconds:5.1f} s", "quiet"))
        )

    def started(self, arguments: Sequence[str], where: str) -> None:
        """Write a command that goes on running, and where it can be reached."""
        self._ended_with(arguments, ((f"running: {where}", "good"),))

    def commands(self, pairs: Sequence[tuple[str, Sequence[str]]]) -> None:
        """Write commands to try, each under what it is for."""
        for what, command in pairs:
            if what:
                self._line((f"{_MARGIN}# {what}", "quiet"))
            for line in typed(command, _MARGIN, self.width):
                self._line((line, "strong"))

    def figure(self, name: str, query: str, value: object, where: str) -> None:
        """Write one figure, and the question it answers; `where` is who was asked."""
        number = f"{value:,}" if isinstance(value, int) else str(value)[:_FIGURES]
        self._line((f"{_MARGIN}{number:>{_FIGURES}}", "strong"), (f"  {name}", ""))
        self._paragraph(f"{where}: {query}", " " * (len(_MARGIN) + _FIGURES + 2), "quiet")

    def rows(self, rows: Sequence[Sequence[str]]) -> None:
        """Write rows under each other; the last column takes the room that is left."""
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)][:-1]
        for row in rows:
            cells = (f"{cell:<{wide + 2}}" for cell, wide in zip(row[:-1], widths, strict=True))
            first = f"{_MARGIN}  {''.join(cells)}"
            self._paragraph(row[-1], " " * len(first), first=first)

    def held(self, proven: str) -> None:
        """End a scene that showed what it was meant to show."""
        self.blank()
        self._paragraph(proven, _MARGIN + "  ", "good", first=f"{_MARGIN}{self._marks[0]} ")

    def missed(self, what: str, details: Sequence[str] = ()) -> None:
        """End a scene that did not, with what the child said last."""
        self.blank()
        self._paragraph(what, _MARGIN + "  ", "bad", first=f"{_MARGIN}{self._marks[1]} ")
        for line in details:
            self._line((f"{_MARGIN}  {line}", "quiet"))

    def table(self, rows: Sequence[tuple[bool | None, str, str, str]]) -> None:
        """Write the last table: whether a scene held, its title, what was proven, the figure."""
        titles = max(len(row[1]) for row in rows)
        figures = max(len(row[3]) for row in rows)
        room = max(self.width - titles - figures - 7, _NARROWEST // 2)
        for held, title, proven, figure in rows:
            mark, style = (
                (self._marks[not held], "good" if held else "bad") if held is not None else ("-", "")
            )
            line, *more = wrap(proven, room)
            named = (f"{title:<{titles}}  ", "strong")
            self._line(
                (f" {mark} ", style), named, (f"{line:<{room}}  ", ""), (f"{figure:>{figures}}", "strong")
            )
            for line in more:
                self._line((" " * (titles + 5) + line, ""))

    @contextmanager
    def busy(self, arguments: Sequence[str]) -> Iterator[Callable[[str], None]]:
        """Show on a terminal that a verb is running; yields what tells how far it is."""
        if self._console is None or not self._terminal:
            yield lambda _: None
            return
        from rich.status import Status  # rich is for people

        text = f" $ {shlex.join(['connector-sdk', *arguments])}"
        with Status(self._text((text, "strong")), console=self._console, spinner_style="dim") as status:
            yield lambda far: status.update(self._text((text, "strong"), (f"  {far}", "quiet")))

    def _ended_with(self, arguments: Sequence[str], end: Sequence[Part]) -> None:
        """Write a command as one would type it, with its end at the right margin."""
        *lines, last = typed(["connector-sdk", *arguments], f"{_MARGIN}$ ", self.width)
        for line in lines:
            self._line((line, "strong"))
        taken = sum(len(text) for text, _ in end)
        room = self.width - len(last) - taken
        if room <= 0:
            self._line((last, "strong"))
            last, room = "", self.width - taken
        self._line((last, "strong"), (" " * room, ""), *end)

    def _paragraph(self, text: str, margin: str, style: str = "", *, first: str = "") -> None:
        """Write text between the margins; `first` stands instead of the margin on the first line."""
        room = max(self.width - len(margin), _NARROWEST // 2)
        lines = wrap(printable(text), room, break_on_hyphens=False) or [""]
        for index, line in enumerate(lines):
            head = first if first and not index else margin
            self._line((head, style if style in {"good", "bad"} else ""), (line, style))

    def _line(self, *parts: Part) -> None:
        if self._console is not None:
            text = self._text(*parts)
            text.rstrip()
            try:
                self._console.print(text, soft_wrap=True)
            except OSError as error:
                self.unwritable, self._console = error, None
            except SystemExit:
                # This is what rich makes of a reader who stops reading.
                self.unwritable, self._console = BrokenPipeError(), None

    def _text(self, *parts: Part) -> "Text":
        from rich.text import Text

        text = Text(no_wrap=True)
        for part, style in parts:
            text.append(printable(part), STYLES.get(style, ""))
        return text


def _console(stream: TextIO) -> "Console":
    from rich.console import Console  # `--json` does without rich

    terminal = stream.isatty()
    return Console(
        file=stream,
        force_terminal=terminal,
        markup=False,
        highlight=False,
        emoji=False,
    )


def _marks(stream: TextIO | None) -> tuple[str, str]:
    """Return the marks of what held and what did not, in letters that the stream has."""
    try:
        "✓✗─".encode(getattr(stream, "encoding", None) or "utf-8")
    except UnicodeEncodeError:
        return "+", "!"
    return "✓", "✗"
