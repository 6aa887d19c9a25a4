"""The settings of the connector, and which format a path is in."""

import codecs
from pathlib import Path
from typing import ClassVar, Literal

from connector_files.translate import file_errors
from connector_sdk.config import Config, LocalPath
from connector_sdk.errors import ConfigurationError

Format = Literal["jsonl", "csv", "xport"]

SUFFIXES: dict[str, Format] = {".jsonl": "jsonl", ".ndjson": "jsonl", ".csv": "csv", ".xpt": "xport"}


class FilesConfig(Config):
    """Where the file is and how it is to be understood."""

    governed: ClassVar[frozenset[str]] = frozenset(
        {"format", "primary_key", "delimiter", "encoding", "special_missing"}
    )

    path: LocalPath
    format: Format | None = None
    """Absent: as the suffix of `path` says."""
    primary_key: tuple[str, ...] = ()
    delimiter: str = ","
    """CSV: one ASCII character."""
    encoding: str = "utf-8"
    """XPORT: the code page of its texts. JSONL and CSV are UTF-8."""
    special_missing: Literal["refuse", "null"] = "refuse"
    """XPORT: what becomes of `._` and `.A` to `.Z`, which say why a number is missing."""


def source_format(config: FilesConfig) -> Format:
    """Return the format to read.

    Raises ConfigurationError where neither `format` nor the suffix tells, or a setting does not fit it.
    """
    found = config.format or SUFFIXES.get(config.path.suffix.lower())
    if found is None:
        raise ConfigurationError(
            f"the suffix of {config.path.name!r} does not tell its format",
            code="files-format-unknown",
            hint=f"set `format` to jsonl, csv or xport, or use one of the suffixes {', '.join(SUFFIXES)}",
            location="format",
        )
    if found == "csv":
        _check_delimiter(config.delimiter)
    _check_encoding(config.encoding, found)
    return found


def check_sink_format(config: FilesConfig) -> None:
    """Prove that the configured target is one this connector writes.

    Raises ConfigurationError.
    """
    suffix = config.path.suffix.lower()
    named = config.format or SUFFIXES.get(suffix, "jsonl" if is_folder(config.path) else None)
    if named != "jsonl":
        raise ConfigurationError(
            f"{config.path.name!r} is to be {named or 'of an unknown format'}, and only jsonl is written",
            code="files-format-unwritable",
            hint="let `path` end in .jsonl, or name a folder",
            location="format",
        )


def is_folder(path: Path) -> bool:
    """Tell whether a target path means a folder of parts: it is one, or it has no suffix."""
    with file_errors(path, "reached"):
        return path.is_dir() or (not path.suffix and not path.is_file())


def _check_delimiter(delimiter: str) -> None:
    if len(delimiter) != 1 or not delimiter.isascii() or delimiter in '"\r\n\0':
        raise ConfigurationError(
            "`delimiter` must be one ASCII character other than a quote or a line break",
            code="files-setting",
            hint='write it quoted, for example delimiter: ";" or "\\t"',
            location="delimiter",
        )


def _check_encoding(encoding: str, found: Format) -> None:
    try:
        name = codecs.lookup(encoding).name
        keeps_ascii = "A ~".encode(encoding) == b"A ~"
    except (LookupError, UnicodeError, ValueError):
        name, keeps_ascii = "", False
    if not keeps_ascii or (found != "xport" and name != "utf-8"):
        raise ConfigurationError(
            f"`encoding` cannot be used with {found}",
            code="files-setting",
            hint='jsonl and csv are UTF-8; xport takes a code page that contains ASCII, such as "cp1252"',
            location="encoding",
        )
