"""What this process holds."""

import os
import threading
from contextlib import suppress
from pathlib import Path
from typing import Final

from connector_sdk.clock import SYSTEM_CLOCK
from connector_sdk.conformance.protocol import Held

_PATIENCE, _LOOK = 1.0, 0.01
_FOLDERS: Final = (Path("/proc/self/fd"), Path("/dev/fd"))


def held() -> Held:
    """Count open descriptors, threads, and sockets among the descriptors."""
    folder = next((each for each in _FOLDERS if each.is_dir()), None)
    if folder is None:
        return Held(0, threading.active_count(), 0)
    names = os.listdir(folder)  # noqa: PTH208 - names only, and nothing kept open
    sockets = 0
    for name in names:
        with suppress(OSError):
            sockets += str((folder / name).readlink()).startswith("socket:")
    return Held(len(names), threading.active_count(), sockets)


def held_once_settled(before: Held) -> Held:
    """Count again, giving threads that were told to end a moment to do so."""
    until = SYSTEM_CLOCK.monotonic() + _PATIENCE
    now = held()
    while _more(now, before) and SYSTEM_CLOCK.monotonic() < until:
        SYSTEM_CLOCK.sleep(_LOOK)
        now = held()
    return now


def _more(now: Held, before: Held) -> bool:
    return now.fds > before.fds or now.threads > before.threads
