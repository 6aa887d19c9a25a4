"""What a test may turn: how the simulated org behaves where the vendor's differ, or leave room."""

from dataclasses import dataclass


@dataclass(slots=True)
class Settings:
    """Switches; set them in Python, or with `POST /_simulator/settings`."""

    page_size: int = 2000
    """Rows of a page at most, below the vendor's own 2000 where a test wants many pages."""
    random_pages: bool = False
    """Whether pages are smaller than asked for, as wide rows make them."""
    open_cursors: int = 10
    """Query cursors kept; the oldest is forgotten."""
    limit_header: str = "plain"
    """`Sforce-Limit-Info`: plain, perapp or none."""
    daily_requests: int = 15000
    """Requests that the org may take a day."""
    session_seconds: int = 7200
    """How long a session lives after its last use."""
    deleted_days: int = 15
    """How far back the list of deleted rows reaches."""
    covered_lag_seconds: int = 0
    """How far `latestDateCovered` lies behind now, for transactions that are still open."""
