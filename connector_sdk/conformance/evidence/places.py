"""Where a user's key, trust list and kept evidence lie (XDG Base Directory Specification 0.8).

All but `has_evidence` raise ConfigurationError (home-unknown) for a user without a home.
"""

import os
from pathlib import Path
from typing import Final

from connector_sdk.errors import ConfigurationError

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
    try:
        return (kept_evidence() / connector).is_dir()
    except (ConfigurationError, OSError):
        return False


def _base(variable: str, default: str) -> Path:
    """Return a base folder; the specification has relative paths ignored."""
    named = Path(os.environ.get(variable, ""))
    if named.is_absolute():
        return named / _FOLDER
    try:
        return Path.home() / default / _FOLDER
    except RuntimeError:
        raise ConfigurationError(
            "nobody can tell which folder is this user's home",
            code="home-unknown",
            hint=f"set HOME, or {variable}, to an absolute path",
        ) from None
