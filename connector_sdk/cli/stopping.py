"""End a run as asked: after the current page on the first signal, at once on the second."""

import logging
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

LOG = logging.getLogger("connector_sdk.cli")
SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def stopped_by_signals() -> Iterator[Callable[[], bool]]:
    """Yield the question whether a signal asked to stop; SIGINT and SIGTERM no longer end the process.

    A second one does, as if it had never been caught: the ledger's protocol bears it.
    """
    asked: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield lambda: False
        return

    def stop(number: int, _frame: FrameType | None) -> None:
        if asked:
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)
        asked.append(number)
        LOG.warning("stopping after the current page; %s again ends at once", signal.Signals(number).name)

    before = {number: signal.signal(number, stop) for number in SIGNALS}
    try:
        yield lambda: bool(asked)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
