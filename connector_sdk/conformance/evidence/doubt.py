"""Why evidence is not believed: every reason is told, none ends the looking."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Doubt:
    """One reason. `kind` says in one word what it is about:

    form, signature, trust, wheel, edition, rules, omission, order, summary, tier, book, time, replay, demand.
    """

    kind: str
    message: str


class Refused(Exception):  # noqa: N818 - it is no error of ours: it is what the evidence deserves
    """What follows cannot be looked at, for this reason."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.doubt = Doubt(kind, message)
