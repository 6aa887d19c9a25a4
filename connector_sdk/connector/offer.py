"""What a configured system has to offer, as it says itself."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Offer:
    """A collection that can be read (a stream), written (a sink), or both, under its name.

    `label` is what the system's people call it; `fields` counts its fields where that is known without
    asking for each.
    """

    name: str
    readable: bool = True
    writable: bool = False
    label: str = ""
    fields: int | None = None
