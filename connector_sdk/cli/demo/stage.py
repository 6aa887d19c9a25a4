"""Where a scene is played: public verbs in child processes, figures by one query each, expectations."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from connector_sdk.cli.answer import Document
from connector_sdk.cli.demo import systems
from connector_sdk.cli.demo.asking import ask
from connector_sdk.cli.demo.narrator import Narrator
from connector_sdk.cli.demo.org import Org
from connector_sdk.clock import Clock

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
class Backstage:
    """What scenes share: the workspace, and the Salesforce that runs until the last one is over."""

    folder: Path
    running: ExitStack = field(default_factory=ExitStack)
    org: Org | None = None


@dataclass(slots=True)
class Stage:
    """One scene being played in the workspace, and its record."""

    backstage: Backstage
    narrator: Narrator
    clock: Clock
    commands: list[Document] = field(default_factory=list)
    figures: list[Document] = field(default_factory=list)

    @property
    def folder(self) -> Path:
        """The workspace."""
        return self.backstage.folder

    @property
    def org(self) -> Org:
        """The Salesforce that an earlier scene started; raises MissedError where there is none."""
        if self.backstage.org is None:
            raise MissedError("no Salesforce is running")
        return self.backstage.org

    def simulated_org(self) -> Org:
        """Start the simulated Salesforce in a process of its own, which ends with the last scene."""
        try:
            with self.narrator.busy(systems.arguments()):
                org = self.backstage.running.enter_context(systems.simulated())
        except systems.SimulatorError as error:
            raise MissedError(
                "the simulator did not start", tuple(str(error).splitlines()[-_TAIL:])
            ) from None
        self.backstage.org = org
        self.narrator.started(systems.arguments(), org.url)
        return org

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
            [*systems.PROGRAM, *arguments, "--json"],
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
        self.commands.append({"argv": [*systems.PROGRAM, *arguments, "--json"], "exit_code": exit_code})
        self.narrator.command(arguments, exit_code, self.clock.monotonic() - began)
