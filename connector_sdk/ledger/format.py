"""Which ledgers this version can read: those of its own format, and no others."""

from pathlib import Path

from connector_sdk.errors import LedgerError
from connector_sdk.ledger.tables import FORMAT


def require_format(written: str, path: Path) -> None:
    """Refuse a ledger of another format: its tables are not those that this version reads and writes.

    `written` is what its row `format` of `meta` says, in digits. Raises LedgerError.
    """
    found = int(written)
    if found > FORMAT:
        raise LedgerError(
            f"this ledger has format {found}; this version of connector-sdk knows {FORMAT}",
            code="ledger-newer",
            hint="use the version that wrote it, or a later one",
            location=str(path),
        )
    if found < FORMAT:
        raise LedgerError(
            f"this ledger has format {found}; this version of connector-sdk writes {FORMAT}",
            code="ledger-older",
            hint="let the version that wrote it finish with it, then begin a new ledger with --full-refresh",
            location=str(path),
        )
