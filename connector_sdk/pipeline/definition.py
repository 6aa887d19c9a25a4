"""A pipeline's document: what it may say, and how it is found and read."""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from connector_sdk.config import Config, LocalPath
from connector_sdk.connector import Mode
from connector_sdk.digest import digest
from connector_sdk.documents import Diagnostic, Document, DocumentError, load_leniently

DEFAULT_LEDGER = Path(".connector-sdk", "ledger.db")

_SCHEME = re.compile(r"(?P<scheme>[a-zA-Z][a-zA-Z0-9+.-]*)://(?P<rest>.*)", re.DOTALL)
_TOP_LEVEL = re.compile(r"""^(?:\{\s*)?["']?pipeline["']?\s*:""", re.MULTILINE)

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")


def _named(value: str) -> str:
    if not _NAME.fullmatch(value):
        raise ValueError("a name has letters, digits, '.', '_' and '-', and begins with a letter or digit")
    return value


Name = Annotated[str, AfterValidator(_named)]


class Source(Config):
    """Where records come from. `config` is the connector's own, validated by its model."""

    connector: str
    stream: str | None = None
    config: Annotated[dict[str, Any], Field(default_factory=dict)]
    connection: str | None = None


class Destination(Config):
    """Where records go. `config` is the connector's own, validated by its model."""

    connector: str
    sink: str | None = None
    config: Annotated[dict[str, Any], Field(default_factory=dict)]
    connection: str | None = None


class WriteDefinition(Config):
    """What writing means; a record that the source reports as deleted is refused unless said otherwise."""

    mode: Mode = Mode.UPSERT
    deletes: Literal["ignore", "mark", "delete", "refuse"] = "refuse"
    nulls: Literal["set", "omit"] = "set"
    in_doubt: Literal["stop", "resend"] = "stop"


class DeadLetterPolicy(Config):
    """How many records may be set aside: as a share of those read, and in a row."""

    max_ratio: Annotated[Decimal, Field(ge=0, le=1)] = Decimal(0)
    max_consecutive: Annotated[int, Field(ge=1)] = 100


def _sqlite_file(value: Any) -> Any:
    found = _SCHEME.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return value
    path = found["rest"].removeprefix("/")
    if found["scheme"] != "sqlite" or path == found["rest"] or not path or path == ":memory:":
        raise ValueError("a ledger is a file, written as a path or as sqlite:///path")
    return path


class PipelineDefinition(Config):
    """The document `pipeline.yaml`, format 1."""

    later: ClassVar[frozenset[str]] = frozenset({"expect", "flows", "mapping", "reconcile"})

    format: Literal[1]
    pipeline: Name
    owner: str | None = None
    description: str | None = None
    labels: Annotated[dict[str, str], Field(default_factory=dict)]
    source: Source
    destination: Destination
    write: WriteDefinition = WriteDefinition()
    batch_size: Annotated[int, Field(ge=1, le=100_000)] = 1000
    dead_letters: DeadLetterPolicy = DeadLetterPolicy()
    ledger: Annotated[LocalPath, BeforeValidator(_sqlite_file)] | None = None


@dataclass(frozen=True)
class Pipeline:
    """A pipeline as its document defines it. References in `document` are not resolved."""

    document: Document
    definition: PipelineDefinition

    @property
    def folder(self) -> Path:
        """The folder that paths in the document start from."""
        return self.document.path.parent

    @property
    def ledger(self) -> Path:
        """The ledger's file."""
        return self.definition.ledger or self.folder / DEFAULT_LEDGER

    @cached_property
    def digest(self) -> str:
        """The digest of what the document says: comments, order and layout do not count, nor does what
        references stand for.
        """
        return digest(self.part())

    def part(self, *keys: str) -> Any:
        """Return a part of the document as digests take it, decimals as text; None if it is absent."""
        value = self.document.value
        for key in keys:
            value = value.get(key) if isinstance(value, dict) else None
        return _without_decimals(value)


def load_pipeline(path: Path) -> Pipeline:
    """Read the pipeline at `path`: its document, or the folder that holds it and no other.

    Raises DocumentError with every problem.
    """
    document = load_leniently(_only_document(path))
    definition = document.with_references(("ledger",)).validate(PipelineDefinition)
    return Pipeline(document, definition)


def find_pipelines(path: Path) -> list[Path]:
    """Return the pipeline documents directly in a folder, sorted by name; a file stands for itself.

    A document is a pipeline when it has the key `pipeline`, or both `source` and `destination`, whatever
    else may be wrong with it. Raises DocumentError where the path cannot be looked at.
    """
    try:
        if not path.is_dir():
            return [path]
        entries = sorted(path.iterdir())
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a usable path"
        message, hint = f"cannot be read: {reason}", "check the path and the permissions"
        raise DocumentError([Diagnostic("document-unreadable", str(path), 0, 0, message, hint)]) from None
    files = [entry for entry in entries if entry.suffix in {".yaml", ".yml"} and entry.is_file()]
    return [file for file in files if _is_pipeline(file)]


def _only_document(path: Path) -> Path:
    found = find_pipelines(path)
    if len(found) == 1:
        return found[0]
    if found:
        names = ", ".join(file.name for file in found)
        message, hint = (
            f"the folder holds several pipelines: {names}",
            f"name one of them, such as {found[0]}",
        )
        raise DocumentError([Diagnostic("pipeline-not-named", str(path), 0, 0, message, hint)])
    message = "the folder holds no pipeline"
    hint = "a pipeline is a .yaml file directly in it with the key `pipeline`"
    raise DocumentError([Diagnostic("pipeline-missing", str(path), 0, 0, message, hint)])


def _is_pipeline(file: Path) -> bool:
    try:
        value = load_leniently(file).value
    except DocumentError:
        try:
            return _TOP_LEVEL.search(file.read_text(encoding="utf-8", errors="replace")) is not None
        except OSError:
            return False
    # One whose key `pipeline` is misspelt must be told, not passed over.
    return isinstance(value, dict) and ("pipeline" in value or {"source", "destination"} <= value.keys())


def _without_decimals(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_decimals(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_without_decimals(part) for part in value]
    return str(value) if isinstance(value, Decimal) else value
