"""Plays a book to a connector under examination, and strikes with faults where a rule aims them."""

from connector_sdk.conformance.player import aim, faults
from connector_sdk.conformance.player.messages import Change, Fault, Reply, Seen
from connector_sdk.conformance.player.player import Player

__all__ = ["Change", "Fault", "Player", "Reply", "Seen", "aim", "faults"]
