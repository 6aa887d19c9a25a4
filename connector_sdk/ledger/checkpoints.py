"""What a checkpoint says (https://c2sp.org/tlog-checkpoint): whose log, how long, and its root."""

from dataclasses import dataclass
from typing import Final

from connector_sdk.ledger.merkle import HASH
from connector_sdk.signing.signers import from_base64, to_base64

_MAX_SIZE: Final = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The head of a log: its origin, its size in events, the root over them (32 bytes)."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """Return the three lines that are signed."""
        return f"{self.origin}\n{self.size}\n{to_base64(self.root)}\n"

    @classmethod
    def parse(cls, text: str) -> "Checkpoint":
        """Read the lines, passing over extensions; raises ValueError where they are not a checkpoint's."""
        origin, size, root, *_ = [*text.split("\n"), "", "", ""]
        digest = from_base64(root)
        if not origin or not (size.isascii() and size.isdecimal()) or digest is None or len(digest) != HASH:
            raise ValueError("not a checkpoint")
        if str(int(size)) != size or int(size) > _MAX_SIZE:
            raise ValueError("not a checkpoint")
        return cls(origin, int(size), digest)


def origin(ledger: str) -> str:
    """Return the origin of a ledger's log from the ledger's UUID."""
    return f"connector-sdk/{ledger}"
