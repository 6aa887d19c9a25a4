"""Where a user's key, trust list and kept evidence lie (XDG Base Directory Specification 0.8)."""

import os
from pathlib import Path
from typing import Final

_FOLDER: Final = "connector-sdk"


def default_key() -> Path:
    """Return where the key is that evidence is signed with."""
    return _base("XDG_CONFIG_HOME", ".config") / "conformance.key"


def default_trust() -> Path:
    """Return where the list of trusted keys is."""
    return _base("XDG_CONFIG_HOME", ".config") / "conformance-trust.json"


def kept_evidence() -> Path:
    """Return the folder in which evidence is kept for `connector-sdk connectors`."""
    return _base("XDG_DATA_HOME", ".local/share") / "evidence"


def has_evidence(connector: str) -> bool:
    """Tell whether any evidence is kept about a connector, before anything is loaded to look into it."""
    return (kept_evidence() / connector).is_dir()


def _base(variable: str, default: str) -> Path:
    """Return a base folder; the specification has relative paths ignored."""
    named = Path(os.environ.get(variable, ""))
    return (named if named.is_absolute() else Path.home() / default) / _FOLDER
