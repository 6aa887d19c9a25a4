"""Who signed the results that a page shows."""

from dataclasses import dataclass

from connector_sdk.conformance.evidence.verify import Assurance


@dataclass(frozen=True, slots=True)
class Signature:
    """The assurance, the id of the key and the name of the evidence file; empty where unsigned."""

    assurance: Assurance = Assurance.UNSIGNED
    key: str = ""
    evidence: str = ""
