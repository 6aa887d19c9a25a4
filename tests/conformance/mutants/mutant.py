"""What a mutant is: a good connector with one thing wrong, which one rule must find."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from connector_sdk.conformance.certificate import Report
from tests.conformance.examining import examined, examined_wheel, source_of
from tests.conformance.wheel.building import Files


@dataclass(frozen=True, slots=True)
class Mutant:
    """`base` with each of `changes` (old text, new text) made, and `spoils` run at the end of its module.

    `words` say what is wrong with it, `saw` is a pattern in the reason that the rule must give. What spoils
    the core in the connector's own process stands for a connector that goes past the core. Where there is
    `packing`, it is examined as a wheel, with its files changed so before RECORD is made.
    """

    rule: str
    base: str
    words: str
    saw: str
    changes: Sequence[tuple[str, str]] = ()
    spoils: str = ""
    packing: Callable[[Files], None] | None = None

    @property
    def source(self) -> str:
        """The module's source; raises ValueError where a change fits nowhere, or in several places."""
        text = source_of(self.base)
        for old, new in self.changes:
            if text.count(old) != 1:
                raise ValueError(f"{self.rule}: {old!r} stands {text.count(old)} times in {self.base}")
            text = text.replace(old, new)
        if not self.changes and not self.spoils.strip() and self.packing is None:
            raise ValueError(f"{self.rule}: nothing is wrong with it")
        return f"{text}\n{self.spoils}"

    def examined(self, folder: Path, only: Sequence[str] = ()) -> Report:
        """Hold it to these rules, or to all, in an environment made in `folder`."""
        if self.packing is not None:
            return examined_wheel(folder, self.base, self.source, self.packing, only=only)
        return examined(folder, self.base, self.source, only=only)
