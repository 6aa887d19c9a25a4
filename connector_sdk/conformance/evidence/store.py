"""Evidence kept on this machine, by which `connector-sdk connectors` tells the tier of what is installed.

Each file lies at `CONNECTOR/CODE.intoto.jsonl`: CODE is the digest of the package's files, so that changed
code finds no evidence.
"""

import re
from datetime import datetime
from pathlib import Path
from typing import Final

from connector_sdk.conformance.certificate import Report, Subject
from connector_sdk.conformance.evidence.doubt import Refused
from connector_sdk.conformance.evidence.envelope import MAX_BYTES
from connector_sdk.conformance.evidence.files import read_bounded, replace
from connector_sdk.conformance.evidence.places import kept_evidence
from connector_sdk.conformance.evidence.trust import TrustList
from connector_sdk.conformance.evidence.verify import Verdict, verify
from connector_sdk.conformance.wheel.code import installed_code
from connector_sdk.errors import ConfigurationError

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")
_CODE: Final = re.compile(r"sha256:([0-9a-f]{64})")


def keep(evidence: bytes, report: Report, folder: Path | None = None) -> Path | None:
    """Keep evidence about a report's connector and return where; None for what can never be installed.

    Raises ConfigurationError (evidence-unwritable).
    """
    place = folder or kept_evidence()
    path = _path(place, report.connector, report.subject.code)
    if path is None:
        return None
    try:
        replace(path, evidence)
    except OSError as error:
        raise ConfigurationError(
            f"the evidence cannot be kept: {error.strerror}",
            code="evidence-unwritable",
            hint="make the folder writable, or name another as XDG_DATA_HOME",
            location=str(place),
        ) from None
    return path


def verdict_of_installed(
    connector: str, distribution: str, version: str, trust: TrustList, now: datetime
) -> Verdict | None:
    """Return the verdict on the evidence kept for an installed connector's very code, None without any.

    One that is refused, or about another connector of the same code, counts as none.
    """
    try:
        code = installed_code(distribution)
        path = _path(kept_evidence(), connector, code)
        if path is None or not path.exists():
            return None
        evidence = read_bounded(path, MAX_BYTES, "kept evidence")
    except (ConfigurationError, OSError, Refused):
        return None
    verdict = verify(evidence, Subject("", "", distribution, version, code), trust, now)
    fits = verdict.report is not None and verdict.report.connector == connector
    return verdict if fits and verdict.signers and not verdict.reasons else None


def _path(folder: Path, connector: str, code: str) -> Path | None:
    found = _CODE.fullmatch(code)
    return folder / connector / f"{found[1]}.intoto.jsonl" if found and _NAME.fullmatch(connector) else None
