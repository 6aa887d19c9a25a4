"""The scenes, in the order in which they are played; later ones go on with what earlier ones left."""

from collections.abc import Callable
from typing import NamedTuple

from connector_sdk.cli.demo.scenes import alter, kill, move, poison, refuse
from connector_sdk.cli.demo.stage import Proof, Stage


class Scene(NamedTuple):
    """One scene: its title and its play, which raises MissedError where an expectation does not hold."""

    title: str
    play: Callable[[Stage], Proof]


SCENES = (
    Scene(move.TITLE, move.play),
    Scene(kill.TITLE, kill.play),
    Scene(refuse.TITLE, refuse.play),
    Scene(poison.TITLE, poison.play),
    Scene(alter.TITLE, alter.play),
)
