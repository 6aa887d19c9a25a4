"""Play all scenes, one after the other, until one does not hold."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from connector_sdk.cli.answer import Document
from connector_sdk.cli.demo.narrator import Narrator
from connector_sdk.cli.demo.scenes import Scene
from connector_sdk.cli.demo.stage import Backstage, MissedError, Proof, Stage
from connector_sdk.clock import Clock


@dataclass(slots=True)
class Show:
    """What was played so far."""

    scenes: list[Document] = field(default_factory=list)
    missed: str = ""
    port: int | None = None
    """Where the simulated Salesforce listened."""

    def play(self, scenes: Sequence[Scene], folder: Path, narrator: Narrator, clock: Clock) -> None:
        """Play the scenes; `missed` says what went wrong, if anything did.

        What cannot be told any more is not played.
        """
        backstage = Backstage(folder)
        with backstage.running:
            self._play(scenes, backstage, narrator, clock)
        if backstage.org is not None:
            self.port = urlsplit(backstage.org.url).port

    def _play(self, scenes: Sequence[Scene], backstage: Backstage, narrator: Narrator, clock: Clock) -> None:
        for number, scene in enumerate(scenes, 1):
            if narrator.unwritable is not None:
                return
            narrator.heading(f"{number}  {scene.title}")
            stage = Stage(backstage, narrator, clock)
            document: Document = {
                "title": scene.title,
                "commands": stage.commands,
                "figures": stage.figures,
                "held": False,
                "proven": "",
                "figure": "",
            }
            self.scenes.append(document)
            try:
                proof: Proof = scene.play(stage)
            except MissedError as error:
                self._miss(number, scene, narrator, error)
                return
            except Exception as error:  # noqa: BLE001 - whatever breaks a scene is told as its failure
                self._miss(number, scene, narrator, MissedError(f"{type(error).__name__}: {error}"))
                return
            document |= {"held": True, "proven": proof.proven, "figure": proof.figure}
            narrator.held(f"{proof.proven[:1].upper()}{proof.proven[1:]}.")

    def _miss(self, number: int, scene: Scene, narrator: Narrator, error: MissedError) -> None:
        self.missed = f"scene {number}, {scene.title}: {error}"
        narrator.missed(str(error), error.details)
