"""An invented edition, a wheel, a report about it, keys and trust lists: material for evidence."""

import base64
import hashlib
import json
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
from securesystemslib.signer import CryptoSigner

from connector_sdk.conformance.catalogue import Rule
from connector_sdk.conformance.certificate import BookFacts, Report, Subject
from connector_sdk.conformance.evidence.editions import Edition
from connector_sdk.conformance.evidence.envelope import seal
from connector_sdk.conformance.evidence.keys import VendorKey
from connector_sdk.conformance.evidence.statement import payload
from connector_sdk.conformance.evidence.trust import TrustedKey, TrustList
from connector_sdk.conformance.outcome import Result, Status, Tier
from connector_sdk.conformance.wheel.facts import WheelFacts
from connector_sdk.conformance.wheel.inspection import inspect
from connector_sdk.digest import canonical

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
STARTED = NOW - timedelta(hours=1)
WHEEL = "acme_lims-1.4.0-py3-none-any.whl"
CODE = "def connector_register(register): ...\n"
BOOK = "sha256:" + "b0" * 32


def _rule(id_: str, tier: Tier, gate: str = "", requires: tuple[str, ...] = ()) -> Rule:
    return Rule(id_, tier, gate, requires, True, False, f"{id_} holds", "or else", lambda _lab: None)


_RULES = [
    _rule("PKG-01", Tier.BRONZE, "wheel"),
    _rule("CAP-01", Tier.BRONZE),
    _rule("RD-01", Tier.BRONZE, "read", ("CAP-01",)),
    _rule("WRT-01", Tier.BRONZE, "write", ("CAP-01",)),
    _rule("WRT-02", Tier.SILVER, "write", ("WRT-01",)),
    _rule("RTY-01", Tier.SILVER, "read", ("RD-01",)),
    _rule("RTY-02", Tier.SILVER),
    _rule("INC-09", Tier.SILVER, "!incremental"),
]
EDITION = Edition("2026.1", "sha256:" + "ca" * 32, {each.id: each for each in _RULES}, Tier.SILVER)
EDITIONS = {EDITION.name: EDITION}


def record_line(name: str, content: bytes) -> str:
    """Return a file's line of a wheel's RECORD."""
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
    return f"{name},sha256={digest},{len(content)}"


def build_wheel(folder: Path, name: str = WHEEL, code: str = CODE, project: str = "acme-lims") -> Path:
    """Write a sound wheel of one module that brings the connector `acme`."""
    inner, version = name.split("-")[:2]
    info = f"{inner}-{version}.dist-info"
    needs = "Requires-Dist: connector-sdk>=0.1,<1\n"
    files = {
        "acme_lims.py": code.encode(),
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {project}\nVersion: {version}\n{needs}".encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/entry_points.txt": b"[connector_sdk]\nacme = acme_lims\n",
    }
    record = "\n".join(
        [*(record_line(each, content) for each, content in files.items()), f"{info}/RECORD,,", ""]
    )
    path = folder / name
    with zipfile.ZipFile(path, "w") as archive:
        for each, content in {**files, f"{info}/RECORD": record.encode()}.items():
            archive.writestr(zipfile.ZipInfo(each), content)
    return path


def facts_of(wheel: Path) -> WheelFacts:
    """Return the facts of a wheel that has to be sound."""
    facts = inspect(wheel)
    assert facts.problems == ()
    return facts


def report_on(wheel: WheelFacts, **changes: Any) -> Report:
    """Return the report of a connector that reads, page by page, and does not write: silver."""
    statuses = dict.fromkeys(EDITION.rules, Status.PASS)
    statuses["WRT-01"] = statuses["WRT-02"] = Status.OMIT
    why = "the manifest does not declare `write`"
    report = Report(
        subject=Subject(wheel.path.name, wheel.sha256, wheel.name, wheel.version, wheel.code),
        connector="acme",
        edition=EDITION.name,
        catalogue=EDITION.catalogue,
        suite="sha256:" + "5e" * 32,
        seed=4242,
        started=STARTED,
        seconds=12.5,
        capabilities=frozenset({"read", "wheel"}),
        book=BookFacts(
            BOOK, ("documentation",), ("https://developer.acme.example/api",), "2026-11-01", "2026-01"
        ),
        environment={"python": "3.12.4", "platform": "linux-x86_64"},
        results={rule: Result(its, why if its is Status.OMIT else "") for rule, its in statuses.items()},
        tiers=EDITION.tiers,
        highest=Tier.SILVER,
    )
    return replace(report, **changes)


def with_status(report: Report, **statuses: Status) -> Report:
    """Return the report with other outcomes: `RD_01=Status.FAIL`."""
    changed = {rule.replace("_", "-"): Result(status) for rule, status in statuses.items()}
    return replace(report, results={**report.results, **changed})


def new_key() -> VendorKey:
    """Make a key that is kept in no file."""
    return VendorKey(CryptoSigner.generate_ed25519())


def trusting(*keys: VendorKey, **changes: Any) -> TrustList:
    """Return a list that trusts these keys for `acme-lims` since the start of the year."""
    since = datetime(2026, 1, 1, tzinfo=UTC)
    listed = [
        TrustedKey(key.id, key.public, "Acme", ("acme-lims",), since, None, revoked=False) for key in keys
    ]
    return TrustList({key.key_id: msgspec.structs.replace(key, **changes) for key in listed})


@dataclass(frozen=True)
class Case:
    """A sound wheel with sound evidence, to be spoiled."""

    wheel: WheelFacts
    key: VendorKey
    report: Report

    @property
    def evidence(self) -> bytes:
        """The signed evidence."""
        return seal(payload(self.report), self.key)

    def signed(self, **changes: Any) -> bytes:
        """Return evidence of the report with changes, honestly signed."""
        return seal(payload(replace(self.report, **changes)), self.key)

    def resigned(self, change: Callable[[dict[str, Any]], Any]) -> bytes:
        """Return evidence whose statement somebody who has the key edited."""
        tree = json.loads(payload(self.report))
        change(tree)
        return seal(canonical(tree), self.key)

    @property
    def trust(self) -> TrustList:
        """A list that trusts the key."""
        return trusting(self.key)


def sound_case(folder: Path) -> Case:
    """Build the wheel and its report."""
    wheel = facts_of(build_wheel(folder))
    return Case(wheel, new_key(), report_on(wheel))


def envelope_of(evidence: bytes, line: int = 0) -> dict[str, Any]:
    """Return one line's envelope as plain data."""
    found: dict[str, Any] = json.loads(evidence.splitlines()[line])
    return found


def trust_document(*keys: VendorKey, **changes: Any) -> Mapping[str, Any]:
    """Return a trust list as its file says it."""
    found = msgspec.to_builtins({"format": 1, "keys": list(trusting(*keys, **changes).keys.values())})
    assert isinstance(found, dict)
    return found
