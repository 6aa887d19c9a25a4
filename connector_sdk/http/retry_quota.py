"""What all calls of a connection may spend on repeats: against a system that is down it soon runs dry."""

import threading


class RetryQuota:
    """Tokens that repeats cost. They come back with calls that needed none, and with repeats that helped.

    The scheme and its figures are those of botocore's "standard" retry mode.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._left = size
        self._lock = threading.Lock()

    def take(self, cost: int) -> bool:
        """Pay for one repeat; False where there is not enough left."""
        with self._lock:
            if cost > self._left:
                return False
            self._left -= cost
            return True

    def give(self, tokens: int = 1) -> None:
        """Put tokens back, never more than there were at first."""
        if self._left < self._size:
            with self._lock:
                self._left = min(self._size, self._left + tokens)
