"""Where a scene is played: public verbs in child processes, figures by one query each, expectations."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from connector_sdk.cli.answer import Document
from connector_sdk.cli.demo.asking import ask
from connector_sdk.cli.demo.narrator import Narrator
from connector_sdk.clock import Clock

PROGRAM = (sys.executable, "-m", "connector_sdk")
_TAIL = 12


class MissedError(Exception):
    """What a scene expected did not come true; `details` are the last lines that the child said."""

    def __init__(self, what: str, details: tuple[str, ...] = ()) -> None:
        super().__init__(what)
        self.details = details


@dataclass(frozen=True, slots=True)
class Proof:
    """What a scene has shown, and the figure that shows it best."""

    proven: str
    figure: str


@dataclass(slots=True)
class Stage:
    """One scene being played in the workspace, and its record."""

    folder: Path
    narrator: Narrator
    clock: Clock
    commands: list[Document] = field(default_factory=list)
    figures: list[Document] = field(default_factory=list)

    def say(self, text: str) -> None:
        """Tell what comes, in plain words."""
        self.narrator.say(text)

    def call(self, *arguments: str, expect: int = 0) -> Any:
        """Run a verb to its end and return its JSON document; raises MissedError on another exit code."""
        began = self.clock.monotonic()
        with self.narrator.busy(arguments), self.started(*arguments) as process:
            out, errors = process.communicate()
        self._ended(arguments, process.returncode, began)
        if process.returncode != expect:
            said = (*out.splitlines(), *errors.splitlines())[-_TAIL:]
            raise MissedError(f"exit code {process.returncode} where {expect} was expected", said)
        return json.loads(out)

    @contextmanager
    def killed(self, *arguments: str) -> Iterator[subprocess.Popen[str]]:
        """Start a verb, and kill it (SIGKILL) where the block ends."""
        began = self.clock.monotonic()
        with self.started(*arguments) as process:
            yield process
            process.kill()
            process.communicate()
        self._ended(arguments, process.returncode, began)

    @contextmanager
    def started(self, *arguments: str) -> Iterator[subprocess.Popen[str]]:
        """Start a verb in the workspace; it never outlives the block, however that ends."""
        with subprocess.Popen(  # noqa: S603 - our own verbs
            [*PROGRAM, *arguments, "--json"],
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="backslashreplace",
        ) as process:
            try:
                yield process
            except BaseException:
                process.kill()
                raise

    def figure(self, name: str, database: str, query: str) -> Any:
        """Ask one of the workspace's databases one question now, show the answer and return it."""
        return self.measured(name, database, query, ask(self.folder / database, query))

    def measured(self, name: str, file: str, query: str, value: Any) -> Any:
        """Show a figure found in another way, which `query` tells, and return it."""
        self.figures.append({"name": name, "query": query, "value": value, "file": file})
        path = Path(file)
        self.narrator.figure(name, query, value, path.stem if path.suffix == ".db" else path.name)
        return value

    def expect(self, held: bool, what: str) -> None:
        """Raise MissedError unless it held."""
        if not held:
            raise MissedError(what)

    def _ended(self, arguments: tuple[str, ...], exit_code: int, began: float) -> None:
        self.commands.append({"argv": [*PROGRAM, *arguments, "--json"], "exit_code": exit_code})
        self.narrator.command(arguments, exit_code, self.clock.monotonic() - began)
