"""What makes of a page's texts the records to write: the decoder, and the mapping where there is one."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from connector_sdk.decode import Decoder
from connector_sdk.mapping import Mapping, MappingDocument, compile_mapping
from connector_sdk.schema import Schema


@dataclass(frozen=True, slots=True)
class Translation:
    """Belongs to one thread; `schema` is that of the records it gives."""

    decoder: Decoder
    mapping: Mapping | None
    schema: Schema


def translation(
    document: MappingDocument | None,
    source: Schema,
    new_fields: Literal["report", "refuse"],
    contract: Path | None = None,
) -> Translation:
    """Prepare for records of the schema `source`, which stands in the file `contract` if that is pinned.

    Raises DocumentError where the mapping does not fit it.
    """
    mapping = None if document is None else compile_mapping(document, source, contract=contract)
    return Translation(Decoder(source, new_fields), mapping, mapping.schema if mapping else source)
