"""What started a run: a person at the command line, or what the environment says."""

import getpass
import os
from collections.abc import Mapping

from connector_sdk.logs import printable

KIND = "CONNECTOR_SDK_TRIGGER"
ID = "CONNECTOR_SDK_TRIGGER_ID"

_LONGEST = 200


def trigger(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return `kind` (`cli` unless a scheduler names itself), its `id` if it has one, and the login name."""
    found = {"kind": environment.get(KIND) or "cli", "id": environment.get(ID, ""), "actor": login()}
    return {name: printable(value)[:_LONGEST] for name, value in found.items() if value}


def login() -> str:
    """Return the name of the user of this process; the number where the system has no name for it."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())
