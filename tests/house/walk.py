"""Do what a page tells its reader to do: type its commands, write its files, make its changes.

In a code block without a language, what follows `$ ` is typed; what stands below a command has to come out of
it, line after line, `…` standing for anything and other lines being left out. A block below
`<!-- file: PATH -->` is written to that file. A block `diff` is made to the file that it names.
"""

import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Self

PATIENCE = 400
"""Seconds that one command may take."""

_BLOCK = re.compile(r"(?:^<!-- file: (\S+) -->\n)?^```([a-z]*)\n(.*?)^```", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Typed:
    """One command that was run: what the page shows, what came out, and when it ended, in seconds."""

    command: str
    shown: tuple[str, ...]
    output: str
    code: int
    ended: float

    def missing(self) -> str:
        """Return the first line that the page shows and that did not come; "" where all did."""
        found = map(_evenly, self.output.splitlines())
        for line in self.shown:
            pattern = ".*".join(map(re.escape, _evenly(line).split("…")))
            if not any(re.fullmatch(pattern, each) for each in found):
                return line
        return ""


@dataclass
class Walk:
    """A walk through a page, begun in a folder; a context manager, which ends what runs in the background."""

    text: str
    folder: Path
    environment: Mapping[str, str]
    typed: list[Typed] = field(default_factory=list)
    _running: list[subprocess.Popen[str]] = field(default_factory=list)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._running:
            process.terminate()
            process.communicate(timeout=PATIENCE)

    def go(self) -> Iterator[Typed]:
        """Do one thing after the other, and yield each command when it has ended."""
        begun = monotonic()
        for file, language, content in _BLOCK.findall(self.text):
            if file:
                path = self.folder / file
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(content, encoding="utf-8")
            elif language == "diff":
                self._change(content)
            elif not language:
                for command, shown in _commands(content):
                    code, output = self._type(command)
                    done = Typed(command, shown, output, code, monotonic() - begun)
                    self.typed.append(done)
                    yield done

    def _type(self, command: str) -> tuple[int, str]:
        if command.startswith("cd "):
            self.folder = self.folder / command.removeprefix("cd ")
            return 0, ""
        if command.endswith(" &"):
            return self._leave(command.removesuffix(" &"))
        done = subprocess.run(
            ["/bin/sh", "-c", command],
            cwd=self.folder,
            env={**os.environ, **self.environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        return done.returncode, done.stdout

    def _leave(self, command: str) -> tuple[int, str]:
        """Start it, and go on when it has said something."""
        process = subprocess.Popen(
            ["/bin/sh", "-c", f"exec {command}"],
            cwd=self.folder,
            env={**os.environ, **self.environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self._running.append(process)
        assert process.stdout is not None
        return 0, process.stdout.readline()

    def _change(self, diff: str) -> None:
        named, _, hunk = diff.partition("\n@@\n")
        path = self.folder / named.splitlines()[0].removeprefix("--- ")
        lines = hunk.splitlines(keepends=True)
        before = "".join(line[1:] for line in lines if line[0] in " -")
        after = "".join(line[1:] for line in lines if line[0] in " +")
        text = path.read_text(encoding="utf-8")
        assert text.count(before) == 1, f"{path.name} does not have, once:\n{before}"
        path.write_text(text.replace(before, after), encoding="utf-8")


def _commands(block: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the commands of a block, each with the lines below it."""
    if block.startswith("$ "):
        for part in block.removeprefix("$ ").split("\n$ "):
            command, *shown = part.rstrip("\n").split("\n")
            yield command, tuple(line for line in shown if line)


def _evenly(line: str) -> str:
    """Return a line without the spaces that widen its columns."""
    return " ".join(line.split())
