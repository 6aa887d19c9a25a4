"""Names of tables and columns: always quoted, and refused where the database would mistake them."""

from collections.abc import Iterable

from connector_sdk.errors import ConfigurationError, ContractError
from connector_sdk.schema import Schema

VERSION = "_version"
"""Our column with the order of arrival."""

CHECKPOINT = "_connector_checkpoint"
"""Our table with what was written last."""

DELETED = "_deleted"
"""Our column that marks rows whose record the source deleted: 1, else 0."""

RESERVED = frozenset({VERSION, DELETED})

_LOWER = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")


def folded(name: str) -> str:
    """Return what SQLite compares names by: only the letters of ASCII lose their case."""
    return name.translate(_LOWER)


def quoted(name: str) -> str:
    """Write a name as a delimited identifier (ISO/IEC 9075-2, 5.2)."""
    return '"' + name.replace('"', '""') + '"'


def listed(names: Iterable[str]) -> str:
    """Write names as a list in SQL."""
    return ", ".join(map(quoted, names))


def require_table_name(name: str) -> None:
    """Raise ConfigurationError when no table of ours can be called so."""
    reason = _unusable(name)
    if folded(name).startswith("sqlite_") or folded(name) == CHECKPOINT:
        reason = "is reserved"
    if reason:
        raise ConfigurationError(
            f"the sink's name {_shown(name)} {reason}",
            code="sql-table-name",
            hint="the sink's name is the table's: choose another",
            location="sink",
        )


def require_column_names(schema: Schema) -> None:
    """Raise ContractError for a field whose name cannot be a column's."""
    seen: dict[str, str] = {}
    for name in schema.names:
        reason = _unusable(name)
        if folded(name) in RESERVED:
            reason = "is reserved for the connector's own column"
        elif folded(name) in seen:
            reason = f"is the same column as {_shown(seen[folded(name)])}: SQLite ignores case in names"
        if reason:
            raise ContractError(
                f"the field name {_shown(name)} {reason}",
                code="sql-column-name",
                hint="rename the field in the source or leave it out",
                location=name,
            )
        seen[folded(name)] = name


def _unusable(name: str) -> str:
    if not name:
        return "is empty"
    if "\0" in name:
        return "holds a NUL character"
    try:
        name.encode()
    except UnicodeEncodeError:
        return "is not valid Unicode"
    return ""


def _shown(name: str) -> str:
    return ascii(name) if not name.isprintable() else repr(name)
