"""Wheels that bring something else than one connector, or act when they are imported."""

from tests.conformance.mutants.mutant import Mutant
from tests.conformance.wheel.building import INFO, Files


def as_it_is(files: Files) -> None:
    """Change nothing."""


def forgetting(files: Files) -> None:
    """Require what is nowhere."""
    files[f"{INFO}/METADATA"] += b"Requires-Dist: no-such-thing\n"


def starting_with_python(files: Files) -> None:
    """Bring a file that runs whenever Python starts."""
    files["lims.pth"] = b"import connector_lims"


MUTANTS = (
    Mutant(
        rule="PKG-01",
        base="lims",
        words="requires what is not beside the SDK",
        saw=r"no no-such-thing is installed beside the SDK",
        packing=forgetting,
    ),
    Mutant(
        rule="PKG-02",
        base="lims",
        words="starts a thread when it is imported",
        saw=r"when it was imported, a thread was started",
        spoils="""
import threading

threading.Thread(target=int).start()
""",
        packing=as_it_is,
    ),
    Mutant(
        rule="PKG-03",
        base="lims",
        words="brings a file that runs whenever Python starts",
        saw=r"lims\.pth would be run whenever Python starts",
        packing=starting_with_python,
    ),
)
