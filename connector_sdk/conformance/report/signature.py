"""Who signed the results that a page shows."""

from dataclasses import dataclass

from connector_sdk.conformance.evidence.assurance import Assurance


@dataclass(frozen=True, slots=True)
class Signature:
    """The assurance, the id of the key and the name of the evidence file; empty where unsigned.

    `objections` are why the evidence is not believed on the machine that made it, if it is not.
    """

    assurance: Assurance = Assurance.UNSIGNED
    key: str = ""
    evidence: str = ""
    objections: tuple[str, ...] = ()
