"""The scenes, in the order in which they are played; later ones go on with what earlier ones left."""

from collections.abc import Callable
from typing import NamedTuple

from connector_sdk.cli.demo.scenes import (
    alter,
    change,
    kill,
    move,
    rename,
    set_aside,
    silence,
    storm,
    wrong_org,
)
from connector_sdk.cli.demo.stage import Proof, Stage


class Scene(NamedTuple):
    """One scene: its title and its play, which raises MissedError where an expectation does not hold."""

    title: str
    play: Callable[[Stage], Proof]


SCENES = (
    Scene(move.TITLE, move.play),
    Scene(change.TITLE, change.play),
    Scene(storm.TITLE, storm.play),
    Scene(set_aside.TITLE, set_aside.play),
    Scene(kill.TITLE, kill.play),
    Scene(rename.TITLE, rename.play),
    Scene(wrong_org.TITLE, wrong_org.play),
    Scene(silence.TITLE, silence.play),
    Scene(alter.TITLE, alter.play),
)
