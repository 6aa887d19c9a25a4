"""How fast a vendor lets itself be called; what authors declare of it loads no other policy."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RateLimit:
    """At most `calls` requests in any `per` seconds."""

    calls: int
    per: float = 1.0
