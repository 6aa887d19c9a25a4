"""Hold the source against its pinned contract before anything is read or written."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from connector_sdk.connector import Call, Stream
from connector_sdk.contracts import Contract, Difference, read_contract, require_same
from connector_sdk.mapping import MappingDocument
from connector_sdk.pipeline.translation import Translation, translation

_FLOW: Final = "main"
"""The one flow of a pipeline."""


@dataclass(frozen=True, slots=True)
class Agreed:
    """The contract a run works with, and how it differs harmlessly from what the source offers."""

    contract: Contract
    path: Path | None = None
    """Where it is pinned, if it is."""
    reported: tuple[Difference, ...] = ()

    @property
    def pinned(self) -> bool:
        """Whether it stands in a file."""
        return self.path is not None

    def translation(self, mapping: MappingDocument | None) -> Translation:
        """Prepare for records of this contract; raises DocumentError where the mapping does not fit it."""
        return translation(mapping, self.contract.schema, self.contract.on_new_field, self.path)


def contract_path(folder: Path, connector: str, stream: str) -> Path:
    """Return where the contract of a stream stands: `contracts/<connector>.<stream>.yaml`."""
    return folder / "contracts" / f"{connector}.{stream}.yaml"


def agree(
    path: Path, name: str, stream: Stream, call: Call, mapping: MappingDocument | None = None
) -> Agreed:
    """Return the pinned contract, proven against a cheap look at the source, or one made of a full look.

    Raises ContractError naming each difference that forbids reading, and what uses the field.
    """
    if not path.exists():
        return Agreed(Contract(stream=name, schema=stream.schema(call)))
    contract = read_contract(path)
    offered = stream.glance(call)
    if not offered.fields:
        # An empty delivery shows no field, and so none that is missing.
        return Agreed(contract, path)

    def used(field: str) -> str:
        return _used(field, mapping)

    return Agreed(contract, path, require_same(contract, offered, textual=stream.textual, used=used))


def _used(field: str, mapping: MappingDocument | None) -> str:
    if not field:
        return ""
    if mapping is None:
        return f" (used by flow {_FLOW})"
    rules = ", ".join(mapping.rules_using(field))
    return f" (used by flow {_FLOW}: {rules})" if rules else f" (no rule of flow {_FLOW} uses it)"
