"""Whose signatures count, for which projects and when: a list that its reader keeps.

```json
{"format": 1, "keys": [{"key_id": "…", "public": "…", "owner": "Acme", "projects": ["acme-lims"],
 "valid_from": "2026-01-01T00:00:00Z", "valid_to": null, "revoked": false}]}
```
`key_id` and `public` have 64 hexadecimal digits; `projects` are names of distributions, or `*` for all.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta
from packaging.utils import canonicalize_name

from connector_sdk.conformance.evidence.claim import strict_json
from connector_sdk.conformance.evidence.doubt import Doubt, Refused
from connector_sdk.conformance.evidence.files import replace
from connector_sdk.conformance.evidence.keys import VendorKey, public_key
from connector_sdk.documents.wording import quote
from connector_sdk.errors import ConfigurationError

_MAX_FILE: Final = 1 << 20

ANY: Final = "*"


class TrustedKey(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One key of the list. It counts from `valid_from` until just before `valid_to`."""

    key_id: Annotated[str, Meta(pattern=r"\A[0-9a-f]{64}\Z")]
    public: Annotated[str, Meta(pattern=r"\A[0-9a-f]{64}\Z")]
    owner: Annotated[str, Meta(min_length=1, max_length=200)]
    projects: tuple[str, ...]
    valid_from: Annotated[datetime, Meta(tz=True)]
    valid_to: Annotated[datetime, Meta(tz=True)] | None
    revoked: bool

    def objection(self, project: str, when: datetime) -> Doubt | None:
        """Say why a signature for this project, made at that moment, does not count; None where it does."""
        who = f"the key {self.key_id[:12]} of {quote(self.owner)}"
        if self.revoked:
            return Doubt("trust", f"{who} is revoked")
        name = canonicalize_name(project)
        if ANY not in self.projects and name not in map(canonicalize_name, self.projects):
            return Doubt("trust", f"{who} is not trusted for the project {quote(name)}")
        if when < self.valid_from:
            return Doubt("trust", f"{who} was not valid yet when this was signed")
        if self.valid_to is not None and when >= self.valid_to:
            return Doubt("trust", f"{who} was no longer valid when this was signed")
        return None


class _List(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    format: Literal[1]
    keys: list[TrustedKey]


@dataclass(frozen=True, slots=True)
class TrustList:
    """Keys by id."""

    keys: dict[str, TrustedKey]


def read_trust(path: Path, *, must_exist: bool) -> TrustList:
    """Read a list; one that need not exist and does not trusts nobody.

    Raises ConfigurationError (trust-list-unusable) where it cannot be read, is not of its form, names a key
    twice or by a wrong id.
    """
    try:
        with path.open("rb") as file:
            text = file.read(_MAX_FILE + 1)
    except FileNotFoundError:
        if must_exist:
            raise _unusable(path, "it does not exist") from None
        return TrustList({})
    except OSError as error:
        raise _unusable(path, error.strerror or "it cannot be read") from None
    if len(text) > _MAX_FILE:
        raise _unusable(path, f"it is larger than {_MAX_FILE} bytes")
    try:
        listed = msgspec.convert(strict_json(text, "list"), _List).keys
    except Refused as refused:
        raise _unusable(path, refused.doubt.message) from None
    except msgspec.ValidationError as error:
        raise _unusable(path, str(error)) from None
    for position, key in enumerate(listed, 1):
        if why := _unsound(key):
            raise _unusable(path, f"key {position} {why}")
    keys = {key.key_id: key for key in listed}
    if len(keys) != len(listed):
        raise _unusable(path, "it names a key twice")
    return TrustList(keys)


def trust_own(path: Path, key: VendorKey, since: datetime, owner: str = "this user's own key") -> None:
    """Enter a user's own key into the user's list, for all projects, unless the list knows it already.

    Raises ConfigurationError (trust-list-unusable) where the list cannot be read or written.
    """
    keys = read_trust(path, must_exist=False).keys
    if key.id in keys:
        return
    own = TrustedKey(key.id, key.public, owner, (ANY,), since, None, revoked=False)
    plain = msgspec.to_builtins(_List(1, [*keys.values(), own]))
    try:
        replace(path, json.dumps(plain, indent=2, ensure_ascii=False).encode() + b"\n")
    except OSError as error:
        raise _unusable(path, f"it cannot be written: {error.strerror}") from None


def _unsound(key: TrustedKey) -> str:
    try:
        computed = public_key(key.public).keyid
    except ValueError:
        return "has a public half that is no Ed25519 key"
    if computed != key.key_id:
        return "has an id that is not the one of its public half"
    if key.valid_to is not None and key.valid_to <= key.valid_from:
        return "is valid until before it is valid"
    return ""


def _unusable(path: Path, why: str) -> ConfigurationError:
    return ConfigurationError(
        f"the list of trusted keys cannot be used: {why}",
        code="trust-list-unusable",
        hint="`connector-sdk explain trust-list-unusable` shows its form; name another with --trust",
        location=str(path),
    )
