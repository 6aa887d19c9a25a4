"""Hold the source against its pinned contract before anything is read or written."""

from dataclasses import dataclass
from pathlib import Path

from connector_sdk.connector import Call, Stream
from connector_sdk.contracts import Contract, Difference, read_contract, require_same


@dataclass(frozen=True, slots=True)
class Agreed:
    """The contract a run works with, and how it differs harmlessly from what the source offers."""

    contract: Contract
    pinned: bool
    reported: tuple[Difference, ...] = ()


def contract_path(folder: Path, connector: str, stream: str) -> Path:
    """Return where the contract of a stream stands: `contracts/<connector>.<stream>.yaml`."""
    return folder / "contracts" / f"{connector}.{stream}.yaml"


def agree(path: Path, name: str, stream: Stream, call: Call) -> Agreed:
    """Return the pinned contract, proven against a cheap look at the source, or one made of a full look.

    Raises ContractError naming each difference that forbids reading.
    """
    if not path.exists():
        return Agreed(Contract(stream=name, schema=stream.schema(call)), pinned=False)
    contract = read_contract(path)
    offered = stream.glance(call)
    if not offered.fields:
        # An empty delivery shows no field, and so none that is missing.
        return Agreed(contract, pinned=True)
    return Agreed(contract, True, require_same(contract, offered, textual=stream.textual))
